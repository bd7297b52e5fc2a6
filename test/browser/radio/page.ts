/** In the page under test: `direct` is WebRTC itself, `worker` what the page's worker does by its radio. */
import { systemClock } from '../../../src/node/system-clock.ts'
import { startRadio } from '../../../src/page/radio.ts'
import { createWebRtcDial } from '../../../src/transport/webrtc.ts'
import type { Wire, WireState } from './wire.ts'
import { createWire } from './wire.ts'

declare global {
  interface Window {
    direct: Wire
    /** Every call crosses to the worker. */
    viaWorker: { call(name: keyof Wire, ...args: unknown[]): Promise<unknown>; state(): Promise<WireState> }
    start(): Promise<void>
  }
}

const call = async (name: string, ...args: unknown[]): Promise<unknown> => {
  const { active } = await navigator.serviceWorker.ready
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise<unknown>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data)
  })
  active?.postMessage({ type: 'wire', name, args }, [port2])
  return answer
}

window.direct = createWire(createWebRtcDial({ clock: systemClock }))
window.viaWorker = { call, state: () => call('state') as Promise<WireState> }
window.start = async () => {
  await navigator.serviceWorker.register('/worker.js')
  await navigator.serviceWorker.ready
  startRadio()
  while (!((await call('isReady')) as boolean)) await new Promise((resolve) => setTimeout(resolve, 20))
}
