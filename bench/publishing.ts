/**
 * Single publishes. Rounds of raw IndexedDB, one publisher and sixteen take turns, so that whatever else this machine does meanwhile
 * falls on all three; each figure is the median over the rounds of the ratio to the raw rate before and after it.
 */
import type { Figure } from './figure.ts'
import { median, perSecond, shown, shownAll } from './figure.ts'
import type { Ground, Scene } from './ground.ts'
import { onScene } from './ground.ts'
import { profiled } from './node-target.ts'

const rounds = 7
const eventsRaw = 250
const eventsSingle = 250
const publishers = 16
const eventsOfEach = 125
const warmUp = 200

const measure = async (scene: Scene): Promise<Figure[]> => {
  const page = await scene.openConsole()
  const bench = await scene.openLab()
  const raw = async (events: number): Promise<number> =>
    perSecond(await bench.evaluate((count) => window.lab.ask({ type: 'raw-single', events: count }), events))
  const publish = async (count: number, each: number, seed: number): Promise<number> =>
    perSecond(
      await page.evaluate(([many, one, from]) => window.lab.publish(many, one, from), [count, each, seed] as const),
    )

  const roundTrip = await page.evaluate((count) => window.lab.roundTrip(count), warmUp)
  await raw(warmUp)
  await publish(1, warmUp, 0)
  await publish(publishers, warmUp / 10, 0)
  const raws = [await raw(eventsRaw)]
  const singles: number[] = []
  const together: number[] = []
  for (let round = 1; round <= rounds; round++) {
    singles.push(await publish(1, eventsSingle, round))
    raws.push(await raw(eventsRaw))
    together.push(await publish(publishers, eventsOfEach, round))
    raws.push(await raw(eventsRaw))
  }
  // raws: one before, then one after each of ours in turn
  const ratio = (ours: readonly number[], first: number): number =>
    median(
      ours.map((rate, round) => (rate * 2) / ((raws[2 * round + first] ?? 0) + (raws[2 * round + first + 1] ?? 0))),
    )
  const limit = `raw IndexedDB, one strict record per transaction: ${shown(median(raws))} events/s (${shownAll(raws)})`
  return [
    {
      name: 'single awaited publishes through the client',
      measured: ratio(singles, 0),
      unit: '× raw',
      target: { type: 'at least', value: 0.7 },
      limit,
      notes: [
        `${shown(median(singles))} events/s (${shownAll(singles)})`,
        `of each, the way to the worker and back, as a call takes that writes nothing: ${shown(roundTrip)} ms`,
      ],
    },
    {
      name: `${publishers} publishers at once`,
      measured: ratio(together, 1),
      unit: '× raw',
      target: { type: 'at least', value: 5 },
      limit,
      notes: [`${shown(median(together))} events/s (${shownAll(together)})`],
    },
  ]
}

export const measurePublishing = (ground: Ground): Promise<Figure[]> => onScene(ground, measure)

export const profilePublishing = (ground: Ground): Promise<void> =>
  onScene(ground, async (scene) => {
    const page = await scene.openConsole()
    await page.evaluate(() => window.lab.publish(1, 300, 0))
    await profiled(scene, page, 'single publishes', (turn) =>
      page.evaluate((seed) => window.lab.publish(1, 2000, seed), turn),
    )
    await profiled(scene, page, `${publishers} publishers`, (turn) =>
      page.evaluate(([many, seed]) => window.lab.publish(many, 500, seed), [publishers, turn + 2] as const),
    )
  })
