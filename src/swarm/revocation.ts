/**
 * A revocation by the root (RULES 14, 19): whoever holds the recovery code may cut off any device, whatever admins there are. Signed bytes are
 * `"shoal.revocation.1" ‖ fields`, fields being a CBOR array: version, swarm, node, and of each stream that counts its number and one past the
 * last offset, by number. Any member may carry it.
 */
import { encode } from 'cborg'
import { concatBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { bytesFromNodeId } from '../core/node-id.ts'
import type { Signer } from '../crypto/keys.ts'
import { createSigner, verify } from '../crypto/keys.ts'
import { pairOfSeed } from '../crypto/seed.ts'
import { readRecoveryCode } from './recovery-code.ts'
import type { Cuts } from './standing.ts'

const version = 1
const prefix = new TextEncoder().encode('shoal.revocation.1')

const textOf = (swarm: NodeId, node: NodeId, cuts: Cuts): Uint8Array<ArrayBuffer> => {
  const sorted = [...cuts].toSorted(([one], [other]) => one - other)
  return concatBytes(prefix, encode([version, bytesFromNodeId(swarm), bytesFromNodeId(node), sorted]))
}

export const signRevocation = (root: Signer, node: NodeId, cuts: Cuts): Promise<Uint8Array<ArrayBuffer>> =>
  root.sign(textOf(root.id, node, cuts))

export const isRevocationSigned = (swarm: NodeId, node: NodeId, cuts: Cuts, signature: Uint8Array): Promise<boolean> =>
  verify(swarm, textOf(swarm, node, cuts), new Uint8Array(signature))

/** The root of `swarm`. Throws `ERR_RECOVERY_CODE`: mistyped, saying where that can be known, or of another swarm. */
export const rootOfCode = async (recoveryCode: string, swarm: NodeId): Promise<Signer> => {
  const root = await createSigner(await pairOfSeed(readRecoveryCode(recoveryCode)))
  if (root.id === swarm) return root
  throw new ShoalError(
    'ERR_RECOVERY_CODE',
    'This is the recovery code of another swarm. It is on the paper that was printed when this one was founded.',
  )
}
