/**
 * The node of this worker: opened once, when first needed. Opening is recovery, so there is no other way up and none down. An opening
 * that failed is what every call is answered with, until a page dials anew.
 */
import { ShoalError, errorCode } from '../src/core/errors.ts'
import type { Node } from '../src/node/contract.ts'
import type { OpenStore } from '../src/store/contract.ts'

/** Apps that only use the public API never dial; for them a failure is as old as this at most. Milliseconds. */
const failureKeptMax = 2000

export interface NodeHost {
  /** Opens it where nobody has yet. */
  node(): Promise<Node>
  /** Opens it also where that has just failed. */
  again(): Promise<Node>
}

export interface NodeHostOptions {
  openNode(openStore: OpenStore): Promise<Node>
  readonly openStore: OpenStore
  /** Another worker took the store: what was served by this node must be served by that one. */
  onFenced(): void
  /** Whether the browser still sends its pages here. If not, the store belongs to its successor and is not taken back. */
  mayOpen(): boolean
}

export const createNodeHost = ({ openNode, openStore, onFenced, mayOpen }: NodeHostOptions): NodeHost => {
  let current: Promise<Node> | undefined
  let failedAt: number | undefined

  const open = (): Promise<Node> => {
    failedAt = undefined
    const watched: OpenStore = async () => {
      const store = await openStore()
      return {
        ...store,
        write: async (writes, durability) => {
          try {
            await store.write(writes, durability)
          } catch (error) {
            if (errorCode(error) === 'ERR_STORE_FENCED' && current === opening) {
              current = undefined
              onFenced()
              void opening.then((node) => node.close()).catch(() => undefined)
            }
            throw error
          }
        },
      }
    }
    const opening: Promise<Node> = mayOpen()
      ? openNode(watched)
      : Promise.reject(new ShoalError('ERR_STORE_FENCED', 'A newer worker has taken over; ask again.'))
    opening.catch(() => {
      if (current === opening) failedAt = performance.now()
    })
    current = opening
    return opening
  }
  return {
    node: () => {
      const isStale = failedAt !== undefined && performance.now() - failedAt > failureKeptMax
      return current === undefined || isStale ? open() : current
    },
    again: () => (current === undefined || failedAt !== undefined ? open() : current),
  }
}
