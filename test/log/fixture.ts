/** Real logs over memory disks, and runs made by hand: honest ones and lies. */
import { encode } from 'cborg'
import type { AppId, EventDraft, Json, LogEvent, StreamId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import { normaliseTags } from '../../src/core/tags.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import { createSigner, makeSigningPair } from '../../src/crypto/keys.ts'
import type { Ingested, Log, ReadBatch, ReadOptions } from '../../src/log/contract.ts'
import type { Header } from '../../src/log/header.ts'
import { decodeHeader, encodeHeader, signedBytes } from '../../src/log/header.ts'
import type { OpenLogOptions, OwnLog } from '../../src/log/log.ts'
import { openLog } from '../../src/log/log.ts'
import type { Row } from '../../src/log/row.ts'
import { emptyChain } from '../../src/log/row.ts'
import type { Run, RunDraft } from '../../src/log/run.ts'
import { assembleRun, parseRun, signRun } from '../../src/log/run.ts'
import { shred } from '../../src/log/shape.ts'
import type { Store } from '../../src/store/contract.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { createMemoryDisk, openMemoryStore } from '../../src/store/memory.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock } from '../api/manual-clock.ts'

export const appId = 'com.example.test' as AppId
export const swarm = 'test-swarm'
export const topic = 'test-topic'
/** Where a manual clock begins. Microseconds. */
export const start = 1_700_000_000_000_000

export interface Report {
  readonly code: string
  readonly sentence: string
}

export interface Device {
  readonly log: OwnLog
  readonly disk: MemoryDisk
  readonly store: Store
  readonly signer: Signer
  readonly clock: ManualClock
  readonly reports: Report[]
  /** Stream 0. */
  readonly stream: StreamId
  /** The same disk and key, opened once more; the old log is left as a killed process leaves it. */
  reopen(options?: Partial<OpenLogOptions>): Promise<Device>
}

export interface DeviceOptions extends Partial<OpenLogOptions> {
  readonly disk?: MemoryDisk
}

export const newSigner = async (): Promise<Signer> => createSigner(await makeSigningPair())

export const openDevice = async (options: DeviceOptions = {}): Promise<Device> => {
  const { disk = createMemoryDisk(), ...rest } = options
  const clock = (rest.clock as ManualClock | undefined) ?? createManualClock(start)
  const signer = rest.signer ?? (await newSigner())
  const store = await openMemoryStore(disk)()
  const reports: Report[] = []
  const report = (code: string, sentence: string): void => void reports.push({ code, sentence })
  const kept = { swarm, topic, isMember: () => true, ...rest, clock, signer }
  const log = await openLog({ report, ...kept, store })
  return {
    log,
    disk,
    store,
    signer,
    clock,
    reports,
    stream: streamOf(signer.id, 0),
    reopen: (changed = {}) => openDevice({ ...kept, ...changed, disk }),
  }
}

export const publish = (log: Log, drafts: readonly EventDraft[], options: { receipt?: string } = {}) =>
  log.append(drafts, { appId, ...options })

/** `count` small events, one publication. */
export const drafts = (count: number, tag = 'tag', first = 0): EventDraft[] =>
  Array.from({ length: count }, (_, index) => ({ tags: [tag], payload: { n: first + index } }))

export type Gap = Extract<ReadBatch, { type: 'gap' }>

export const readAll = async (
  log: Log,
  options: Partial<ReadOptions> = {},
): Promise<{ events: LogEvent[]; gaps: Gap[] }> => {
  const events: LogEvent[] = []
  const gaps: Gap[] = []
  for await (const batch of log.read({ filter: { type: 'all' }, order: 'asc', ...options })) {
    if (batch.type === 'events') events.push(...batch.events)
    else gaps.push(batch)
  }
  return { events, gaps }
}

export const payloads = async (log: Log, options: Partial<ReadOptions> = {}): Promise<string[]> =>
  (await readAll(log, options)).events.map(({ payload }) => payload)

/** Every record of a stream, as a node that wants it from `from` on gets them. */
export const recordsOf = async (log: Log, stream: StreamId, from = 0): Promise<Uint8Array[]> => {
  const records: Uint8Array[] = []
  for (let offset = from; ;) {
    const record = await log.run(stream, offset)
    if (record === undefined) return records
    records.push(record)
    const { header } = parseRun(record)
    offset = header.from + header.count
  }
}

export const headersOf = async (log: Log, stream: StreamId): Promise<Header[]> =>
  (await recordsOf(log, stream)).map((record) => parseRun(record).header)

export const ingestOne = async (log: Log, record: Uint8Array, options?: { hold: boolean }): Promise<Ingested> => {
  const [answer] = await log.ingest([record], options)
  if (answer === undefined) throw new Error('no answer')
  return answer
}

export interface MadeEvent {
  readonly tags?: readonly string[]
  readonly payload?: Json
  readonly lamport?: number
  readonly timestamp?: number
  readonly appId?: AppId
}

/** Rows as an honest author has them; what is not given counts on. */
export const rowsFrom = (events: readonly MadeEvent[], lamport: number, timestamp = start): Row[] =>
  events.map((event, index) => ({
    lamport: event.lamport ?? lamport + index,
    timestamp: event.timestamp ?? timestamp + index,
    tags: normaliseTags(event.tags ?? ['tag']),
    appId: event.appId ?? appId,
    ...shred(event.payload ?? { n: lamport + index }),
  }))

/** Signs rows into a run of stream 0 of `signer`, whatever they say. */
export const makeRun = (signer: Signer, draft: Partial<RunDraft> & Pick<RunDraft, 'rows'>): Promise<Run> =>
  signRun(
    {
      swarm,
      topic,
      stream: streamOf(signer.id, 0),
      from: 0,
      commits: [draft.rows.length],
      chainBefore: emptyChain,
      sealed: false,
      ephemeral: false,
      ...draft,
    },
    signer,
  )

/** A stream of `count` commits of `size` events each, as small runs, and any range of them sealed. */
export const makeStream = async (signer: Signer, count: number, size: number, options: Partial<RunDraft> = {}) => {
  const rows: Row[] = rowsFrom(
    Array.from({ length: count * size }, () => ({})),
    options.from ?? 0,
  )
  const first = options.from ?? 0
  const small: Run[] = []
  let chainBefore: Uint8Array = options.chainBefore ?? emptyChain
  for (let commit = 0; commit < count; commit++) {
    const part = rows.slice(commit * size, (commit + 1) * size)
    const run = await makeRun(signer, { ...options, rows: part, from: first + commit * size, chainBefore })
    small.push(run)
    chainBefore = run.header.chainAfter
  }
  const seal = (from: number, to: number, changed: Partial<RunDraft> = {}): Promise<Run> =>
    makeRun(signer, {
      ...options,
      rows: rows.slice(from * size, to * size),
      commits: Array.from({ length: to - from }, () => size),
      from: first + from * size,
      chainBefore: small[from]?.header.chainBefore ?? emptyChain,
      sealed: true,
      ...changed,
    })
  return { rows, small, seal }
}

/** Signs `header` over `body` again after `change`; body hash and size follow the body unless `change` says otherwise. */
export const signAgain = async (
  signer: Signer,
  run: Run,
  change: Partial<Header>,
  body: Uint8Array<ArrayBuffer> = run.body,
): Promise<Run> => {
  const header: Header = { ...run.header, bodyHash: await sha256(body), ...change }
  const headerBytes = encodeHeader(header)
  return assembleRun(header, headerBytes, await signer.sign(signedBytes(headerBytes)), body)
}

/** Signs the header's fields after `change`, also into what no header may be. */
export const signFields = async (
  signer: Signer,
  run: Run,
  change: (fields: unknown[]) => unknown[],
): Promise<Uint8Array> => {
  const { v, ...fields } = { v: 1, ...decodeHeader(run.headerBytes) }
  const headerBytes = new Uint8Array(encode(change([v, ...Object.values(fields)])))
  return assembleRun(run.header, headerBytes, await signer.sign(signedBytes(headerBytes)), run.body).bytes
}

/** The element at `index`, which must be there. */
export const at = <T>(list: readonly T[], index: number): T => {
  const found = list.at(index)
  if (found === undefined) throw new Error(`nothing at ${index} of ${list.length}`)
  return found
}
