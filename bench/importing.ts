/**
 * The import of generated events, what they weigh, and reading them back. Raw IndexedDB and the import take turns as in `publishing.ts`.
 * Both begin with objects that are in memory; the import ends with the last acknowledgement.
 */
import type { Page } from 'playwright-core'
import type { Stored, Timed } from './lab/contract.ts'
import type { Figure, Outcome } from './figure.ts'
import { median, perSecond, shown, shownAll } from './figure.ts'
import type { Ground, Scene } from './ground.ts'
import { onScene } from './ground.ts'
import { profiled } from './node-target.ts'

export interface ImportChoice {
  readonly events: number
  readonly isImport: boolean
  readonly isStored: boolean
  readonly isRead: boolean
}

const rounds = 3
const perTransaction = 1000
/** Of raw IndexedDB, for a quarter of the events; more would only take longer. */
const rawShare = 0.25
const readBackRounds = 3
const warmUp = 10_000

const totalOf = ({ keyBytes, bytes }: { readonly keyBytes: number; readonly bytes: number }): number => keyBytes + bytes

/** Everything that is stored because of events: runs with header and signature, their keys, summaries, receipts. The tail apart: it is not sealed yet. */
export const weightFigure = (of: string, stored: Stored, before: Stored, most: number): Figure => {
  const { sealed, tail, summaries, receipts } = stored
  const events = sealed.events - before.sealed.events
  const part = (name: 'sealed' | 'summaries' | 'receipts', what: 'keyBytes' | 'bytes'): number =>
    (stored[name][what] - before[name][what]) / events
  const whole =
    totalOf(sealed) -
    totalOf(before.sealed) +
    totalOf(summaries) -
    totalOf(before.summaries) +
    totalOf(receipts) -
    totalOf(before.receipts)
  const parts = [
    `runs ${shown(part('sealed', 'bytes'))}, their keys ${shown(part('sealed', 'keyBytes'))}`,
    `summaries ${shown(part('summaries', 'bytes') + part('summaries', 'keyBytes'))}`,
    `receipts and progress ${shown(part('receipts', 'bytes') + part('receipts', 'keyBytes'))}`,
  ]
  const tailEvents = tail.events - before.tail.events
  const tailNote =
    tailEvents <= 0
      ? []
      : [`not counted: ${tailEvents} events in a tail that is not sealed, ${shown(totalOf(tail) / tail.events)} B each`]
  return {
    name: `stored bytes per event, sealed, ${of}`,
    measured: whole / events,
    unit: 'B',
    target: { type: 'at most', value: most },
    notes: [
      `${shown(events)} events in ${stored.sealed.runs - before.sealed.runs} seals; ${parts.join(', ')}`,
      ...tailNote,
    ],
  }
}

const importFigure = async (scene: Scene, events: number): Promise<Figure> => {
  const page = await scene.openConsole()
  const bench = await scene.openLab()
  const raw = async (count: number): Promise<number> =>
    perSecond(
      await bench.evaluate((request) => window.lab.ask(request), {
        type: 'raw-batch',
        events: count,
        perTransaction,
      } as const),
    )
  const ours = async (count: number, seed: number): Promise<number> =>
    perSecond(await page.evaluate(([many, from]) => window.lab.importRecords(many, from), [count, seed] as const))

  await raw(warmUp / 2)
  await ours(warmUp, 1000)
  const eventsRaw = Math.ceil(events * rawShare)
  const raws = [await raw(eventsRaw)]
  const imports: number[] = []
  for (let round = 1; round <= rounds; round++) {
    imports.push(await ours(events, round))
    raws.push(await raw(eventsRaw))
  }
  const lines: Timed = await page.evaluate((count) => window.lab.importLines(count, 2000), events)
  const ratios = imports.map((rate, round) => (rate * 2) / ((raws[round] ?? 0) + (raws[round + 1] ?? 0)))
  return {
    name: `import of ${shown(events)} generated events, durable, signed, sealed`,
    measured: median(ratios),
    unit: '× raw',
    target: { type: 'at least', value: 4 },
    limit: `raw IndexedDB, one record per event, ${shown(perTransaction)} per strict transaction: ${shown(median(raws))} events/s (${shownAll(raws)})`,
    notes: [
      `${shown(median(imports))} events/s (${shownAll(imports)})`,
      `from a file of NDJSON, reading and parsing it included: ${shown(perSecond(lines))} events/s`,
    ],
  }
}

const readBackFigure = async (scene: Scene): Promise<Figure> => {
  await scene.closePages()
  const bench = await scene.openLab()
  await scene.stopWorker(bench)
  const rates: number[] = []
  let chars = 0
  let runs = 0
  for (let round = 0; round < readBackRounds; round++) {
    const read = await bench.evaluate(() => window.lab.ask({ type: 'read-back' }))
    rates.push(perSecond(read))
    chars = read.chars / read.events
    runs = read.runs
  }
  return {
    name: 'reading runs back: verify, inflate, parse',
    measured: median(rates),
    unit: 'events/s',
    target: { type: 'at least', value: 150_000 },
    notes: [
      `${runs} runs, fetching included, ${shown(chars)} characters of payload parsed per event (${shownAll(rates)})`,
    ],
  }
}

export const weigh = (bench: Page): Promise<Stored> => bench.evaluate(() => window.lab.ask({ type: 'stored' }))

/** Summaries are saved a few at a time, and at the latest by the node's care for its store some seconds after it opened. */
export const whenSummarised = async (scene: Scene): Promise<Stored> => {
  await scene.closePages()
  const bench = await scene.openLab()
  await scene.stopWorker(bench)
  await bench.evaluate(() => window.lab.connect())
  for (const giveUpAt = performance.now() + 30_000; ;) {
    const stored = await weigh(bench)
    if (stored.summaries.seals >= stored.sealed.runs) return stored
    if (performance.now() > giveUpAt)
      throw new Error(`only ${stored.summaries.seals} of ${stored.sealed.runs} seals were summarised in 30 s`)
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

export const measureImporting = (ground: Ground, choice: ImportChoice): Promise<Outcome[]> =>
  onScene(ground, async (scene) => {
    const outcomes: Outcome[] = []
    await scene.openConsole()
    const before = await weigh(await scene.openLab())
    await scene.closePages()
    if (choice.isImport) outcomes.push(await importFigure(scene, choice.events))
    else {
      const page = await scene.openConsole()
      await page.evaluate((count) => window.lab.fill(count, 1, []), choice.events)
    }
    if (choice.isStored) outcomes.push(weightFigure('of the generated ones', await whenSummarised(scene), before, 26))
    if (choice.isRead) outcomes.push(await readBackFigure(scene))
    return outcomes
  })

export const profileImporting = (ground: Ground, events: number): Promise<void> =>
  onScene(ground, async (scene) => {
    const page = await scene.openConsole()
    await page.evaluate((count) => window.lab.importRecords(count, 1), warmUp)
    await profiled(scene, page, 'import', (turn) =>
      page.evaluate(([count, seed]) => window.lab.importRecords(count, seed), [events, turn + 1] as const),
    )
  })
