/** One cold catch-up of a rival: a list of factory events in one Chromium, an empty replica in another, and the time until that is whole. */
import type { Page } from 'playwright-core'
import type { CatchUp } from '../wire.ts'
import { wireOf } from '../wire.ts'
import type { RivalGround, RivalName } from './ground.ts'

export interface Race {
  readonly rival: RivalName
  /** Of the page's address: how the rival is set up. */
  readonly query: string
  readonly events: number
  /** Milliseconds, from linking on. */
  readonly patience: number
}

class OutOfTime extends Error {}

const within = <T>(promise: Promise<T>, patience: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutOfTime()), patience)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

let races = 0

const run = async (from: Page, to: Page, { loopback }: RivalGround, race: Race): Promise<CatchUp | string> => {
  const { rival, events, patience } = race
  const seed = (races += 1)
  const name = `race-${seed}`
  const full = { name, events, seed, other: undefined }
  const token = await from.evaluate((options) => window.rival.open(options), full)
  await to.evaluate((options) => window.rival.open(options), { ...full, events: 0, other: token })
  const whole = to.evaluate(async (count) => {
    await window.rival.whenComplete(count)
    return performance.now()
  }, events)
  // if linking fails, that is what is reported
  whole.catch(() => undefined)
  const link = ([url, room]: readonly [string, string]): Promise<void> => window.rival.link(url, room)
  await Promise.all([from, to].map((page) => page.evaluate(link, [loopback[rival], name] as const)))
  try {
    const endedAt = await within(whole, patience)
    const { firstAt, lastAt, bytes } = await wireOf(to)
    const wrong = await to.evaluate(([count, origin]) => window.rival.verify(count, origin), [events, seed] as const)
    return wrong === '' ? { events, milliseconds: endedAt - firstAt, receiving: lastAt - firstAt, bytes } : wrong
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error
    const { openedAt, frames } = await wireOf(to)
    return openedAt === 0
      ? 'the two browsers found no connection'
      : `not whole ${patience / 1000} s after linking; ${frames} frames had come in`
  }
}

/** A text says why there is no result. */
export const runRace = async (ground: RivalGround, race: Race): Promise<CatchUp | string> => {
  const from = await ground.openPage(0, race.rival, race.query)
  const to = await ground.openPage(1, race.rival, race.query)
  try {
    return await run(from, to, ground, race)
  } finally {
    await from.close()
    await to.close()
  }
}
