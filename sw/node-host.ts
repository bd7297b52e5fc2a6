/**
 * The node of this worker: opened once, when first needed. Opening is recovery, so there is no other way up and none down. An opening
 * that failed is what every call is answered with, until a page dials anew.
 */
import { ShoalError, errorCode } from '../src/core/errors.ts'
import type { Node } from '../src/node/contract.ts'
import type { Store } from '../src/store/contract.ts'
import type { Shelf } from '../src/store/shelf.ts'

/** Apps that only use the public API never dial; for them a failure is as old as this at most. Milliseconds. */
const failureKeptMax = 2000

export interface NodeHost {
  /** Opens it where nobody has yet. */
  node(): Promise<Node>
  /** Opens it also where that has just failed. */
  again(): Promise<Node>
}

export interface NodeHostOptions {
  /** `onReplaced`: another log is current now, see `NodeDependencies`. */
  openNode(shelf: Shelf, onReplaced: () => void): Promise<Node>
  readonly shelf: Shelf
  /**
   * The node is over: another worker took its store, or another log became current. What was served by it must be served by its
   * successor, wherever that is.
   */
  onLost(): void
  /** Whether the browser still sends its pages here. If not, the store belongs to its successor and is not taken back. */
  mayOpen(): boolean
}

export const createNodeHost = ({ openNode, shelf, onLost, mayOpen }: NodeHostOptions): NodeHost => {
  let current: Promise<Node> | undefined
  let failedAt: number | undefined

  const open = (): Promise<Node> => {
    failedAt = undefined
    const lose = (): void => {
      if (current !== opening) return
      current = undefined
      onLost()
      void opening.then((node) => node.close()).catch(() => undefined)
    }
    const watched = (store: Store): Store => ({
      ...store,
      write: async (writes, durability) => {
        try {
          await store.write(writes, durability)
        } catch (error) {
          if (errorCode(error) === 'ERR_STORE_FENCED') lose()
          throw error
        }
      },
    })
    let own: string | undefined
    const followed: Shelf = {
      ...shelf,
      openStore: async (name) => {
        // the first that it opens is the one it lives on; whoever takes one of the others takes nothing from it
        own ??= name
        const store = await shelf.openStore(name)
        return name === own ? watched(store) : store
      },
    }
    const opening: Promise<Node> = mayOpen()
      ? openNode(followed, lose)
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
