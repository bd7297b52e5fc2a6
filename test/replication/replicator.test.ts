/** Two and five real logs over links in memory. */
import { describe, expect, it } from 'vitest'
import { streamOf } from '../../src/core/node-id.ts'
import { parseRun } from '../../src/log/run.ts'
import { drafts, payloads, publish, recordsOf } from '../log/fixture.ts'
import type { LogSwarm, SwarmDevice } from './log-swarm.ts'
import { createLogSwarm, sameHeads } from './log-swarm.ts'

const pair = async (): Promise<{ swarm: LogSwarm; a: SwarmDevice; b: SwarmDevice }> => {
  const swarm = createLogSwarm()
  return { swarm, a: await swarm.add(), b: await swarm.add() }
}

describe('two devices', () => {
  it('what one published before and after they met is on the other, in order', async () => {
    const { swarm, a, b } = await pair()
    await publish(a.log, drafts(3))
    swarm.connect(a, b)
    await swarm.until(() => sameHeads(a, b))
    await publish(a.log, drafts(2, 'later', 3))
    await publish(b.log, drafts(1, 'other', 5))
    await swarm.until(() => sameHeads(a, b))
    await swarm.until(() => Object.keys(b.log.present()).length === 2 && Object.keys(a.log.present()).length === 2)
    expect(await payloads(b.log)).toEqual(await payloads(a.log))
    expect(await payloads(b.log)).toHaveLength(6)
  })
})
