/**
 * The swarm of a node as a test dictates it: what the API and the client must carry is then decided by the test, step by step. It outlives
 * the nodes it is given to, as what is on disk does. The real one is behind the end-to-end tests.
 */
import { ShoalError } from '../../src/core/errors.ts'
import type { NodeId } from '../../src/core/event.ts'
import type { FormerReader, Node, NodeSwarm, SwarmStatus } from '../../src/node/contract.ts'

export interface SwarmScript {
  /** Changes the status, and tells whoever listens. */
  change(part: Partial<SwarmStatus>): void
  readonly status: SwarmStatus
  /** What was asked, in order: the call and what came with it. */
  readonly asked: readonly (readonly [call: string, ...given: unknown[]])[]
  /** How many listen for changes. */
  readonly listening: number
  /** What is done on `join` and `leave`; by default they answer at once. */
  on: { join: (link: string) => Promise<void> | void; leave: () => Promise<void> | void }
  former: () => Promise<FormerReader>
  /** `node` with this swarm. */
  give(node: Node): Node
}

export const swarmId = 'kd0Yq3JmB7eU5xR1wTzH2nLfVgC9aSoP8iE4uKyXbN.'

export const createSwarmScript = (): SwarmScript => {
  let status: SwarmStatus = {
    state: 'alone',
    swarmId,
    name: '',
    role: 'admin',
    node: 'V1n8Zb0kQ7mT.eR4sYw2LxJ5uHcG9dAfP3iKoNtB6vE' as NodeId,
    recoveryPending: true,
    radio: 'ready',
    stations: [],
    devices: [],
    standing: { type: 'active' },
    invitations: [],
    alerts: [],
    onlyHere: 0,
    toReceive: 0,
  }
  const asked: (readonly [string, ...unknown[]])[] = []
  const listeners = new Set<() => void>()
  const script: SwarmScript = {
    get status() {
      return status
    },
    change: (part) => {
      status = { ...status, ...part }
      for (const listener of listeners) listener()
    },
    asked,
    get listening() {
      return listeners.size
    },
    on: { join: () => undefined, leave: () => undefined },
    former: () => Promise.reject(new ShoalError('ERR_NO_LOG', 'This device was never in that swarm.')),
    give: (node) => {
      const note =
        <T>(call: string, answer: T) =>
        (...given: readonly unknown[]): T => {
          asked.push([call, ...given])
          return answer
        }
      const swarm: NodeSwarm = {
        status: () => ({ ...status, node: node.id }),
        onStatus: (listener) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        found: note('found', Promise.resolve({ swarmId, recoveryCode: 'ABCDE-FGHIJ' })),
        recoveryKept: note('recoveryKept', Promise.resolve()),
        invite: note('invite', Promise.resolve('https://shoal.example/#join/abc')),
        readInvitation: note(
          'readInvitation',
          Promise.resolve({ swarmId, swarmName: 'Hall 3', role: 'member', uses: 1, expires: 7, stations: [] } as const),
        ),
        join: async (link) => {
          asked.push(['join', link])
          await script.on.join(link)
        },
        cancelJoin: note('cancelJoin', Promise.resolve()),
        leave: async () => {
          asked.push(['leave', node.id])
          await script.on.leave()
        },
        code: note('code', Promise.resolve('SHOAL:1')),
        stations: note('stations', Promise.resolve(['wss://shoal.example/signal'])),
        safety: note('safety', { devices: 2, nodes: [node.id], of: 3 }),
        horizon: note('horizon', { lamport: 7, waitingFor: [node.id] }),
        former: note('former', Promise.resolve([{ swarmId, name: 'Old', node: node.id, events: 1, bytes: 2 }])),
        withdraw: note('withdraw', Promise.resolve()),
        promote: note('promote', Promise.resolve()),
        retire: note('retire', Promise.resolve()),
        close: note('close', Promise.resolve()),
        revoke: note('revoke', Promise.resolve()),
        replace: note('replace', Promise.resolve()),
        remains: note('remains', Promise.resolve({ known: 9, held: 8, devices: 1 })),
        recover: note('recover', Promise.resolve()),
        openFormer: (id) => {
          asked.push(['openFormer', id])
          return script.former()
        },
      }
      return { ...node, swarm }
    },
  }
  return script
}
