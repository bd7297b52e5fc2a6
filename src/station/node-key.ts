/** The station's identity: an Ed25519 key, made on first start and kept in the data folder, readable by its owner only. */
import type { KeyObject } from 'node:crypto'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { nodeIdFromBytes } from '../core/node-id.ts'

const nodeIdOf = (key: KeyObject): NodeId => {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`its type is ${key.asymmetricKeyType}`)
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  if (x === undefined) throw new Error('it has no public part')
  return nodeIdFromBytes(new Uint8Array(Buffer.from(x, 'base64url')))
}

const readKey = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Written aside and linked into place: whole or not at all, and of two stations starting at once both take the first one's. */
const makeKey = (file: string): void => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flush: true })
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

export const openNodeId = (dataFolder: string): NodeId => {
  const file = join(dataFolder, 'node-key.pem')
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
    if (readKey(file) === undefined) makeKey(file)
    return nodeIdOf(createPrivateKey(readKey(file) ?? ''))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `The station's key ${file} cannot be used (${reason}). Give a folder that may be written with --data DIR, or put the key back from a backup.`
    throw new ShoalError('ERR_NODE_KEY', message, { cause })
  }
}
