/**
 * A log of a million events: opening it in a worker that is not running, and small questions to it. Written through the import, so that
 * it is made of what the node itself makes.
 */
import type { Page } from 'playwright-core'
import { machineCount, machineTag } from './events.ts'
import type { Figure } from './figure.ts'
import { median, perSecond, shown, shownAll } from './figure.ts'
import type { Ground, Scene } from './ground.ts'
import { onScene } from './ground.ts'
import { whenSummarised } from './importing.ts'
import type { RareTag } from './lab/page.ts'
import { heapOfWorker, profiled } from './node-target.ts'

export interface OpeningChoice {
  readonly events: number
  readonly isOpen: boolean
  readonly isQuery: boolean
}

const rounds = 5
const hits = 10
const newestEvents = 100
const seed = 7

const rare: readonly RareTag[] = Array.from({ length: rounds }, (_, index) => ({
  tag: `inspection:${index + 1}`,
  hits,
  shift: (index + 0.5) / rounds,
}))
const newest = (machine: number, count: number): string => `FROM '${machineTag(machine)}' ORDER DESC LIMIT ${count}`

interface Answer {
  readonly milliseconds: number
  readonly events: number
}

const mustAnswer = ({ milliseconds, events }: Answer, expected: number): number => {
  if (events !== expected) throw new Error(`a query answered ${events} events instead of ${expected}`)
  return milliseconds
}

const openingFigures = async (scene: Scene, bench: Page, log: string): Promise<Figure[]> => {
  const answers: number[] = []
  const starts: number[] = []
  for (let round = 0; round < rounds; round++) {
    await scene.stopWorker(bench)
    starts.push(await bench.evaluate(() => window.lab.startCold()))
    await scene.stopWorker(bench)
    answers.push(mustAnswer(await bench.evaluate((aql) => window.lab.queryCold(aql), newest(round, 1)), 1))
  }
  const heap = await heapOfWorker(scene.browser)
  const megabytes = (bytes: number): string => `${shown(bytes / 1e6)} MB`
  return [
    {
      name: `opening ${log} in a cold worker, to the first answered query`,
      measured: median(answers),
      unit: 'ms',
      target: { type: 'at most', value: 500 },
      notes: [
        `the newest event of one tag (${shownAll(answers)})`,
        `of these the start of the worker, to an answer that needs no node: ${shown(median(starts))} ms (${shownAll(starts)})`,
      ],
    },
    {
      name: `heap of the worker after opening ${log}`,
      measured: (heap.usedSize + (heap.backingStorageSize ?? 0)) / 1e6,
      unit: 'MB',
      target: { type: 'at most', value: 100 },
      notes: [
        `objects ${megabytes(heap.usedSize)}, buffers ${megabytes(heap.backingStorageSize ?? 0)}; not collected before`,
      ],
    },
  ]
}

/** A worker that has answered before, but nothing near the newest events: its code is warm, its cache of blocks is not. */
const warmWorker = async (scene: Scene, bench: Page): Promise<void> => {
  await scene.stopWorker(bench)
  await bench.evaluate(() => window.lab.connect())
  for (let machine = 0; machine < 5; machine++)
    await bench.evaluate((aql) => window.lab.query(aql), `FROM '${machineTag(machineCount - 1 - machine)}' LIMIT 100`)
}

const queryFigures = async (scene: Scene, bench: Page, log: string): Promise<Figure[]> => {
  const common: number[] = []
  const seldom: number[] = []
  for (const [round, { tag }] of rare.entries()) {
    await warmWorker(scene, bench)
    const newestOf = newest(round, newestEvents)
    common.push(mustAnswer(await bench.evaluate((aql) => window.lab.query(aql), newestOf), newestEvents))
    seldom.push(mustAnswer(await bench.evaluate((aql) => window.lab.query(aql), `FROM '${tag}'`), hits))
  }
  const target = { type: 'at most', value: 50 } as const
  const how = 'the first query for each tag, through the client, after five for the oldest events of others'
  return [
    {
      name: `newest ${newestEvents} events of one tag among ${log}`,
      measured: median(common),
      unit: 'ms',
      target,
      notes: [`${how} (${shownAll(common)})`],
    },
    {
      name: `rare tag, ${hits} hits among ${log}`,
      measured: median(seldom),
      unit: 'ms',
      target,
      notes: [`spread over the whole log, ${how} (${shownAll(seldom)})`],
    },
  ]
}

export const measureOpening = (ground: Ground, { events, isOpen, isQuery }: OpeningChoice): Promise<Figure[]> =>
  onScene(ground, async (scene) => {
    const page = await scene.openConsole()
    const filled = await page.evaluate(([count, from, tags]) => window.lab.fill(count, from, tags), [
      events,
      seed,
      rare,
    ] as const)
    console.log(
      `           (${shown(events)} events written at ${shown(perSecond(filled))} events/s, making them included)`,
    )
    await whenSummarised(scene)
    await scene.closePages()
    const bench = await scene.openLab()
    const log = `a log of ${shown(events)} events`
    return [
      ...(isOpen ? await openingFigures(scene, bench, log) : []),
      ...(isQuery ? await queryFigures(scene, bench, log) : []),
    ]
  })

export const profileQueries = (ground: Ground, events: number): Promise<void> =>
  onScene(ground, async (scene) => {
    const page = await scene.openConsole()
    // ten tags, so that each of the two turns has some that nobody asked for before
    const tags = Array.from({ length: rounds * 2 }, (_, index) => ({
      tag: `inspection:${index + 1}`,
      hits,
      shift: (index + 0.5) / (rounds * 2),
    }))
    await page.evaluate(([count, from, some]) => window.lab.fill(count, from, some), [events, seed, tags] as const)
    await scene.closePages()
    const bench = await scene.openLab()
    await warmWorker(scene, bench)
    await profiled(scene, bench, `queries for a rare tag of ${hits} hits`, async (turn) => {
      let milliseconds = 0
      for (const { tag } of tags.slice((turn - 1) * rounds, turn * rounds))
        milliseconds += mustAnswer(await bench.evaluate((aql) => window.lab.query(aql), `FROM '${tag}'`), hits)
      return { events: rounds * hits, milliseconds }
    })
  })
