/** Members of one swarm without the hours of joining: what a join leaves behind on each device, written there. For large worlds. */
import type { Clock } from '../../src/core/clock.ts'
import type { NodeId } from '../../src/core/event.ts'
import { createSigner, makeBoxPair, makeSigningPair, publicBytes } from '../../src/crypto/keys.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import { openLog } from '../../src/log/log.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { openMemoryStore, openMemoryVault } from '../../src/store/memory.ts'
import { writeAdmission } from '../../src/swarm/admission.ts'
import { signCertificate } from '../../src/swarm/certificate.ts'
import { memberWrite } from '../../src/swarm/members.ts'
import { membershipWrites } from '../../src/swarm/membership.ts'
import { appendSwarmEvents } from '../../src/swarm/swarm-event.ts'
import { signClaim, signTicket, tokenBytes, tokenIdOf } from '../../src/swarm/ticket.ts'
import type { Random } from './random.ts'
import { worldStart } from './time.ts'

const topic = 'default-topic'

interface Newcomer {
  readonly signer: Signer
  readonly boxKey: Uint8Array
}

const makeIdentity = async (disk: MemoryDisk): Promise<Newcomer> => {
  const vault = await openMemoryVault(disk)()
  const signing = await vault.keep('signing', await makeSigningPair())
  const box = await vault.keep('box', await makeBoxPair())
  return { signer: await createSigner(signing), boxKey: await publicBytes(box) }
}

/** In the order of the disks. */
export interface Provisioned {
  readonly swarm: NodeId
  readonly swarmKey: Uint8Array
  /** The founder's first. */
  readonly signers: readonly Signer[]
  readonly admissions: readonly Uint8Array<ArrayBuffer>[]
}

/** The first disk is the founder's. Everybody knows everybody. */
export const provision = async (disks: readonly MemoryDisk[], random: Random): Promise<Provisioned> => {
  const bytes = (length: number) => Uint8Array.from({ length }, () => random.between(0, 255))
  const root = await createSigner(await makeSigningPair(true))
  const identities: Newcomer[] = []
  for (const disk of disks) identities.push(await makeIdentity(disk))
  const [founder, ...others] = identities
  if (founder === undefined) throw new Error('a swarm has a founder')
  const token = bytes(tokenBytes)
  const tokenId = await tokenIdOf(token)
  const ticketBytes = await signTicket(
    {
      swarm: root.id,
      tokenId,
      admin: founder.signer.id,
      uses: 1000,
      expires: worldStart + 1e15,
      role: 'member',
    },
    founder.signer,
  )
  const shared = { swarm: root.id, admittedAtLamport: 0 }
  const founding = await signCertificate(
    {
      ...shared,
      node: founder.signer.id,
      boxKey: founder.boxKey,
      role: 'admin',
      token: new Uint8Array(),
      admittedBy: root.id,
    },
    root,
  )
  const admissions = [writeAdmission(founding, undefined)]
  for (const { signer, boxKey } of others) {
    const certificate = await signCertificate(
      {
        ...shared,
        node: signer.id,
        boxKey,
        role: 'member',
        token: tokenId,
        admittedBy: founder.signer.id,
      },
      founder.signer,
    )
    const claim = await signClaim(token, { swarm: root.id, node: signer.id, boxKey })
    admissions.push(writeAdmission(certificate, { ticketBytes, claim }))
  }
  const swarmKey = { key: bytes(32), epoch: 0 }
  const hints = { swarmName: 'Simulated plant', stations: [] }
  const known = identities.map(({ signer }, index) => memberWrite(signer.id, admissions[index] as Uint8Array))
  for (const [index, disk] of disks.entries()) {
    const first = admissions[0] as Uint8Array
    const path = index === 0 ? [first] : [first, admissions[index] as Uint8Array]
    const store = await openMemoryStore(disk)()
    await store.write([...membershipWrites({ path, swarmKey, hints }), ...known], 'strict')
    await store.close()
  }
  return { swarm: root.id, swarmKey: swarmKey.key, signers: identities.map(({ signer }) => signer), admissions }
}

/** As a node calls itself that nobody has named. */
const firstName = (id: string): string => `Device ${id.replaceAll(/[^0-9A-Za-z]/g, '').slice(0, 4)}`

/** Everybody has heard what everybody is called, as after their first hours together: the disks hold the same bytes. */
export const introduce = async (
  disks: readonly MemoryDisk[],
  { swarm, signers }: Pick<Provisioned, 'swarm' | 'signers'>,
  clock: Clock,
): Promise<void> => {
  const entries: (readonly [string, Uint8Array])[] = []
  for (const [index, disk] of disks.entries()) {
    const signer = signers[index]
    if (signer === undefined) throw new Error('a disk without its node')
    const store = await openMemoryStore(disk)()
    const log = await openLog({ store, signer, swarm, topic, clock, isMember: () => true, report: () => undefined })
    await appendSwarmEvents(log, [{ type: 'described', displayName: firstName(signer.id) }])
    await log.close()
    entries.push(...(disk.tables.get('runs') ?? []))
  }
  for (const { tables } of disks) for (const [key, value] of entries) tables.get('runs')?.set(key, value)
}
