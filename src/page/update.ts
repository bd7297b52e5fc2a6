/**
 * The update: offered when a newer worker waits, applied for all tabs together. By a tap at once; by itself when the offer is older than
 * its deadline and no tab was touched for a while, so that a tablet nobody attends keeps up. A tab in which somebody types never reloads
 * under their hands: it objects to the update applying itself, and after another tab's tap it reloads when the typing has ended.
 */
import type { Clock } from '../core/clock.ts'
import type { Attention } from './attention.ts'
import type { UpdateOffer } from './contract.ts'

/** Milliseconds. */
export interface UpdateTimes {
  /** From the offer until it may apply itself. */
  readonly deadline: number
  /** Without input in any tab before it applies itself: longer than a look at a machine between two entries. */
  readonly idle: number
  /** How long the other tabs have to object. */
  readonly objection: number
  /** Without a keystroke before a tab that was left behind reloads: typed text is likely sent or given up by then. */
  readonly typingEnd: number
  readonly look: number
  /** A worker that has not taken over by then will not; the offer is made again. */
  readonly takeOver: number
}

export const updateTimes: UpdateTimes = {
  deadline: 10 * 60_000,
  idle: 2 * 60_000,
  objection: 1000,
  typingEnd: 60_000,
  look: 5000,
  takeOver: 20_000,
}

type TabMessage =
  | { readonly type: 'may-i'; readonly turn: string }
  | { readonly type: 'objection'; readonly turn: string }
  | { readonly type: 'applying' }

/** The part of a BroadcastChannel that we need. */
export interface TabChannel {
  postMessage(message: unknown): void
  onmessage: ((event: MessageEvent) => void) | null
}

export interface UpdateDeps {
  readonly clock: Clock
  readonly attention: Attention
  readonly channel: TabChannel
  readonly times: UpdateTimes
  /** Lets the waiting worker take over. */
  takeOver(): void
  reload(): void
  onOffer(offer: UpdateOffer | undefined): void
  onReloadPending(): void
}

export interface Updates {
  /** A newer worker waits. */
  waiting(): void
  /** A newer worker controls this tab now. */
  replaced(): void
}

export const createUpdates = (deps: UpdateDeps): Updates => {
  const { clock, attention, channel, times } = deps
  let offeredAt: number | undefined
  let isApplying = false
  let isReloading = false
  let asked: { readonly turn: string; isRefused: boolean } | undefined

  const say = (message: TabMessage): void => channel.postMessage(message)
  const isBusy = (): boolean => attention.idleFor() < times.idle

  const offer = (): void => {
    isApplying = false
    // a still newer one does not move the deadline
    const isFirst = offeredAt === undefined
    offeredAt ??= clock.monotonic()
    const left = times.deadline - (clock.monotonic() - offeredAt)
    deps.onOffer({ deadline: clock.now() / 1000 + left, apply })
    if (isFirst) clock.after(times.look, look)
  }
  const expectSuccessor = (): void => {
    isApplying = true
    deps.onOffer(undefined)
    clock.after(times.takeOver, () => {
      if (isApplying && !isReloading) offer()
    })
  }
  const apply = (): void => {
    if (isApplying) return
    say({ type: 'applying' })
    deps.takeOver()
    expectSuccessor()
  }
  const askOthers = (): void => {
    const question = { turn: String(clock.now()) + String(Math.random()), isRefused: false }
    asked = question
    say({ type: 'may-i', turn: question.turn })
    clock.after(times.objection, () => {
      if (asked !== question) return
      asked = undefined
      if (!question.isRefused && !isBusy()) apply()
    })
  }
  const look = (): void => {
    if (isReloading || offeredAt === undefined) return
    if (!isApplying && clock.monotonic() - offeredAt >= times.deadline && !isBusy() && asked === undefined) askOthers()
    clock.after(times.look, look)
  }
  const reloadWhenTypingEnds = (): void => {
    if (attention.typedBefore() >= times.typingEnd) return deps.reload()
    deps.onReloadPending()
    clock.after(times.look, reloadWhenTypingEnds)
  }

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    switch (data.type) {
      case 'may-i':
        if (isBusy()) say({ type: 'objection', turn: data.turn })
        return
      case 'objection':
        if (asked?.turn === data.turn) asked.isRefused = true
        return
      case 'applying':
        expectSuccessor()
    }
  }
  return {
    waiting: offer,
    replaced: () => {
      if (isReloading) return
      isReloading = true
      deps.onOffer(undefined)
      reloadWhenTypingEnds()
    },
  }
}
