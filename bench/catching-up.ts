/**
 * Cold catch-up: a tablet that was never in the swarm joins one that holds a log, by its invitation, and has everything. Timed as the
 * rivals are: from the first frame that comes in over WebRTC, of the joining already, until all is there to be asked for.
 */
import type { Page } from 'playwright-core'
import type { StreamId } from '../src/core/event.ts'
import type { Figure, Outcome } from './figure.ts'
import { median, perSecond, shown, shownAll } from './figure.ts'
import type { Ground } from './ground.ts'
import { bestRate, raceRivals, shownRival } from './rivals/rivals.ts'
import type { Tablet, Tablets } from './tablets.ts'
import { invite, openFounder, withTablets } from './tablets.ts'
import type { CatchUp } from './wire.ts'
import { shownCatchUp, wireOf } from './wire.ts'

export interface CatchingUpChoice {
  readonly events: number
  readonly isCatchUp: boolean
  readonly isRivals: boolean
}

interface Caught extends CatchUp {
  /** Of the log on disk. */
  readonly storedBytes: number
}

interface Source {
  readonly tablet: Tablet
  readonly stream: StreamId
  readonly events: number
}

const rounds = 3
const seed = 11
const patience = 120_000

const mustBeWhole = async (page: Page, { stream, events }: Source): Promise<void> => {
  const wrong = await page.evaluate(([name, count, from]) => window.lab.verify(name, count, from), [
    stream,
    events,
    seed,
  ] as const)
  if (wrong !== '') throw new Error(`the log that was caught up with is not the one of its source: ${wrong}`)
}

/** Killed as soon as it has everything, the tablet must still have it, with nobody there to ask again. */
const killAndLook = async (tablets: Tablets, { browser }: Tablet, source: Source): Promise<number> => {
  await browser.kill()
  const { page } = await tablets.open({ profile: browser.profile, isDeaf: true })
  await mustBeWhole(page, source)
  return page.evaluate(() => window.lab.logBytes())
}

const catchUp = async (tablets: Tablets, source: Source): Promise<Caught> => {
  const { stream, events } = source
  const link = await invite(source.tablet)
  const tablet = await tablets.open()
  const { page } = tablet
  page.setDefaultTimeout(patience)
  const endedAt = await page.evaluate(
    async ([invitation, name, count]) => {
      await window.lab.join(invitation)
      return window.lab.whenWhole(name, count)
    },
    [link, stream, events] as const,
  )
  const { firstAt, lastAt, bytes } = await wireOf(page)
  if (firstAt === 0) throw new Error('nothing came over WebRTC')
  const storedBytes = await killAndLook(tablets, tablet, source)
  return { events, milliseconds: endedAt - firstAt, receiving: lastAt - firstAt, bytes, storedBytes }
}

const fill = async (tablets: Tablets, events: number): Promise<Source> => {
  const tablet = await openFounder(tablets)
  await tablet.page.evaluate(([count, from]) => window.lab.fill(count, from, []), [events, seed] as const)
  return { tablet, events, stream: await tablet.page.evaluate(() => window.lab.ownStream()) }
}

const measureCatchUps = (ground: Ground, events: number): Promise<Caught[]> =>
  withTablets(ground, async (tablets) => {
    const source = await fill(tablets, events)
    const caught: Caught[] = []
    for (let round = 0; round < rounds; round++) caught.push(await catchUp(tablets, source))
    return caught
  })

const ownFigures = (caught: readonly Caught[], events: number): Figure[] => {
  const seconds = caught.map(({ milliseconds }) => milliseconds / 1000)
  const ratios = caught.map(({ bytes, storedBytes }) => bytes / storedBytes)
  const [first] = caught
  return [
    {
      name: `cold catch-up of ${shown(events)} events between two Chromium processes over WebRTC, joining included`,
      measured: median(seconds),
      unit: 's',
      target: { type: 'at most', value: 2 },
      notes: [
        `from the first frame to queryable and durable (${shownAll(seconds)})`,
        ...(first === undefined ? [] : [`the first: ${shownCatchUp(first)}`]),
        'each tablet was then killed and had everything, in order, when it came back with nobody to ask',
      ],
    },
    {
      name: 'bytes on the wire while catching up',
      measured: median(ratios),
      unit: '× stored',
      target: { type: 'at most', value: 1.3 },
      notes: caught.slice(0, 1).map(({ bytes, storedBytes }) => {
        const each = (whole: number): string => `${shown(whole / events)} B/event`
        return `${each(bytes)} received, handshakes and all; ${each(storedBytes)} stored`
      }),
    },
  ]
}

const rivalFigure = async (caught: readonly Caught[], events: number): Promise<Outcome> => {
  const name = `cold catch-up of ${shown(events)} events against the better of Yjs and RxDB`
  const results = await raceRivals(events)
  const best = bestRate(results)
  if (best === 0) return { name, why: `neither came through: ${results.map(shownRival).join('; ')}` }
  return {
    name,
    measured: median(caught.map(perSecond)) / best,
    unit: '× as fast',
    target: { type: 'at least', value: 10 },
    limit: `the most events/s of either, at whatever number of events: ${shown(best)}`,
    notes: [`Shoal: ${shown(median(caught.map(perSecond)))} events/s`, ...results.map(shownRival)],
  }
}

export const measureCatchingUp = async (ground: Ground, choice: CatchingUpChoice): Promise<Outcome[]> => {
  const { events, isCatchUp, isRivals } = choice
  const caught = await measureCatchUps(ground, events)
  return [...(isCatchUp ? ownFigures(caught, events) : []), ...(isRivals ? [await rivalFigure(caught, events)] : [])]
}
