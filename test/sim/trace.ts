/**
 * What happened in a simulated world, in order: a digest that is the same for the same seed, and on request the lines themselves, so that
 * two runs that should have been the same can be compared. `SHOAL_SIM_TRACE=FILE` writes them there.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, writeFileSync } from 'node:fs'

export interface Trace {
  note(line: string): void
  /** Of everything noted so far. */
  digest(): string
  readonly lines: number
}

const blockChars = 1 << 16

export const createTrace = (file = process.env['SHOAL_SIM_TRACE']): Trace => {
  const hash = createHash('sha256')
  let waiting = ''
  let lines = 0
  if (file !== undefined) writeFileSync(file, '')
  const flush = (): void => {
    hash.update(waiting)
    if (file !== undefined) appendFileSync(file, waiting)
    waiting = ''
  }
  return {
    note: (line) => {
      lines += 1
      waiting += `${line}\n`
      if (waiting.length > blockChars) flush()
    },
    digest: () => {
      flush()
      return hash.copy().digest('hex')
    },
    get lines() {
      return lines
    },
  }
}
