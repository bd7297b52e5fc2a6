/** The station's identity: an Ed25519 key, made on first start and kept in the data folder, readable by its owner only. */
import type { KeyObject } from 'node:crypto'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { nodeIdFromBytes } from '../core/node-id.ts'
import type { Report } from './private-file.ts'
import { readPrivate, writeOnce } from './private-file.ts'

const nodeIdOf = (key: KeyObject): NodeId => {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`its type is ${key.asymmetricKeyType}`)
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  if (x === undefined) throw new Error('it has no public part')
  return nodeIdFromBytes(new Uint8Array(Buffer.from(x, 'base64url')))
}

const newKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

export const openNodeId = (dataFolder: string, report: Report = () => undefined): NodeId => {
  const file = join(dataFolder, 'node-key.pem')
  try {
    if (readPrivate(file, report) === undefined) writeOnce(file, newKey())
    return nodeIdOf(createPrivateKey(readPrivate(file, report) ?? ''))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `The station's key ${file} cannot be used (${reason}). Give a folder that may be written with --data DIR, or put the key back from a backup.`
    throw new ShoalError('ERR_NODE_KEY', message, { cause })
  }
}
