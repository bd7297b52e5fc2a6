/** The rivals' cold catch-up, each at its best, for ours to be compared with. */
import { perSecond, shown } from '../figure.ts'
import type { CatchUp } from '../wire.ts'
import { shownCatchUp } from '../wire.ts'
import { prepareRivalGround } from './ground.ts'
import type { Race } from './race.ts'
import { runRace } from './race.ts'

/** What was tried, in words, and what came of it; a text says why nothing did. */
export interface RivalResult {
  readonly name: string
  readonly result: CatchUp | string
}

interface NamedRace extends Race {
  readonly name: string
}

const patience = 60_000
/** Enough for a hundred times as many events, were they to come. */
const stockPatience = 6000

const yjs = (events: number): NamedRace => ({
  name: 'Yjs, its frames cut and joined',
  rival: 'yjs',
  query: '',
  events,
  patience,
})
const rxdb = (events: number): NamedRace => ({
  name: 'RxDB, 1,000 at a time',
  rival: 'rxdb',
  query: 'batch=1000',
  events,
  patience,
})

/** Yjs also at the full number; RxDB takes minutes for that, and is no quicker per event with more of them. */
const racesOf = (events: number): NamedRace[] => [
  { name: 'Yjs as it comes', rival: 'yjs', query: 'stock', events: 500, patience: stockPatience },
  { name: 'Yjs as it comes', rival: 'yjs', query: 'stock', events: 2000, patience: stockPatience },
  yjs(20_000),
  yjs(events),
  rxdb(2500),
  rxdb(10_000),
]

export const raceRivals = async (events: number): Promise<RivalResult[]> => {
  const ground = await prepareRivalGround()
  try {
    const results: RivalResult[] = []
    for (const { name, ...race } of racesOf(events))
      results.push({ name: `${name}, ${shown(race.events)} events`, result: await runRace(ground, race) })
    return results
  } finally {
    await ground.end()
  }
}

/** Of the quickest per event, at whatever number of events. */
export const bestRate = (results: readonly RivalResult[]): number =>
  Math.max(0, ...results.map(({ result }) => (typeof result === 'string' ? 0 : perSecond(result))))

export const shownRival = ({ name, result }: RivalResult): string =>
  `${name}: ${typeof result === 'string' ? result : shownCatchUp(result)}`
