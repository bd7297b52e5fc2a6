/**
 * From events to calls: a pure fold in the order of events (lamport, stream, offset), which is the same on every device. Whatever order they
 * arrive in, and however often, the same events give the same calls.
 */
import type { AndonEvent } from './events.ts'

export type CallState = 'open' | 'taken' | 'resolved' | 'cancelled'

/** Somebody's word about a call: which device, and when by its clock (microseconds since the epoch). */
export interface Mark {
  readonly by: string
  readonly at: number
}

export interface Call {
  readonly id: string
  readonly machine: string
  readonly what?: string
  readonly state: CallState
  readonly called: Mark
  readonly taken?: Mark
  /** Resolved or cancelled. */
  readonly ended?: Mark
  /** Node ids of the devices that have had it on their screens, without the caller's. */
  readonly seenBy: readonly string[]
  /** Devices that took it when another already had it, or it was over. */
  readonly lateTakers: readonly string[]
}

/** Negative when `a` comes first. */
export const compareEvents = (a: AndonEvent, b: AndonEvent): number => {
  if (a.lamport !== b.lamport) return a.lamport - b.lamport
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1
  return a.offset - b.offset
}

const mark = ({ by, at }: AndonEvent): Mark => ({ by, at })

const step = (call: Call, event: AndonEvent): Call => {
  const isOver = call.state === 'resolved' || call.state === 'cancelled'
  switch (event.type) {
    case 'called':
      return call
    case 'seen': {
      if (event.by === call.called.by || call.seenBy.includes(event.by)) return call
      return { ...call, seenBy: [...call.seenBy, event.by] }
    }
    case 'taken': {
      if (call.state === 'open') return { ...call, state: 'taken', taken: mark(event) }
      if (call.taken?.by === event.by || call.lateTakers.includes(event.by)) return call
      return { ...call, lateTakers: [...call.lateTakers, event.by] }
    }
    case 'resolved':
      return isOver ? call : { ...call, state: 'resolved', ended: mark(event) }
    case 'cancelled':
      // only whoever called can say that it was not needed
      return isOver || event.by !== call.called.by ? call : { ...call, state: 'cancelled', ended: mark(event) }
  }
}

/** `events`: all of one call, in order. Undefined while its `called` has not arrived. */
export const foldCall = (events: readonly AndonEvent[]): Call | undefined => {
  const first = events.find((event) => event.type === 'called')
  if (first === undefined) return undefined
  const { call: id, machine, what } = first
  const begun: Call = {
    id,
    machine,
    ...(what === undefined ? {} : { what }),
    state: 'open',
    called: mark(first),
    seenBy: [],
    lateTakers: [],
  }
  return events.reduce(step, begun)
}

export interface Calls {
  /** False when it was known already. */
  add(event: AndonEvent): boolean
  get(id: string): Call | undefined
  /** By the order of their first words, oldest first. */
  list(): readonly Call[]
  /** Forgets a call with all of its events. */
  forget(id: string): void
}

interface Entry {
  readonly events: AndonEvent[]
  call: Call | undefined
}

export const createCalls = (): Calls => {
  const entries = new Map<string, Entry>()

  const insert = (events: AndonEvent[], event: AndonEvent): boolean => {
    let at = events.length
    while (at > 0) {
      const other = events[at - 1]
      const order = other === undefined ? 0 : compareEvents(other, event)
      if (order === 0) return false
      if (order < 0) break
      at--
    }
    events.splice(at, 0, event)
    return true
  }
  const firstOf = ({ events }: Entry): AndonEvent | undefined => events.find((event) => event.type === 'called')

  return {
    add: (event) => {
      const entry = entries.get(event.call) ?? { events: [], call: undefined }
      if (!insert(entry.events, event)) return false
      entry.call = foldCall(entry.events)
      entries.set(event.call, entry)
      return true
    },
    get: (id) => entries.get(id)?.call,
    list: () =>
      [...entries.values()]
        .flatMap((entry) => {
          const first = firstOf(entry)
          return first && entry.call ? [{ first, call: entry.call }] : []
        })
        .sort((a, b) => compareEvents(a.first, b.first))
        .map(({ call }) => call),
    forget: (id) => {
      entries.delete(id)
    },
  }
}
