/** The list that all replicas are compared by. */
import { createFactory } from './events.ts'
import type { FactoryEvent } from './events.ts'

export const makeEvents = (count: number, seed: number): FactoryEvent[] => {
  const factory = createFactory(seed)
  return Array.from({ length: count }, () => factory.next())
}

/** Properties sorted: some stores give them back in another order. */
const plain = ({ tags, payload }: FactoryEvent): string =>
  JSON.stringify([tags, Object.entries(payload).toSorted(([a], [b]) => (a < b ? -1 : 1))])

export const difference = (actual: readonly FactoryEvent[], count: number, seed: number): string => {
  if (actual.length !== count) return `${actual.length} events instead of ${count}`
  const wrong = makeEvents(count, seed).findIndex((event, index) => {
    const found = actual[index]
    return found === undefined || plain(found) !== plain(event)
  })
  return wrong === -1 ? '' : `event ${wrong} is another one`
}
