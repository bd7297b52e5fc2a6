/**
 * A worker that can die or be busy, tabs that can be hidden, frozen and closed, and devices beyond: the real desk and the real page's side
 * over MessageChannels, with memory radios, on one clock that is moved by hand.
 */
import type { RadioDesk } from '../../sw/radio-desk.ts'
import { createRadioDesk } from '../../sw/radio-desk.ts'
import type { Clock } from '../../src/core/clock.ts'
import { createRadioChannels } from '../../src/page/radio-channels.ts'
import type { RadioLine } from '../../src/page/radio-line.ts'
import { createRadioLine } from '../../src/page/radio-line.ts'
import type { Channel, ChannelListener, CloseReason, Dialling, Radio } from '../../src/transport/contract.ts'
import type { MemoryAir } from '../../src/transport/memory-radio.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import type { RadioPort } from '../../src/transport/radio-contract.ts'
import { radioVersion } from '../../src/transport/radio-contract.ts'
import { createManualClock, settle } from '../api/manual-clock.ts'

/** A thread: what happens in it waits while it is frozen, and never happens once it is dead. */
interface Thread {
  readonly clock: Clock
  readonly port: (port: MessagePort) => RadioPort
  run(action: () => void): void
  freeze(): void
  thaw(): void
  die(): void
}

const createThread = (clock: Clock): Thread => {
  let waiting: (() => void)[] | undefined
  let isDead = false
  const run = (action: () => void): void => {
    if (isDead) return
    if (waiting === undefined) action()
    else waiting.push(action)
  }
  return {
    run,
    clock: { ...clock, after: (ms, action) => clock.after(ms, () => run(action)) },
    port: (port) => {
      const wrapped: RadioPort = {
        onmessage: null,
        postMessage: (value, transfer) => run(() => port.postMessage(value, transfer)),
        close: () => run(() => port.close()),
        addEventListener: (type, listener) => port.addEventListener(type, () => run(listener)),
      }
      port.onmessage = (event) => run(() => wrapped.onmessage?.(event))
      return wrapped
    },
    freeze: () => {
      waiting ??= []
    },
    thaw: () => {
      const held = waiting ?? []
      waiting = undefined
      for (const action of held) run(action)
    },
    die: () => {
      isDead = true
    },
  }
}

export interface Tab extends Pick<Thread, 'freeze' | 'thaw'> {
  readonly line: RadioLine
  show(isVisible: boolean): void
  /** Crashes: says nothing. `tells`: as in Chromium, its ports close. */
  crash(tells: boolean): void
  /** Is closed by a person. */
  leave(): void
}

export interface Heard {
  readonly frames: Uint8Array[]
  readonly closes: CloseReason[]
  drains: number
}

export const hear = (channel: Channel): Heard => {
  const heard: Heard = { frames: [], closes: [], drains: 0 }
  const listener: ChannelListener = {
    onFrame: (frame) => heard.frames.push(frame),
    onDrain: () => heard.drains++,
    onClose: (reason) => heard.closes.push(reason),
  }
  channel.listen(listener)
  return heard
}

export interface RadioWorld {
  readonly air: MemoryAir
  /** Of the worker that lives now. */
  readonly desk: RadioDesk
  /** `false`, then `true`: as it changed, over all lives. */
  readonly ready: readonly boolean[]
  readonly adopted: readonly Channel[]
  readonly wakes: number
  readonly ports: number
  tab(name: string, isVisible?: boolean): Tab
  /** Lets this much time pass. */
  run(ms: number): Promise<void>
  /** Between the desk's radio and another device; both channels. */
  connect(other: string, radio?: Radio): Promise<readonly [Channel, Channel]>
  /** The worker stops without a sign; the next one starts when a tab dials. */
  killWorker(): void
  freezeWorker(): void
  thawWorker(): void
  retireWorker(): void
}

export const createRadioWorld = (): RadioWorld => {
  const clock = createManualClock()
  const air = createMemoryAir({ clock })
  const ready: boolean[] = []
  const adopted: Channel[] = []
  let wakes = 0
  let ports = 0
  let lives = 0

  const start = () => {
    const thread = createThread(clock)
    const desk = createRadioDesk({ clock: thread.clock, id: `desk ${++lives}` })
    desk.radio.onReady((isReady) => ready.push(isReady))
    desk.radio.onWake(() => wakes++)
    desk.radio.onAdopt((channel) => adopted.push(channel))
    return { thread, desk }
  }
  let worker: ReturnType<typeof start> | undefined
  const living = () => (worker ??= start())

  const run = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.pass(50)
      await settle(3)
    }
  }
  return {
    air,
    get desk() {
      return living().desk
    },
    ready,
    adopted,
    get wakes() {
      return wakes
    },
    get ports() {
      return ports
    },
    tab: (name, isVisible = true) => {
      const thread = createThread(clock)
      const own: MessagePort[] = []
      const channels = createRadioChannels(air.radio(name).dial, thread.clock)
      let isShown = isVisible
      const line = createRadioLine({
        clock: thread.clock,
        channels,
        page: name,
        isVisible: () => isShown,
        openPort: () => {
          const { port1, port2 } = new MessageChannel()
          own.push(port1)
          ports++
          const { thread: workerThread, desk } = living()
          workerThread.run(() => desk.offer(workerThread.port(port2), radioVersion))
          return Promise.resolve(thread.port(port1))
        },
      })
      return {
        line,
        freeze: thread.freeze,
        thaw: thread.thaw,
        show: (next) => {
          isShown = next
          line.visibility()
          if (next) line.wake()
        },
        crash: (tells) => {
          thread.die()
          if (tells) for (const port of own) port.close()
          for (const { names, pair } of air.pairs()) if (names.includes(name)) pair.break()
        },
        leave: () => {
          line.leave()
          thread.die()
          channels.closeAll()
        },
      }
    },
    run,
    connect: async (other, radio = living().desk.radio) => {
      const opened: Channel[] = []
      const fails: CloseReason[] = []
      const dial = (by: Radio, initiator: boolean, to: () => Dialling): Dialling =>
        by.dial({
          initiator,
          onSignal: (signal) => to().signal(signal),
          onOpen: (channel) => (opened[initiator ? 0 : 1] = channel),
          onFail: (reason) => fails.push(reason),
        })
      const ours: Dialling = dial(radio, true, () => theirs)
      const theirs: Dialling = dial(air.radio(other), false, () => ours)
      for (let turn = 0; turn < 20 && fails.length === 0; turn++) {
        await run(50)
        const [a, b] = opened
        if (a !== undefined && b !== undefined) return [a, b]
      }
      throw new Error(fails[0]?.message ?? 'not connected')
    },
    killWorker: () => {
      worker?.thread.die()
      worker = undefined
    },
    freezeWorker: () => worker?.thread.freeze(),
    thawWorker: () => worker?.thread.thaw(),
    retireWorker: () => worker?.desk.retire(),
  }
}
