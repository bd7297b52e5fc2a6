/** Watching the swarm across the worker's deaths: each new line says the status anew, which is passed on when it is another one. */
import type { Clock } from '../core/clock.ts'
import type { ShoalError } from '../core/errors.ts'
import type { SwarmStatus } from './contract.ts'
import type { Link } from './link.ts'
import { reportUncaught } from './subscription.ts'

/** The node keeps this from one status to the next; across two lines of it, we tell it what is left. Milliseconds. */
const watchEvery = 500

export const createWatch = (
  link: Link,
  clock: Clock,
  listener: (status: SwarmStatus) => void,
  onEnd: (error: ShoalError) => void = () => undefined,
): (() => void) => {
  let isOver = false
  let told: string | undefined
  let toldAt: number | undefined
  const tell = (line: string): void => {
    if (isOver || line === told) return
    told = line
    toldAt = clock.monotonic()
    try {
      listener(JSON.parse(line) as SwarmStatus)
    } catch (error) {
      reportUncaught(error)
    }
  }
  const cancel = link.ask({
    call: 'swarm_watch',
    patient: true,
    body: () => {
      const wait = toldAt === undefined ? 0 : Math.max(0, Math.ceil(watchEvery - (clock.monotonic() - toldAt)))
      return JSON.stringify({ wait })
    },
    onNext: (lines, more) => {
      // a reader that was slow gets the newest only
      tell(lines.slice(lines.lastIndexOf('\n') + 1))
      more()
    },
    onEnd: (error) => {
      if (isOver) return
      isOver = true
      if (error !== undefined) onEnd(error)
    },
  })
  return () => {
    isOver = true
    cancel()
  }
}
