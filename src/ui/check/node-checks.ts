/** How fast the node and the store below it are on this device, and whether the worker lives as long as we need it to. */
import type { Shoal } from '../../client/contract.ts'
import { connect } from '../../client/connect.ts'
import type { Check, Outcome } from './check.ts'
import { median, now, pause, rounded } from './check.ts'

const noNode: Outcome = { state: 'fail', say: 'check.noNode', data: {} }

/** Round trips measured. */
const trips = 40
/** Slower than this, a tap feels late. Milliseconds. */
const tripWanted = 20

const answer: Check = {
  id: 'answer',
  title: 'check.answer',
  run: async ({ shoal, text }) => {
    if (!shoal) return noNode
    const times: number[] = []
    await shoal.offsets()
    for (let n = 0; n < trips; n++) {
      const started = now()
      await shoal.offsets()
      times.push(now() - started)
    }
    const ms = rounded(median(times))
    const data = { port_median_ms: ms, port_max_ms: rounded(Math.max(...times)) }
    return { state: ms <= tripWanted ? 'ok' : 'warn', say: 'check.answer.ok', values: { ms: text.number(ms, 2) }, data }
  },
}

const storeName = 'shoal-check'
/** How long the raw store is written to. Milliseconds. */
const writeFor = 1500

const request = <T>(asked: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error ?? new Error('IndexedDB failed'))
  })

/** The store without us: what a device can do at best, one record to a transaction. */
const writes: Check = {
  id: 'writes',
  title: 'check.writes',
  run: async () => {
    const opening = indexedDB.open(storeName, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('records', { autoIncrement: true })
    const opened = await request(opening)
    const record = crypto.getRandomValues(new Uint8Array(450))
    let count = 0
    const started = now()
    try {
      while (now() - started < writeFor) {
        await new Promise<void>((resolve, reject) => {
          const transaction = opened.transaction('records', 'readwrite', { durability: 'strict' })
          transaction.oncomplete = () => resolve()
          transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'))
          transaction.objectStore('records').add(record)
        })
        count++
      }
    } finally {
      opened.close()
      indexedDB.deleteDatabase(storeName)
    }
    const rate = Math.round((count / (now() - started)) * 1000)
    return {
      state: rate >= 100 ? 'ok' : rate >= 20 ? 'warn' : 'fail',
      say: 'check.writes.ok',
      values: { rate },
      data: { strict_writes_per_s: rate },
    }
  },
}

/** Few, since they stay in the log. */
const published = 50

export const publishCheck: Check = {
  id: 'publish',
  title: 'check.publish',
  run: async ({ shoal }) => {
    if (!shoal) return noNode
    const started = now()
    for (let n = 0; n < published; n++) await shoal.publish([{ tags: ['shoal-check'], payload: { n } }])
    const rate = Math.round((published / (now() - started)) * 1000)
    return {
      state: rate >= 50 ? 'ok' : 'warn',
      say: 'check.publish.ok',
      values: { rate, count: published },
      data: { publishes_per_s: rate },
    }
  },
}

/** Longer than a worker without any sign of life is left running (30 s in Chromium). Seconds. */
export const lifeSeconds = 45

const uptime = async (shoal: Shoal): Promise<number> => {
  const { secs, nanos } = (await shoal.info()).uptime
  return secs + nanos / 1e9
}

export const aliveCheck: Check = {
  id: 'alive',
  title: 'check.alive',
  run: async ({ shoal }) => {
    if (!shoal) return noNode
    const before = await uptime(shoal)
    const started = now()
    await pause(lifeSeconds * 1000)
    const waited = (now() - started) / 1000
    const after = await uptime(shoal)
    const lived = after >= before + waited - 2
    const data = {
      waited_s: Math.round(waited),
      uptime_before_s: rounded(before),
      uptime_after_s: rounded(after),
      lived,
    }
    return {
      state: lived ? 'ok' : 'warn',
      say: lived ? 'check.alive.ok' : 'check.alive.warn',
      values: { seconds: Math.round(waited) },
      data,
    }
  },
}

/** Ends this tab's own connection, so the page has to load again afterwards. */
export const redialCheck: Check = {
  id: 'redial',
  title: 'check.redial',
  run: async ({ shoal }) => {
    if (!shoal) return noNode
    const before = await uptime(shoal)
    shoal.close()
    await pause(lifeSeconds * 1000)
    const started = now()
    const fresh = await connect()
    const redial = now() - started
    const after = await uptime(fresh)
    fresh.close()
    const stopped = after < before + lifeSeconds - 2
    const data = { stopped, redial_ms: Math.round(redial), uptime_after_s: rounded(after) }
    const values = { ms: Math.round(redial), seconds: lifeSeconds }
    return { state: stopped ? 'ok' : 'warn', say: stopped ? 'check.redial.ok' : 'check.redial.warn', values, data }
  },
}

export const nodeChecks: readonly Check[] = [answer, writes]
