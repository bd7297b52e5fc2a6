/** Swarms made by hand: roots, admins, tickets and admissions, honest and not. */
import type { NodeId } from '../../src/core/event.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import { createSigner, makeBoxPair, makeSigningPair, publicBytes } from '../../src/crypto/keys.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { createMemoryDisk, openMemoryStore } from '../../src/store/memory.ts'
import { writeAdmission } from '../../src/swarm/admission.ts'
import type { Certificate, Role } from '../../src/swarm/certificate.ts'
import { signCertificate } from '../../src/swarm/certificate.ts'
import type { Ticket } from '../../src/swarm/contract.ts'
import { openMembers } from '../../src/swarm/members.ts'
import { signClaim, signTicket, tokenIdOf } from '../../src/swarm/ticket.ts'

/** Where clocks begin. Microseconds. */
export const start = 1_700_000_000_000_000
export const hour = 3_600_000_000

export const newSigner = async (): Promise<Signer> => createSigner(await makeSigningPair())
export const newBoxKey = async (): Promise<Uint8Array<ArrayBuffer>> => publicBytes(await makeBoxPair())
export const newToken = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(16))

export interface Founded {
  readonly root: Signer
  readonly founder: Signer
  readonly swarm: NodeId
  readonly founding: Uint8Array<ArrayBuffer>
}

export const certificateOf = async (
  root: NodeId,
  node: NodeId,
  change: Partial<Certificate> = {},
): Promise<Certificate> => ({
  swarm: root,
  node,
  boxKey: await newBoxKey(),
  role: 'admin',
  token: new Uint8Array(),
  admittedBy: root,
  admittedAtLamport: 0,
  ...change,
})

export const foundSwarm = async (founder?: Signer): Promise<Founded> => {
  const root = await newSigner()
  const first = founder ?? (await newSigner())
  const certificate = await certificateOf(root.id, first.id)
  const founding = writeAdmission(await signCertificate(certificate, root), undefined)
  return { root, founder: first, swarm: root.id, founding }
}

export interface MadeTicket {
  readonly token: Uint8Array<ArrayBuffer>
  readonly ticket: Ticket
  readonly ticketBytes: Uint8Array<ArrayBuffer>
}

export const makeTicket = async (swarm: NodeId, admin: Signer, change: Partial<Ticket> = {}): Promise<MadeTicket> => {
  const token = newToken()
  const ticket: Ticket = {
    swarm,
    tokenId: await tokenIdOf(token),
    admin: admin.id,
    uses: 1,
    expires: start + hour,
    role: 'member',
    ...change,
  }
  return { token, ticket, ticketBytes: await signTicket(ticket, admin) }
}

/** `by` admits `node` on a ticket, with `change` for lies. */
export const admit = async (
  by: Signer,
  node: NodeId,
  { token, ticket, ticketBytes }: MadeTicket,
  change: Partial<Certificate> = {},
): Promise<Uint8Array<ArrayBuffer>> => {
  const { swarm, tokenId, role } = ticket
  const certificate = await certificateOf(swarm, node, { role, token: tokenId, admittedBy: by.id, ...change })
  const claim = await signClaim(token, certificate)
  return writeAdmission(await signCertificate(certificate, by), { ticketBytes, claim })
}

/** Admits a new node with a ticket of its own. */
export const newMember = async (
  swarm: NodeId,
  admin: Signer,
  by: Signer = admin,
  role: Role = 'member',
): Promise<{ readonly signer: Signer; readonly admission: Uint8Array<ArrayBuffer> }> => {
  const signer = await newSigner()
  return { signer, admission: await admit(by, signer.id, await makeTicket(swarm, admin, { role })) }
}

export const openRegister = async (swarm: NodeId, disk: MemoryDisk = createMemoryDisk()) => {
  const reports: string[] = []
  const store = await openMemoryStore(disk)()
  const members = await openMembers({
    store,
    swarm,
    report: (_, sentence) => void reports.push(sentence),
  })
  return { disk, store, members, reports }
}
