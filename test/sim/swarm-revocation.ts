/**
 * A device is shut out of a large swarm while it goes on writing: how long until every other node knows, and has no link with it any more. What it
 * wrote beyond the cut counts nowhere.
 */
import { descriptionStream, membershipStream } from '../../src/swarm/swarm-event.ts'
import type { AppId, NodeId, OffsetMap } from '../../src/core/event.ts'
import type { Node } from '../../src/node/contract.ts'
import { createCrowd } from './crowd.ts'

export interface RevocationOptions {
  readonly seed: number
  readonly nodes: number
  /** Links form for so long before. Simulated milliseconds, as all that follow. */
  readonly forming: number
  /** Looked at so often. */
  readonly step: number
  readonly atMost: number
}

export interface RevocationOutcome {
  /** From the admin's word to the last node that knew it and had no link with the device any more. */
  readonly knownAfter: number
  readonly linksBefore: number
  /** What each node reads of the device's events; all of one text when they agree. */
  readonly held: ReadonlySet<string>
  /** Events that the device wrote and was told to be stored. */
  readonly written: number
  /** Of them, those that count. */
  readonly counted: number
}

const appId = 'com.example.sim' as AppId

const isOwnWord = (stream: string): boolean =>
  stream.endsWith(`-${membershipStream}`) || stream.endsWith(`-${descriptionStream}`)

const heldOf = (present: OffsetMap, victim: NodeId): string =>
  JSON.stringify(
    Object.entries(present)
      .filter(([stream]) => stream.startsWith(victim))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )

const countOf = (present: OffsetMap, victim: NodeId): number =>
  Object.entries(present)
    .filter(([stream]) => stream.startsWith(victim) && !isOwnWord(stream))
    .reduce((sum, [, last]) => sum + last + 1, 0)

export const runRevocation = async (options: RevocationOptions): Promise<RevocationOutcome> => {
  const { seed, nodes, forming, step, atMost } = options
  const crowd = createCrowd({ seed, nodes })
  const { time } = crowd
  try {
    await crowd.form(forming)
    const all = crowd.running()
    const [admin, victim] = [all[0], all.at(-1)]
    if (admin === undefined || victim === undefined) throw new Error('nobody is there')
    const others = all.filter((node) => node !== victim)
    let written = 0
    let isWriting = true
    const write = (): void => {
      if (!isWriting) return
      victim.log.append([{ tags: ['sim'], payload: { at: time.now() } }], { appId }).then(
        () => {
          written += 1
          time.after(20, write)
        },
        // it has heard
        () => undefined,
      )
    }
    write()
    await time.pass(1000)
    const linked = (node: Node): boolean =>
      node.swarm.status().devices.some((device) => device.node === victim.id && device.link !== undefined)
    const linksBefore = others.filter(linked).length
    const began = time.now()
    let problem: unknown
    admin.swarm.revoke(victim.id).catch((error: unknown) => (problem = error))
    const knows = (node: Node): boolean =>
      !linked(node) &&
      node.swarm.status().devices.some(({ node: one, standing }) => one === victim.id && standing.type === 'revoked')
    let knownAfter = Number.POSITIVE_INFINITY
    while (time.now() - began < atMost && knownAfter === Number.POSITIVE_INFINITY) {
      await time.pass(step)
      if (problem !== undefined) throw problem
      if (others.every(knows)) knownAfter = time.now() - began
    }
    await time.pass(1000)
    isWriting = false
    // full heads once more
    await time.pass(12_000)
    const presents = others.map((node) => node.log.present())
    return {
      knownAfter,
      linksBefore,
      held: new Set(presents.map((present) => heldOf(present, victim.id))),
      written,
      counted: countOf(presents[0] ?? {}, victim.id),
    }
  } finally {
    crowd.end()
  }
}
