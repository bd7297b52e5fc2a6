/**
 * The events of Andon, which other apps may read and write as well. Each carries the tags `andon`, `andon:<call>` and `machine:<name>`, and the
 * payload `{ type, call, machine, what? }`:
 *
 * | type | who publishes it | when |
 * |---|---|---|
 * | `called` | the device at the machine | somebody asks for help; `what` says with what, where that was chosen |
 * | `seen` | every other device, once a call | the call is on its screen |
 * | `taken` | the device of whoever goes there | the first in the order of events has it |
 * | `resolved` | any device | it is done |
 * | `cancelled` | the device that called | it was not needed, or a slip |
 *
 * Whose event it is is not said in it: a stream is written by one device, and its name begins with the device's id.
 */
import type { EventItem, NewEvent } from '../../client/contract.ts'

export const andonTypes = ['called', 'seen', 'taken', 'resolved', 'cancelled'] as const
export type AndonType = (typeof andonTypes)[number]

/** What an event of Andon says, without the envelope of the log. */
export interface AndonEvent {
  readonly type: AndonType
  readonly call: string
  readonly machine: string
  readonly what?: string
  /** Node id of the device that wrote it. */
  readonly by: string
  /** Microseconds since the epoch, by the clock of that device. */
  readonly at: number
  readonly lamport: number
  readonly stream: string
  readonly offset: number
}

/** In UTF-16 code units; what is longer is no machine's name. */
export const machineCharsMax = 60
const whatCharsMax = 200
const callPattern = /^[A-Za-z0-9-]{8,64}$/

/** Names are shown and compared as one would write them: no space at the ends, none doubled. */
export const machineName = (typed: string): string =>
  typed.normalize('NFC').trim().replaceAll(/\s+/g, ' ').slice(0, machineCharsMax).trim()

/** Undefined for what is no event of Andon: other apps may use the same tag. */
export const readAndonEvent = (event: EventItem): AndonEvent | undefined => {
  const { payload, stream, lamport, offset, timestamp } = event
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return undefined
  const { type, call, machine, what } = payload as Readonly<Record<string, unknown>>
  const known = andonTypes.find((one) => one === type)
  if (known === undefined || typeof call !== 'string' || !callPattern.test(call)) return undefined
  if (typeof machine !== 'string' || machine === '' || machine.length > machineCharsMax) return undefined
  const by = stream.slice(0, stream.lastIndexOf('-'))
  const said = typeof what === 'string' && what !== '' && what.length <= whatCharsMax ? { what } : {}
  return { type: known, call, machine, ...said, by, at: timestamp, lamport, stream, offset }
}

export const newAndonEvent = (type: AndonType, call: string, machine: string, what?: string): NewEvent => ({
  tags: ['andon', `andon:${call}`, `machine:${machine}`],
  payload: { type, call, machine, ...(what === undefined ? {} : { what }) },
})
