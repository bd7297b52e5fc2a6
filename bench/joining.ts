/** From opening an invitation on a device that was never here to the first event of another device that it shows. */
import type { Figure } from './figure.ts'
import { median, shown, shownAll } from './figure.ts'
import type { Ground } from './ground.ts'
import type { Tablet, Tablets } from './tablets.ts'
import { invite, openFounder, withTablets } from './tablets.ts'

const rounds = 3
const events = 1000
const seed = 12

interface Joined {
  /** Milliseconds from asking for the page on. */
  readonly shownAfter: number
  readonly memberAfter: number
}

const joinOnce = async (tablets: Tablets, founder: Tablet): Promise<Joined> => {
  const invitation = await invite(founder)
  const { context } = await tablets.unpack()
  const page = await context.newPage()
  const from = performance.now()
  await page.goto(invitation)
  await page.waitForFunction(() => 'shoal' in window)
  await page.evaluate((link) => window.shoal.swarm.join(link), invitation)
  const memberAfter = performance.now() - from
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        window.shoal.subscribe('FROM allEvents', { onError: reject }, (item) => {
          if (item.type === 'event') resolve()
        })
      }),
  )
  return { memberAfter, shownAfter: performance.now() - from }
}

export const measureJoining = (ground: Ground): Promise<Figure[]> =>
  withTablets(ground, async (tablets) => {
    const founder = await openFounder(tablets)
    await founder.page.evaluate(([count, from]) => window.lab.fill(count, from, []), [events, seed] as const)
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
          `of these until it was a member: ${shown(median(joined.map(({ memberAfter }) => memberAfter / 1000)))} s`,
        ],
      },
    ]
  })
