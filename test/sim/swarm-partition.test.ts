/**
 * Two admins shut out the same device in two parts of the swarm that cannot reach each other, while it goes on writing to both (RULES 19). Seeded:
 * whichever word arrives first, all end with the same events, in the same order.
 */
import { expect, it } from 'vitest'
import type { AppId, LogEvent } from '../../src/core/event.ts'
import type { Node } from '../../src/node/contract.ts'
import { createCrowd } from './crowd.ts'

const appId = 'com.example.sim' as AppId
const nodes = 10

const eventsOf = async (node: Node): Promise<string[]> => {
  const events: LogEvent[] = []
  const upperBound = node.log.present()
  for await (const batch of node.log.read({ filter: { type: 'tag', tag: 'sim' }, order: 'asc', upperBound })) {
    if (batch.type === 'gap') throw new Error(`a gap at ${batch.stream}/${batch.from}`)
    events.push(...batch.events)
  }
  return events.map(({ lamport, stream, offset }) => `${lamport} ${stream} ${offset}`)
}

const story = async (seed: number): Promise<{ readonly seen: string[][]; readonly standings: string[] }> => {
  const crowd = createCrowd({ seed, nodes })
  const { time, network, devices } = crowd
  try {
    await crowd.form(15_000)
    const all = crowd.running()
    const [founder, second] = [all[0], all[1]]
    const victim = all.at(-1)
    if (founder === undefined || second === undefined || victim === undefined) throw new Error('nobody is there')
    const during = async (action: Promise<unknown>): Promise<void> => {
      let problem: unknown
      action.catch((error: unknown) => (problem = error))
      await time.pass(3000)
      if (problem !== undefined) throw problem
    }
    const write = (node: Node, text: string): Promise<void> =>
      during(node.log.append([{ tags: ['sim'], payload: text }], { appId }))
    await during(founder.swarm.promote(second.id))
    expect(second.swarm.status().role).toBe('admin')
    await write(victim, 'heard by all')

    // the device is with the founder first, then with the other admin: each part has other words of it
    const split = (isWithFounder: boolean): void => {
      for (const [index, { name }] of devices.entries()) {
        const isLeft = index === devices.length - 1 ? isWithFounder : index % 2 === 0
        network.groupOf.set(name, isLeft ? 1 : 2)
      }
    }
    split(true)
    await time.pass(30_000)
    await write(victim, 'heard on the left')
    split(false)
    await time.pass(30_000)
    await write(victim, 'heard on the right')
    await Promise.all([during(founder.swarm.revoke(victim.id)), during(second.swarm.revoke(victim.id))])
    await write(all[2] as Node, 'from the left')
    await write(all[3] as Node, 'from the right')
    network.groupOf.clear()
    await time.pass(90_000)

    const others = crowd.running().filter((node) => node !== victim)
    const seen: string[][] = []
    for (const node of others) seen.push(await eventsOf(node))
    const standings = others.map((node) => {
      const device = node.swarm.status().devices.find((one) => one.node === victim.id)
      return `${String(device?.standing.type)} by ${String(device?.standing.by)}, ${device?.link === undefined ? 'no link' : 'linked'}`
    })
    expect(standings[0]).toBe(`revoked by ${founder.id}, no link`)
    return { seen, standings }
  } finally {
    crowd.end()
  }
}

it.each([1, 2, 3])(
  'seed %i: the word of the higher one counts, everywhere',
  async (seed) => {
    const { seen, standings } = await story(seed)
    expect(new Set(standings).size).toBe(1)
    // by the founder's word: what all heard, and what the left side heard; of the others both
    expect(seen[0]).toHaveLength(4)
    for (const events of seen) expect(events).toEqual(seen[0])
  },
  240_000,
)
