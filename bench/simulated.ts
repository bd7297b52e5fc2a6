/** A swarm of the real core on simulated time, network and disks (`test/sim`): how quickly events arrive, and how many copies travel. */
import { runLargeSwarm } from '../test/sim/swarm-large.ts'
import type { LargeOutcome } from '../test/sim/swarm-large.ts'
import type { Figure } from './figure.ts'
import { shown } from './figure.ts'

const seed = 7
/** Links form, then every node publishes one event a second, then what is under way arrives. Simulated milliseconds. */
const hundred = { seed, nodes: 100, forming: 60_000, every: 1000, publishing: 10_000, arriving: 5000 }
/** Real milliseconds of publishing: a thousand nodes hold a million deliveries for each simulated second. */
const thousand = { seed, nodes: 1000, forming: 60_000, every: 1000, publishing: 30_000, arriving: 2000, budget: 90_000 }

const notesOf = ({
  links,
  events,
  deliveries,
  delays,
  redundancy,
  bytesPerDelivery,
  published,
}: LargeOutcome): string[] => [
  `links of a node: ${links.least} to ${links.most}, median ${links.median}`,
  `${shown(events)} events in ${shown(published.simulated)} simulated seconds (${shown(published.real)} real ones); ${shown(deliveries.done)} of ${shown(deliveries.expected)} deliveries done`,
  `delivery: median ${shown(delays.median)} ms, p99 ${shown(delays.p99)} ms, most ${shown(delays.most)} ms; ${shown(redundancy)} copies a run, ${shown(bytesPerDelivery)} B on the wire a delivery`,
]

const figuresOf = (outcome: LargeOutcome, nodes: string): Figure[] => [
  {
    name: `simulated: ${nodes} nodes, 1 event per node and second, p99 of delivery`,
    measured: outcome.delays.p99,
    unit: 'ms',
    target: { type: 'at most', value: 1000 },
    notes: notesOf(outcome),
  },
  {
    name: `simulated: ${nodes} nodes, copies received per run`,
    measured: outcome.redundancy,
    unit: 'copies',
    target: { type: 'at most', value: 2 },
    notes: [],
  },
]

export const measureSimulatedHundred = async (): Promise<Figure[]> => figuresOf(await runLargeSwarm(hundred), '100')
export const measureSimulatedThousand = async (): Promise<Figure[]> => figuresOf(await runLargeSwarm(thousand), '1,000')
