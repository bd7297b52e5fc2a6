/**
 * From opening an invitation on a device that was never here to the first event of another device on its screen: a call for help that waits
 * there. By what is on the screen, as a person would do it who does not hesitate.
 */
import type { Figure } from './figure.ts'
import { median, shown, shownAll } from './figure.ts'
import { newAndonEvent } from '../src/apps/andon/events.ts'
import type { Ground } from './ground.ts'
import type { Tablet, Tablets } from './tablets.ts'
import { invite, openFounder, withTablets } from './tablets.ts'

const rounds = 3
/** In the log beside the call. */
const events = 1000
const seed = 12
const machine = 'Press 4711'
const call = newAndonEvent('called', 'bench-joining', machine)

interface Joined {
  /** Milliseconds from asking for the page on. */
  readonly offeredAfter: number
  readonly shownAfter: number
}

const joinOnce = async (tablets: Tablets, founder: Tablet): Promise<Joined> => {
  const invitation = await invite(founder)
  const { context } = await tablets.unpack()
  const page = await context.newPage()
  const from = performance.now()
  await page.goto(invitation, { waitUntil: 'commit' })
  const button = page.locator('shoal-join [data-test=join]')
  await button.waitFor()
  const offeredAfter = performance.now() - from
  await button.click()
  await page.getByText(machine).first().waitFor()
  const shownAfter = performance.now() - from
  await context.close()
  return { offeredAfter, shownAfter }
}

export const measureJoining = (ground: Ground): Promise<Figure[]> =>
  withTablets(ground, async (tablets) => {
    const founder = await openFounder(tablets)
    await founder.page.evaluate(([count, from]) => window.lab.fill(count, from, []), [events, seed] as const)
    await founder.page.evaluate((event) => window.shoal.publish([event]), call)
    const joined: Joined[] = []
    for (let round = 0; round < rounds; round++) joined.push(await joinOnce(tablets, founder))
    const seconds = joined.map(({ shownAfter }) => shownAfter / 1000)
    return [
      {
        name: 'from opening an invitation to the first foreign event on the screen',
        measured: median(seconds),
        unit: 's',
        target: { type: 'at most', value: 5 },
        notes: [
          `fresh profiles, loading the page and starting the worker included (${shownAll(seconds)})`,
          `of these until the page offers to join: ${shown(median(joined.map(({ offeredAfter }) => offeredAfter / 1000)))} s; the tap follows at once`,
        ],
      },
    ]
  })
