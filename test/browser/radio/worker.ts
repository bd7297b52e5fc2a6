/** A service worker that is nothing but the radio's desk, and does what the test says. */
import { callRadios, createRadioDesk } from '../../../sw/radio-desk.ts'
import type { RadioClients } from '../../../sw/radio-desk.ts'
import { systemClock } from '../../../src/node/system-clock.ts'
import type { RadioMessage, RadioPort } from '../../../src/transport/radio-contract.ts'
import { createWire } from './wire.ts'

interface Order {
  readonly type: 'wire'
  readonly name: string
  readonly args: readonly unknown[]
}
/** What is used of the worker's global scope, which the library of pages does not know. */
interface Scope {
  readonly clients: RadioClients & { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(
    type: 'message',
    listener: (event: {
      readonly data: RadioMessage | Order
      readonly ports: readonly RadioPort[]
      waitUntil(work: Promise<unknown>): void
    }) => void,
  ): void
  addEventListener(
    type: 'install' | 'activate',
    listener: (event: { waitUntil(work: Promise<unknown>): void }) => void,
  ): void
}
const scope = globalThis as unknown as Scope

const desk = createRadioDesk({ clock: systemClock, id: crypto.randomUUID() })
const wire = createWire((options) => desk.radio.dial(options))
desk.radio.onAdopt((channel) => wire.adopt(channel))
const calls: Readonly<Record<string, (...args: never[]) => unknown>> = { ...wire, isReady: () => desk.radio.isReady }

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()))
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()))
scope.addEventListener('message', (event) => {
  const { data, ports } = event
  const [port] = ports
  if (port === undefined) return
  if (data.type === 'shoal-radio') return desk.offer(port, data.version)
  const work = async (): Promise<void> => {
    const answer = await calls[data.name]?.(...(data.args as never[]))
    port.postMessage(answer, [])
  }
  event.waitUntil(work())
})
void callRadios(scope.clients)
