/**
 * What links cost whoever publishes: the time of single publishes, one every so often, with no link, with five and with twenty.
 *
 * A mesh never gives a tablet twenty links (`linksMax`), so the worker measured here is built with that bound raised; the twenty are real
 * nodes in a page of another Chromium (`crowd/page.ts`). They share this machine, which twenty tablets would not: so there is time
 * between the publishes for them to take in the one before.
 */
import type { Page } from 'playwright-core'
import { launchChromium } from '../test/browser/browser.ts'
import type { Figure } from './figure.ts'
import { median, quantile, shown } from './figure.ts'
import type { Ground } from './ground.ts'
import type { Tablet } from './tablets.ts'
import { invite, openFounder, withTablets } from './tablets.ts'

const tag = 'bench:beat'
const beats = 80
/** Milliseconds. */
const every = 250
const warmUp = 50
/** What is left of the joining. Milliseconds. */
const settling = 2000
/** The last is the first again: a machine that has become slower meanwhile falls on both. */
const turns = [0, 5, 20, 0] as const

interface Turn {
  readonly links: number
  readonly took: readonly number[]
}

const publish = (page: Page, count: number): Promise<number[]> =>
  page.evaluate(([name, many, pace]) => window.lab.beat(name, many, pace), [tag, count, every] as const)

const setLinks = async ({ page }: Tablet, crowd: Page, links: number, invitation: string): Promise<void> => {
  const before = await page.evaluate(() => window.lab.links())
  if (before > links) await crowd.evaluate(() => window.crowd.clear())
  else for (let link = before; link < links; link++) await crowd.evaluate((text) => window.crowd.add(text), invitation)
  await page.waitForFunction(async (count) => (await window.lab.links()) === count, links)
  await page.waitForTimeout(settling)
}

const measureTurns = async (tablet: Tablet, crowd: Page): Promise<Turn[]> => {
  const { page } = tablet
  const stream = await page.evaluate(() => window.lab.ownStream())
  const invitation = await invite(tablet, Math.max(...turns) * 2)
  await publish(page, warmUp)
  let published = warmUp
  const measured: Turn[] = []
  for (const links of turns) {
    await setLinks(tablet, crowd, links, invitation)
    const took = await publish(page, beats)
    published += beats
    if (links > 0)
      await crowd.waitForFunction(([name, count]) => window.crowd.least(name) >= count, [stream, published] as const)
    measured.push({ links, took })
  }
  return measured
}

const figureOf = (measured: readonly Turn[]): Figure => {
  const alone = measured.filter(({ links }) => links === 0).map(({ took }) => median(took))
  const linked = measured.filter(({ links }) => links > 0).map(({ took }) => median(took))
  const each = measured.map(
    ({ links, took }) => `${links} links: ${shown(median(took))} ms (90 %: ${shown(quantile(took, 0.9))})`,
  )
  return {
    name: 'publish latency with 5 and 20 links, the worse',
    measured: Math.max(...linked) / median(alone),
    unit: '× that without links',
    target: { type: 'at most', value: 1.1 },
    notes: [
      `in turn ${each.join(', ')}`,
      `medians of ${beats} awaited publishes, one every ${every} ms; every linked node had every event`,
    ],
  }
}

/** `ground`: with a worker that takes more links than a tablet does. */
export const measureLinkedPublishing = (ground: Ground): Promise<Figure[]> =>
  withTablets(ground, async (tablets) => {
    const tablet = await openFounder(tablets)
    const browser = await launchChromium()
    try {
      const crowd = await browser.open(`${ground.station.url}bench/crowd.html`)
      await crowd.waitForFunction(() => 'crowd' in window)
      return [figureOf(await measureTurns(tablet, crowd))]
    } finally {
      await browser.close()
    }
  })

/** Of the core's limits, for the worker of that ground. */
export const manyLinks = { fullMeshMax: 24, linksActive: 24, linksMax: 24 } as const
