/**
 * What Andon knows on this device: follows the log, says `seen` once for what is on the screen, and publishes what people tap. The recent past
 * is read once; what was written elsewhere and comes late finds its place by the fold.
 */
import type { Item, Shoal } from '../../client/contract.ts'
import type { Call } from './calls.ts'
import { createCalls } from './calls.ts'
import { newAndonEvent, readAndonEvent } from './events.ts'

/** Events read at the start: some weeks of a busy hall, and enough to know its machines. */
const pastEventsMax = 4000
/** A call that was over for longer than this is left to the log, once there are many. Microseconds. */
const keptFor = 48 * 3600 * 1_000_000
const keptCallsMax = 1000
/** A call found in the past lights up only when it is younger than this; one that comes in live always does. Microseconds. */
const pastAlarmMax = 12 * 3600 * 1_000_000
/** A receipt is good for seven days; one made of an older moment would be refused. Milliseconds. */
const receiptAgeMax = 6 * 24 * 3600 * 1000

export interface BoardDeps {
  readonly shoal: Pick<Shoal, 'publish' | 'query' | 'subscribe' | 'offsets'>
  /** Node id of this device. */
  readonly self: string
  /** Microseconds since the epoch. */
  readonly now: () => number
  /** An id nobody else makes. */
  readonly newId: () => string
  readonly onChange: () => void
  readonly onError: (error: unknown) => void
}

export interface Board {
  readonly loaded: boolean
  /** Oldest first. */
  calls(): readonly Call[]
  get(id: string): Call | undefined
  /** Open calls of other devices that belong on the screen at once, oldest first. */
  alarms(): readonly Call[]
  /** Names of machines for which help was called, the latest of this device first, then those of others. */
  machines(): readonly string[]
  /** Answers the id of the call once it is on this device's medium. */
  call(machine: string, what?: string): Promise<string>
  take(call: Call): Promise<void>
  resolve(call: Call): Promise<void>
  cancel(call: Call): Promise<void>
  /** The call is on this screen: says so, once for all time and all tabs. */
  see(call: Call): void
  close(): void
}

export const createBoard = (deps: BoardDeps): Board => {
  const { shoal, self } = deps
  const calls = createCalls()
  const machines = new Map<string, { at: number; own: boolean }>()
  /** Calls that came in while this screen was here. */
  const live = new Set<string>()
  const seen = new Set<string>()
  const stop = new AbortController()
  let isLoaded = false

  const take = (item: Item): boolean => {
    const event = item.type === 'event' ? readAndonEvent(item) : undefined
    if (event === undefined || !calls.add(event)) return false
    if (event.type === 'called') {
      const known = machines.get(event.machine)
      const own = event.by === self || known?.own === true
      machines.set(event.machine, { at: Math.max(event.at, known?.at ?? 0), own })
      if (isLoaded) live.add(event.call)
    }
    if (event.type === 'seen' && event.by === self) seen.add(event.call)
    return true
  }
  const prune = (): void => {
    const all = calls.list()
    if (all.length <= keptCallsMax) return
    for (const call of all) if (call.ended && deps.now() - call.ended.at > keptFor) calls.forget(call.id)
  }

  const follow = async (): Promise<void> => {
    try {
      const { present } = await shoal.offsets()
      const options = { upperBound: present, signal: stop.signal, order: 'desc' } as const
      for await (const item of shoal.query(`FROM 'andon' ORDER DESC LIMIT ${pastEventsMax}`, options)) take(item)
      if (stop.signal.aborted) return
      isLoaded = true
      deps.onChange()
      const cancel = shoal.subscribe("FROM 'andon'", { lowerBound: present, onError: deps.onError }, (item) => {
        if (!take(item)) return
        prune()
        deps.onChange()
      })
      stop.signal.addEventListener('abort', cancel)
    } catch (error) {
      if (!stop.signal.aborted) deps.onError(error)
    }
  }
  void follow()

  const say = async (type: 'taken' | 'resolved' | 'cancelled', { id, machine }: Call): Promise<void> => {
    await shoal.publish([newAndonEvent(type, id, machine)])
  }
  const isRecent = ({ called }: Call): boolean => deps.now() - called.at < pastAlarmMax

  return {
    get loaded() {
      return isLoaded
    },
    calls: calls.list,
    get: calls.get,
    alarms: () =>
      calls
        .list()
        .filter((call) => call.state === 'open' && call.called.by !== self && (live.has(call.id) || isRecent(call))),
    machines: () =>
      [...machines]
        .sort(([, a], [, b]) => (a.own === b.own ? b.at - a.at : Number(b.own) - Number(a.own)))
        .map(([name]) => name),
    call: async (machine, what) => {
      const id = deps.newId()
      await shoal.publish([newAndonEvent('called', id, machine, what)])
      return id
    },
    take: (call) => say('taken', call),
    resolve: (call) => say('resolved', call),
    cancel: (call) => say('cancelled', call),
    see: (call) => {
      if (call.called.by === self || seen.has(call.id)) return
      seen.add(call.id)
      const calledAt = Math.floor(call.called.at / 1000)
      // the same receipt in every tab and after every restart: the log keeps one
      const isDatable = Math.abs(deps.now() / 1000 - calledAt) < receiptAgeMax
      const options = isDatable ? { receipt: `${calledAt}-andon-seen-${call.id}` } : {}
      shoal.publish([newAndonEvent('seen', call.id, call.machine)], options).catch((error: unknown) => {
        seen.delete(call.id)
        deps.onError(error)
      })
    },
    close: () => stop.abort(),
  }
}
