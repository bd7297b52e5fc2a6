/** The logs of swarms this device was in before: opened to be read, never written. */
import { ShoalError } from '../core/errors.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import { openLog } from '../log/log.ts'
import type { OwnLog } from '../log/log.ts'
import type { Shelf } from '../store/shelf.ts'
import { openMembers } from '../swarm/members.ts'
import { loadMembership } from '../swarm/membership.ts'
import { createRecord } from '../swarm/record.ts'
import { createStandings } from '../swarm/standings.ts'
import type { FormerLog, FormerReader } from './contract.ts'
import { openIdentity, settleIdentity } from './identity.ts'

export interface FormerDependencies {
  readonly shelf: Shelf
  readonly topic: string
  readonly clock: Clock
  readonly random: Random
  readonly report: (code: string, message: string) => void
}

interface Opened {
  readonly swarmId: string
  readonly log: OwnLog
  swarmName(): Promise<string>
}

/** Undefined for a log without membership: one that a join began and never finished. */
const open = async (dependencies: FormerDependencies, name: string): Promise<Opened | undefined> => {
  const { shelf, topic, clock, random, report } = dependencies
  const store = await shelf.openStore(name)
  try {
    if ((await store.get('meta', 'membership')) === undefined) {
      await store.close()
      return undefined
    }
    const made = await openIdentity(() => shelf.openVault(name))
    const { signer, vault, boxKey } = await settleIdentity(made, store)
    const { swarm, path, hints } = await loadMembership({ store, vault, node: signer.id, boxKey, random, report })
    const members = await openMembers({ store, swarm, report })
    await members.learn(path)
    const log = await openLog({ store, signer, swarm, topic, clock, isMember: members.isMember, report })
    const swarmName = async (): Promise<string> => {
      const record = createRecord({ log, members, standings: createStandings(members), clock, report })
      try {
        await record.settled()
        return record.swarmName() || hints.swarmName
      } finally {
        record.close()
      }
    }
    return { swarmId: swarm, log, swarmName }
  } catch (error) {
    await store.close()
    throw error
  }
}

export const createFormerLogs = (dependencies: FormerDependencies) => {
  const { shelf, report } = dependencies
  /** They never change. */
  const known = new Map<string, FormerLog | undefined>()
  let last: Promise<unknown> = Promise.resolve()

  const describe = async (name: string): Promise<FormerLog | undefined> => {
    if (known.has(name)) return known.get(name)
    const opened = await open(dependencies, name).catch((error: unknown) => {
      report('FORMER_LOG', `The log ${name} of an earlier swarm cannot be opened: ${String(error)}`)
      return undefined
    })
    if (opened === undefined) return undefined
    const { swarmId, log } = opened
    const { events, bytes } = log.status()
    const former = { swarmId, name: await opened.swarmName(), node: log.node, events, bytes }
    await log.close()
    known.set(name, former)
    return former
  }

  const list = async (): Promise<ReadonlyMap<string, FormerLog>> => {
    const current = await shelf.current()
    const found = new Map<string, FormerLog>()
    for (const name of await shelf.names()) {
      const former = name === current ? undefined : await describe(name)
      if (former !== undefined && former.events > 0) found.set(name, former)
    }
    return found
  }

  /** One at a time: a store has one opener. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const turn = last.then(action, action)
    last = turn.catch(() => undefined)
    return turn
  }

  return {
    list: (): Promise<readonly FormerLog[]> => inTurn(async () => [...(await list()).values()]),
    open: (swarmId: string): Promise<FormerReader> =>
      inTurn(async () => {
        const name = [...(await list())].find(([, former]) => former.swarmId === swarmId)?.[0]
        const opened = name === undefined ? undefined : await open(dependencies, name)
        if (opened === undefined)
          throw new ShoalError(
            'ERR_NO_LOG',
            `This device keeps no log of the swarm ${swarmId}. shoal.swarm.former() lists those it keeps.`,
          )
        return opened.log
      }),
  }
}
