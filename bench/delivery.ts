/** Live events between two tablets, and the way of a third party from opening an invitation to the first foreign event on its screen. */
import type { Figure } from './figure.ts'
import { median, quantile, shown } from './figure.ts'
import type { Ground } from './ground.ts'
import type { Tablet } from './tablets.ts'
import { invite, join, openFounder, withTablets } from './tablets.ts'

const tag = 'bench:live'
const beats = 500
/** Milliseconds. */
const every = 100
const settling = 20

const deliver = async (from: Tablet, to: Tablet, count: number): Promise<number[]> => {
  await from.page.evaluate(([name, many, pace]) => window.lab.beat(name, many, pace), [tag, count, every] as const)
  await to.page.waitForTimeout(1000)
  const heard = await to.page.evaluate(() => window.lab.heard())
  const numbers = heard.map(({ number }) => number)
  if (numbers.length !== count || numbers.some((number, index) => number !== index))
    throw new Error(`${numbers.length} of ${count} events were delivered: ${numbers.slice(0, 20).join(' ')} …`)
  return heard.map(({ sentAt, heardAt }) => heardAt - sentAt)
}

export const measureDelivery = (ground: Ground): Promise<Figure[]> =>
  withTablets(ground, async (tablets) => {
    const from = await openFounder(tablets)
    const to = await tablets.open()
    await join(to, await invite(from))
    await to.page.evaluate((name) => window.lab.hear(name), tag)
    await deliver(from, to, settling)
    const delays = await deliver(from, to, beats)
    const note = `${beats} events, one every ${every} ms, between two Chromium processes over WebRTC; clocks of one machine`
    const spread = [0, 0.1, 0.5, 0.9, 0.99, 1].map((share) => shown(quantile(delays, share))).join(' ')
    const figure = (name: string, measured: number, most: number): Figure => ({
      name: `publish on one tablet → delivered to a subscriber on another, ${name}`,
      measured,
      unit: 'ms',
      target: { type: 'at most', value: most },
      notes: [note, `least, 10 %, median, 90 %, 99 %, most: ${spread}`],
    })
    return [figure('median', median(delays), 50), figure('p99', quantile(delays, 0.99), 200)]
  })
