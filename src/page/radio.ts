/** This tab as a radio of the worker: `RTCPeerConnection` exists in windows only. */
import { systemClock } from '../node/system-clock.ts'
import type { RadioCall, RadioMessage } from '../transport/radio-contract.ts'
import { radioVersion } from '../transport/radio-contract.ts'
import { createWebRtcDial } from '../transport/webrtc.ts'
import { createRadioChannels } from './radio-channels.ts'
import { createRadioLine } from './radio-line.ts'
import { watchWaking } from './radio-wake.ts'

export interface PageRadio {
  readonly isOn: boolean
  /** Off: this tab closes its connections and makes none, as in flight mode; for whoever tests a swarm. */
  turn(isOn: boolean): void
}

declare global {
  interface Window {
    /** For the developer tools. Absent where the browser has no WebRTC. */
    shoalRadio?: PageRadio
  }
}

const isVisible = (): boolean => document.visibilityState === 'visible'

/** Offers this page to the worker, for as long as it is open. Undefined where the browser could not be a radio. */
export const startRadio = (): PageRadio | undefined => {
  const workers = globalThis.navigator?.serviceWorker
  if (workers === undefined || !('RTCPeerConnection' in globalThis)) return undefined
  const channels = createRadioChannels(createWebRtcDial({ clock: systemClock }), systemClock)
  const line = createRadioLine({
    clock: systemClock,
    channels,
    page: crypto.randomUUID(),
    isVisible,
    // also reaches the worker from a page that is not controlled, after shift-reload
    openPort: async () => {
      const { active } = await workers.ready
      if (active === null) throw new Error('the worker is being replaced')
      const { port1, port2 } = new MessageChannel()
      active.postMessage({ type: 'shoal-radio', version: radioVersion } satisfies RadioMessage, [port2])
      return port1
    },
  })
  let isOn = true
  const comeBack = (): void => {
    if (isOn) line.doubt()
  }
  document.addEventListener('visibilitychange', line.visibility)
  globalThis.addEventListener('pagehide', () => {
    line.leave()
    // the other ends need not find it out by silence
    channels.closeAll()
  })
  globalThis.addEventListener('pageshow', comeBack)
  workers.addEventListener('controllerchange', () => {
    if (isOn) line.replaced()
  })
  workers.addEventListener('message', ({ data }: MessageEvent<RadioCall | undefined>) => {
    if (data?.type === 'shoal-radio-wanted') comeBack()
  })
  workers.startMessages()
  watchWaking(systemClock, line.wake)
  const radio: PageRadio = {
    get isOn() {
      return isOn
    },
    turn: (next) => {
      if (isOn === next) return
      isOn = next
      if (isOn) return line.doubt()
      line.leave()
      channels.closeAll()
    },
  }
  window.shoalRadio = radio
  return radio
}
