/** Steps and questions that the tests of replication share. */
import type { Signer } from '../../src/crypto/keys.ts'
import { drafts, newSigner, publish } from '../log/fixture.ts'
import type { LogSwarm, SwarmDevice } from './log-swarm.ts'
import { createLogSwarm, sameHeads } from './log-swarm.ts'

export const pair = async (): Promise<{ swarm: LogSwarm; a: SwarmDevice; b: SwarmDevice }> => {
  const swarm = createLogSwarm()
  return { swarm, a: await swarm.add(), b: await swarm.add() }
}

export const isPresent = (device: SwarmDevice): boolean =>
  [...device.log.heads()].every(([stream, { count }]) => device.log.present()[stream] === count - 1)

/** Same heads and nothing held back, everywhere. */
export const isWhole = (devices: readonly SwarmDevice[]): boolean =>
  devices.every((device) => sameHeads(device, devices[0] as SwarmDevice) && isPresent(device))

export const codes = (device: SwarmDevice): string[] => device.reports.map(({ code }) => code)

/** Lets timers of minutes pass quickly. */
export const pass = async (swarm: LogSwarm, ms: number, step = 50): Promise<void> => {
  for (let passed = 0; passed < ms; passed += step) await swarm.turn(step)
}

/** `count` publications of `size` events each. */
export const publishMany = async (device: SwarmDevice, count: number, size: number): Promise<void> => {
  for (let index = 0; index < count; index++) await publish(device.log, drafts(size, 'many', index * size))
}

/** Events of about 170 KB that do not deflate well. */
export const publishLarge = async (device: SwarmDevice, count: number): Promise<void> => {
  for (let index = 0; index < count; index++) {
    const payload = Array.from({ length: 9000 }, (_, n) => Math.sin(n + index * 9000))
    await publish(device.log, [{ tags: [], payload }])
  }
}

export const copies = (devices: readonly SwarmDevice[]): number =>
  Math.max(0, ...devices.flatMap(({ received }) => [...received.values()]))

/** An author whom they all know. */
export const newSignerKnown = async (devices: readonly SwarmDevice[]): Promise<Signer> => {
  const signer = await newSigner()
  for (const device of devices) device.members.known.add(signer.id)
  return signer
}
