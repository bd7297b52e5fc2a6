/**
 * The bench's code inside a page, as `window.lab`: in the console's page it drives `window.shoal`, in the bench's own page, which has no
 * connection of its own that would wake the worker, it talks to the dedicated worker and dials the node cold.
 */
import { connectSoon } from '../../src/client/connect.ts'
import type { EventItem } from '../../src/client/contract.ts'
import type { ImportEnd } from '../../src/ui/import/importer.ts'
import { runImport } from '../../src/ui/import/importer.ts'
import { mapRecord } from '../../src/ui/import/mapping.ts'
import type { FileRecord, RecordBlock } from '../../src/ui/import/record.ts'
import { importFile, openFile } from '../../src/ui/import/session.ts'
import { createFactory } from '../events.ts'
import type { FactoryEvent } from '../events.ts'
import type { LabAnswers, LabRequest, Timed } from './contract.ts'
import { replica } from './replica.ts'

const blockRecords = 1024
const never = new AbortController().signal

/** A tag that `hits` events spread evenly over `events` carry. */
export interface RareTag {
  readonly tag: string
  readonly hits: number
  /** Where between two hits of others, from 0 to 1. */
  readonly shift: number
}

const mustBeDone = (end: ImportEnd): void => {
  if (end.type === 'failed') throw end.error
  if (end.type !== 'done') throw new Error(`the import ended ${end.type}`)
}

const rareTags = (events: number, rare: readonly RareTag[]): ReadonlyMap<number, string> =>
  new Map(
    rare.flatMap(({ tag, hits, shift }) =>
      Array.from({ length: hits }, (_, hit) => [Math.floor(((hit + shift) * events) / hits), tag] as const),
    ),
  )

/** A line of our own export: what an import needs nobody's decision for. */
const exported = ({ tags, payload }: FactoryEvent, index: number) => ({
  type: 'event',
  stream: `${'x'.repeat(43)}-0`,
  lamport: index + 1,
  offset: index,
  timestamp: 1.7e15 + index,
  tags,
  appId: 'com.example.page',
  payload,
})

function* blocksOf(events: number, seed: number, rare: readonly RareTag[]): Generator<RecordBlock> {
  const factory = createFactory(seed)
  const tagged = rareTags(events, rare)
  for (let at = 0; at < events; at += blockRecords) {
    const records = Array.from({ length: Math.min(blockRecords, events - at) }, (_, index): FileRecord => {
      const event = factory.next()
      const tag = tagged.get(at + index)
      const value = exported(tag === undefined ? event : { ...event, tags: [...event.tags, tag] }, at + index)
      return { type: 'json', line: at + index + 1, size: 459, value }
    })
    yield { records, bytesRead: 0 }
  }
}

async function* later<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values
}

const runBlocks = async (blocks: Iterable<RecordBlock>, key: string): Promise<void> => {
  const toEvent = (record: FileRecord) => mapRecord(record, { type: 'export' })
  const { shoal } = window
  mustBeDone(await runImport({ blocks: later(blocks), toEvent, key, shoal, signal: never, onState: () => undefined }))
}

const timed = async (events: number, action: () => Promise<void>): Promise<Timed> => {
  const from = performance.now()
  await action()
  return { events, milliseconds: performance.now() - from }
}

let worker: Worker | undefined
const startWorker = (): Worker => {
  // the only policy of this name on the bench's own page
  const policy = window.trustedTypes?.createPolicy('shoal', { createScriptURL: (url: string) => url })
  const url = '/bench/worker.js'
  return new Worker((policy?.createScriptURL(url) ?? url) as string, { type: 'module' })
}

export const lab = {
  ...replica,

  /** The dedicated worker's answer. */
  ask: <R extends LabRequest>(request: R): Promise<LabAnswers[R['type']]> =>
    new Promise((resolve, reject) => {
      worker ??= startWorker()
      worker.addEventListener('error', ({ message }) => reject(new Error(`the bench's worker: ${message}`)))
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }: MessageEvent<{ answer?: LabAnswers[R['type']]; error?: string }>) => {
        if (data.answer === undefined) reject(new Error(data.error))
        else resolve(data.answer)
        port1.close()
      }
      worker.postMessage(request, [port2])
    }),

  /** So many publishers, each awaiting each of its single events. */
  publish: async (publishers: number, each: number, seed: number): Promise<Timed> => {
    const factory = createFactory(seed)
    const events = Array.from({ length: publishers }, () => Array.from({ length: each }, () => factory.next()))
    return timed(publishers * each, async () => {
      const publisher = async (mine: readonly FactoryEvent[]): Promise<void> => {
        for (const event of mine) await window.shoal.publish([event])
      }
      await Promise.all(events.map(publisher))
    })
  },

  /** Milliseconds that a call takes which the node answers at once. */
  roundTrip: async (calls: number): Promise<number> => {
    const { events, milliseconds } = await timed(calls, async () => {
      for (let call = 0; call < calls; call++) await window.shoal.offsets()
    })
    return milliseconds / events
  },

  /** From objects that are there already, as the raw limit has them too. */
  importRecords: (events: number, seed: number): Promise<Timed> => {
    const blocks = [...blocksOf(events, seed, [])]
    return timed(events, () => runBlocks(blocks, `import/bench-${seed}`))
  },

  /** From a file of NDJSON, everything that the screen does included but a person's decisions. */
  importLines: async (events: number, seed: number): Promise<Timed> => {
    const lines: string[] = []
    for (const { records } of blocksOf(events, seed, []))
      for (const record of records) if (record.type === 'json') lines.push(`${JSON.stringify(record.value)}\n`)
    const file = new File(lines, `bench-${seed}.ndjson`)
    return timed(events, async () => {
      const opened = await openFile(window.shoal, file, never, () => undefined)
      mustBeDone(await importFile(window.shoal, opened, never, () => undefined))
    })
  },

  /** Makes the events while it publishes them: a million do not fit a page. */
  fill: (events: number, seed: number, rare: readonly RareTag[]): Promise<Timed> =>
    timed(events, () => runBlocks(blocksOf(events, seed, rare), `import/bench-fill-${seed}`)),

  importCsv: async (text: string, name: string) => {
    const file = new File([text], name)
    const opened = await openFile(window.shoal, file, never, () => undefined)
    mustBeDone(await importFile(window.shoal, opened, never, () => undefined))
    return opened.mapping
  },

  query: async (aql: string): Promise<{ milliseconds: number; events: number }> => {
    const from = performance.now()
    const items = await window.shoal.query(aql)
    const milliseconds = performance.now() - from
    return { milliseconds, events: items.filter((item): item is EventItem => item.type === 'event').length }
  },

  /** From the first word to a worker that is not running to the answer of a query. */
  queryCold: async (aql: string): Promise<{ milliseconds: number; events: number }> => {
    const from = performance.now()
    const shoal = connectSoon()
    const items = await shoal.query(aql)
    const milliseconds = performance.now() - from
    shoal.close()
    return { milliseconds, events: items.filter(({ type }) => type === 'event').length }
  },

  /** From a request to a worker that is not running to an answer that needs nothing of the node. */
  startCold: async (): Promise<number> => {
    const from = performance.now()
    const answer = await fetch('/shoal/lifeline')
    const milliseconds = performance.now() - from
    await answer.body?.cancel()
    return milliseconds
  },

  disconnect: (): void => {
    if ('shoal' in window) window.shoal.close()
  },

  /** A connection that stays, without the console around it. */
  connect: async (): Promise<void> => {
    window.shoal = connectSoon()
    await window.shoal.offsets()
  },
}

declare global {
  interface Window {
    lab: typeof lab
  }
}

window.lab = lab
