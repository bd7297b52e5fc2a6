/** Files that only the station's owner may read: written whole or not at all, and closed again when somebody opened them to others. */
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ShoalError } from '../core/errors.ts'

export type Report = (code: string, sentence: string) => void

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Windows keeps no such modes; a profile's folder is its owner's there. */
const hasModes = process.platform !== 'win32'

const close = (file: string, report: Report): void => {
  if (!hasModes || (statSync(file).mode & 0o077) === 0) return
  try {
    chmodSync(file, 0o600)
  } catch (cause) {
    const message = `Others may read ${file}, which holds a private key, and that cannot be changed (${String(cause)}). Make it readable by its owner only: chmod 600.`
    throw new ShoalError('ERR_PRIVATE_FILE', message, { cause })
  }
  report(
    'WARN_PRIVATE_FILE',
    `Others could read ${file}, which holds a private key; now they cannot. Where they may have done so, stop the station, remove the file, and begin anew with what depends on it.`,
  )
}

/** Undefined where there is none. */
export const readPrivate = (file: string, report: Report): string | undefined => {
  try {
    close(file, report)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const draftOf = (file: string, text: string): string => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}`
  // one that was left behind would lend its mode
  rmSync(draft, { force: true })
  writeFileSync(draft, text, { mode: 0o600, flush: true })
  return draft
}

/** Unless it is there: of two stations that start at once both take the first one's. */
export const writeOnce = (file: string, text: string): void => {
  const draft = draftOf(file, text)
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

export const replacePrivate = (file: string, text: string): void => renameSync(draftOf(file, text), file)
