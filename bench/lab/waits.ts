/**
 * Put before the worker's script for a profile: what a CPU profile calls idle is mostly waiting for other threads and the disk. Counts
 * and sums the time from asking to the answer of each kind; where several are under way at once the sums overlap.
 */
export interface Wait {
  count: number
  milliseconds: number
}

const waits: Record<string, Wait> = {}

const note = (name: string, from: number): void => {
  const wait = (waits[name] ??= { count: 0, milliseconds: 0 })
  wait.count += 1
  wait.milliseconds += performance.now() - from
}

const subtle = SubtleCrypto.prototype
for (const name of ['sign', 'verify', 'digest'] as const) {
  const original = subtle[name] as (...args: unknown[]) => Promise<unknown>
  Object.defineProperty(subtle, name, {
    value(this: SubtleCrypto, ...args: unknown[]) {
      const from = performance.now()
      return original.apply(this, args).finally(() => note(`crypto.${name}`, from))
    },
  })
}

/** Requests of a transaction. Beyond `manyRequests` it is a seal or the like, and must not blur the small ones. */
const requests = new WeakMap<IDBTransaction, number>()
const manyRequests = 64
const table = IDBObjectStore.prototype
for (const name of ['put', 'delete', 'get'] as const) {
  const original = table[name] as (...args: unknown[]) => IDBRequest
  Object.defineProperty(table, name, {
    value(this: IDBObjectStore, ...args: unknown[]) {
      requests.set(this.transaction, (requests.get(this.transaction) ?? 0) + 1)
      return original.apply(this, args)
    },
  })
}

const database = IDBDatabase.prototype
const transaction = database.transaction
Object.defineProperty(database, 'transaction', {
  value(this: IDBDatabase, ...args: Parameters<typeof transaction>) {
    const from = performance.now()
    const made = transaction.apply(this, args)
    const [, mode = 'readonly', options] = args
    const name = mode === 'readonly' ? 'read' : `${options?.durability ?? 'default'} write`
    made.addEventListener('complete', () => {
      const size = (requests.get(made) ?? 0) > manyRequests ? `, more than ${manyRequests} requests` : ''
      note(`IndexedDB ${name}${size}`, from)
    })
    return made
  },
})

// both are closed as soon as they are written to, and closed when everything went through
const writer = WritableStreamDefaultWriter.prototype
const close = writer.close
Object.defineProperty(writer, 'close', {
  value(this: WritableStreamDefaultWriter) {
    const from = performance.now()
    const closed = close.call(this)
    void closed.then(
      () => note('deflate, inflate', from),
      () => undefined,
    )
    return closed
  },
})

/** Read by the DevTools. */
Object.defineProperty(globalThis, 'benchWaits', { get: () => JSON.stringify(waits), configurable: true })
