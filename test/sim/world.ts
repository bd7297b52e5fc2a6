/**
 * One node on one disk that is killed, refused, left without an answer and overtaken by a second process, over and over; and what must
 * hold after each start. Before anything is injected, here is what the log must survive: death before and after a commit reached
 * the medium; a full disk; a commit of unknown outcome, written or lost; a younger process that takes the store over while the
 * older one is still writing.
 */
import { createPrivateKey, createPublicKey, sign as signHere } from 'node:crypto'
import type { AppId, EventDraft, LogEvent } from '../../src/core/event.ts'
import { isWrittenBy } from '../../src/core/event-filter.ts'
import { errorCode } from '../../src/core/errors.ts'
import { nodeIdFromBytes, streamOf } from '../../src/core/node-id.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import type { OwnLog } from '../../src/log/log.ts'
import { openLog } from '../../src/log/log.ts'
import { parseRun } from '../../src/log/run.ts'
import type { CommitFate, MemoryDisk } from '../../src/store/memory.ts'
import { createMemoryDisk, openMemoryStore } from '../../src/store/memory.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock } from '../api/manual-clock.ts'
import type { Publication } from './ledger.ts'
import { createLedger } from './ledger.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'

const appId = 'com.example.sim' as AppId
const named = 4
const routing = {
  routes: [{ filter: { type: 'tag', tag: 'elsewhere' } as const, streamNumber: named }],
  retention: new Map(),
}

/** Ed25519 without threads: an answer that comes when it comes would make a seed replay differently. */
const seededSigner = (random: Random): Signer => {
  const secret = Buffer.from(Array.from({ length: 32 }, () => random.between(0, 255)))
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: Buffer.concat([prefix, secret]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  return {
    id: nodeIdFromBytes(new Uint8Array(publicKey)),
    sign: (bytes) => Promise.resolve(new Uint8Array(signHere(null, bytes, key))),
  }
}

const fates: Readonly<Record<CommitFate, number>> = {
  commit: 82,
  'die-before': 4,
  'die-after': 4,
  full: 4,
  'unknown-written': 3,
  'unknown-lost': 3,
}

/** Its caller may believe that nothing was written. */
const refusals = ['ERR_STORE_FULL', 'ERR_STORE_UNAVAILABLE', 'ERR_STORE_FENCED', 'ERR_PROGRESS']

interface Process {
  readonly log: OwnLog
  readonly death: Promise<void>
  readonly isDead: () => boolean
}

export interface Tally {
  starts: number
  deaths: number
  takeovers: number
  publications: number
  events: number
  refused: number
  ingested: number
}

export const runWorld = async (seed: number, steps: number): Promise<Tally> => {
  const random = createRandom(seed)
  const fateOf = random.split()
  const hops = random.between(0, 3)
  const disk: MemoryDisk = createMemoryDisk()
  const clock: ManualClock = createManualClock()
  const ledger = createLedger()
  const tally: Tally = { starts: 0, deaths: 0, takeovers: 0, publications: 0, events: 0, refused: 0, ingested: 0 }
  const shared = { swarm: 'sim', topic: 'sim', clock, isMember: () => true, report: () => {}, routing }

  // where foreign runs come from, and a witness that has seen every state this node ever sent
  const author = await openLog({
    ...shared,
    signer: seededSigner(random),
    store: await openMemoryStore(createMemoryDisk())(),
  })
  const witness = await openLog({
    ...shared,
    signer: seededSigner(random),
    store: await openMemoryStore(createMemoryDisk())(),
  })
  const authored = streamOf(author.node, 0)
  const signer = seededSigner(random)
  let foreignAcknowledged = 0
  let progressTold = 0
  let nextPublication = 0
  let die: () => void = () => {}

  disk.delay = () => {
    if (hops === 0) return undefined
    return (async () => {
      for (let hop = 0; hop < hops; hop++) await Promise.resolve()
    })()
  }
  disk.fate = () => {
    const fate = fateOf.weighted(fates)
    if (fate.startsWith('die')) die()
    return fate
  }

  const openProcess = async (): Promise<Process> => {
    for (;;) {
      let dead = false
      const death = new Promise<void>((resolve) => {
        die = () => {
          dead = true
          resolve()
        }
      })
      const opening = (async () => openLog({ ...shared, signer, store: await openMemoryStore(disk)() }))()
      const log = await Promise.race([opening.catch(() => undefined), death.then(() => undefined)])
      if (log !== undefined) {
        tally.starts += 1
        return { log, death, isDead: () => dead }
      }
    }
  }

  const eventsOf = async (log: OwnLog, order: 'asc' | 'desc'): Promise<LogEvent[]> => {
    const events: LogEvent[] = []
    for await (const batch of log.read({ filter: { type: 'all' }, order })) {
      if (batch.type === 'gap') throw new Error(`a gap at ${batch.stream}/${batch.from}: ${batch.reason}`)
      events.push(...batch.events)
    }
    return events.sort((a, b) => a.lamport - b.lamport || (a.stream < b.stream ? -1 : 1))
  }

  /** What this node holds of its own must never contradict what anybody was ever sent. */
  const showWitness = async (log: OwnLog): Promise<void> => {
    for (const [stream, { count }] of log.heads()) {
      for (let offset = witness.heads().get(stream)?.count ?? 0; offset < count;) {
        const record = await log.run(stream, offset)
        const [answer] = await witness.ingest(record === undefined ? [] : [record])
        if (answer === undefined || answer.type === 'refused' || answer.type === 'evidence' || answer.type === 'gap')
          throw new Error(`the witness at ${stream}/${offset} says ${JSON.stringify(answer)}`)
        offset = Math.max(offset + 1, witness.heads().get(stream)?.count ?? 0)
      }
    }
  }

  const audit = async (log: OwnLog): Promise<void> => {
    const events = await eventsOf(log, random.pick(['asc', 'desc'] as const))
    ledger.audit(events.filter(({ stream }) => isWrittenBy(stream, signer.id)))
    const foreign = events.filter(({ stream }) => stream === authored)
    if (foreign.length < foreignAcknowledged) throw new Error('foreign events are lost')
    foreign.forEach(({ offset, payload }, index) => {
      if (offset !== index || payload !== `{"n":${index}}`) throw new Error(`a foreign event is wrong at ${index}`)
    })
    const newest = events.at(-1)?.lamport ?? 0
    if (log.status().lamport < newest) throw new Error('the lamport counter is behind its events')
    const progress = await log.progress('import')
    const reached = ledger.publications
      .filter(({ state }) => state === 'there')
      .reduce((most, { progress: p }) => Math.max(most, p?.to ?? 0), 0)
    if (progress !== reached) throw new Error(`progress is ${progress}, its events say ${reached}`)
    progressTold = progress
    await showWitness(log)
  }

  const sizeOf = (): number => {
    switch (random.weighted({ one: 54, few: 32, many: 12, block: 1, huge: 1 })) {
      case 'one':
        return 1
      case 'few':
        return random.between(2, 9)
      case 'many':
        return random.between(10, 80)
      case 'block':
        return random.between(600, 1100)
      case 'huge':
        return random.between(2000, 2600)
    }
  }

  const makePublication = (): Publication => {
    const id = nextPublication++
    const scatter = random.chance(0.2)
    const size = sizeOf()
    const pad = size === 1 && random.chance(0.05) ? 'x'.repeat(300_000) : undefined
    const drafts = Array.from({ length: size }, (_, index): EventDraft => ({
      tags: scatter && random.chance(0.5) ? ['elsewhere'] : ['here'],
      payload: { id: `${id}.${index}`, ...(pad !== undefined && { pad }) },
    }))
    const hasProgress = random.chance(0.15)
    return {
      id,
      drafts,
      ...(random.chance(0.5) && { receipt: `${Math.floor(clock.now() / 1000)}-${id}` }),
      ...(hasProgress && { progress: { key: 'import', from: progressTold, to: progressTold + random.between(1, 5) } }),
      state: 'asked',
    }
  }

  const ask = async ({ log }: Process, publication: Publication): Promise<void> => {
    const { drafts, receipt, progress } = publication
    try {
      ledger.settle(
        publication,
        await log.append(drafts, { appId, ...(receipt && { receipt }), ...(progress && { progress }) }),
      )
      if (progress !== undefined) progressTold = Math.max(progressTold, progress.to)
    } catch (error) {
      if (!refusals.includes(errorCode(error))) throw error
      if (publication.state === 'there') return // asked again under its receipt, by a process that could not even look
      publication.state = 'refused'
      tally.refused += 1
    }
  }

  // what is random is drawn before anything starts: what runs at once must not disturb the order of the draws
  type Action = (process: Process) => Promise<unknown>

  const publishSome = (): Action => {
    const many = random.between(1, random.chance(0.1) ? 20 : 4)
    const publications = Array.from({ length: many }, makePublication)
    const atOnce = random.chance(0.5)
    publications.forEach(ledger.asked)
    tally.publications += many
    tally.events += publications.reduce((sum, { drafts }) => sum + drafts.length, 0)
    return async (process) => {
      if (atOnce) await Promise.all(publications.map((publication) => ask(process, publication)))
      else for (const publication of publications) await ask(process, publication)
    }
  }

  const askAgain = (): Action => {
    const asked = ledger.publications.filter(({ receipt }) => receipt !== undefined)
    if (asked.length === 0) return () => Promise.resolve()
    const publication = random.pick(asked)
    return (process) => {
      // whoever was refused may well try again; whoever died without an answer must
      if (publication.state === 'refused') publication.state = 'asked'
      return ask(process, publication)
    }
  }

  const ingestSome = async (log: OwnLog): Promise<Action> => {
    const size = random.pick([1, 3, 40, 300])
    const first = author.heads().get(authored)?.count ?? 0
    const drafts = Array.from({ length: size }, (_, index) => ({ tags: ['foreign'], payload: { n: first + index } }))
    await author.append(drafts, { appId })
    const records: Uint8Array[] = []
    for (let offset = random.chance(0.7) ? (log.heads().get(authored)?.count ?? 0) : 0; ;) {
      const record = await author.run(authored, offset)
      if (record === undefined) break
      records.push(record)
      const { header } = parseRun(record)
      offset = header.from + header.count
    }
    const hold = random.chance(0.3)
    return async (process) => {
      try {
        for (const answer of await process.log.ingest(records, { hold })) {
          if (answer.type !== 'stored' && answer.type !== 'known' && answer.type !== 'replaced')
            throw new Error(`an honest run was answered ${JSON.stringify(answer)}`)
        }
        foreignAcknowledged = Math.max(foreignAcknowledged, first + size)
        tally.ingested += records.length
      } catch (error) {
        if (!refusals.includes(errorCode(error))) throw error
      }
    }
  }

  const maintain = (): Action => {
    clock.pass(random.pick([1000, 61_000]))
    return async ({ log }) => {
      await log.maintain().catch((error: unknown) => {
        if (!refusals.includes(errorCode(error)) && errorCode(error) !== 'ERR_STORE_UNKNOWN_OUTCOME') throw error
      })
    }
  }

  const look = (): Action => {
    const order = random.pick(['asc', 'desc'] as const)
    return async ({ log }) => {
      const least = Object.values(log.present()).reduce((sum, last) => sum + last + 1, 0)
      if ((await eventsOf(log, order)).length < least) throw new Error('a reader missed what was present')
    }
  }

  const plan = (log: OwnLog): Action | Promise<Action> => {
    clock.pass(random.between(0, 50))
    switch (random.weighted({ publish: 55, again: 12, ingest: 10, maintain: 13, look: 10 })) {
      case 'publish':
        return publishSome()
      case 'again':
        return askAgain()
      case 'ingest':
        return ingestSome(log)
      case 'maintain':
        return maintain()
      case 'look':
        return look()
    }
  }

  let process = await openProcess()
  for (let step = 0; step < steps; step++) {
    const actions: Action[] = []
    for (let count = random.between(1, 3); count > 0; count--) actions.push(await plan(process.log))
    const current = process
    const all = Promise.all(actions.map((action) => action(current)))
    const overtaken = random.chance(0.06)
    if (!overtaken) await Promise.race([all, process.death])
    if (!process.isDead() && !overtaken) continue
    all.catch(() => undefined)
    if (overtaken && !process.isDead()) {
      // two processes at once: the older one goes on until the fence stops it
      const older = process
      process = await openProcess()
      tally.takeovers += 1
      await Promise.race([all, older.death, process.death])
    } else {
      tally.deaths += 1
      process = await openProcess()
    }
    await audit(process.log)
  }
  process = await openProcess()
  await audit(process.log)
  for (const publication of ledger.publications.filter(
    ({ receipt, state }) => receipt !== undefined && state === 'there',
  )) {
    await ask(process, publication)
  }
  await audit(process.log)
  return tally
}
