/** One file on its way into the log, from being opened to the last acknowledgement; the view only shows it. */
import type { Shoal } from '../../client/contract.ts'
import type { ImportEnd, ImportState, KeptProgress } from './importer.ts'
import { readProgress, runImport } from './importer.ts'
import type { Mapping } from './mapping.ts'
import { mapRecord } from './mapping.ts'
import type { Format, Sample } from './source.ts'
import { detectFormat, fileDigest, importKey, readRecords, readSample } from './source.ts'

/** A file that is understood, and what the node already has of it under this mapping. */
export interface OpenedFile {
  readonly file: File
  readonly digest: string
  readonly format: Format
  readonly sample: Sample
  readonly mapping: Mapping
  readonly key: string
  /** How often it was imported to its end before. */
  readonly finished: number
  readonly kept: KeptProgress
}

const withKept = async (shoal: Shoal, opened: Omit<OpenedFile, 'key' | 'finished' | 'kept'>): Promise<OpenedFile> => {
  for (let finished = 0; ; finished++) {
    const key = await importKey(opened.digest, opened.format, opened.mapping, finished)
    const kept = readProgress(await shoal.progress(key))
    if (!kept.finished) return { ...opened, key, finished, kept }
  }
}

export const openFile = async (
  shoal: Shoal,
  file: File,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<OpenedFile> => {
  const format = await detectFormat(file)
  const sample = await readSample(file, format)
  const digest = await fileDigest(file, signal, onProgress)
  return withKept(shoal, { file, digest, format, sample, mapping: sample.mapping })
}

/** The same file, understood otherwise: everything proposed is proposed anew. */
export const reopen = async (shoal: Shoal, opened: OpenedFile, format: Format): Promise<OpenedFile> => {
  const sample = await readSample(opened.file, format)
  return withKept(shoal, { ...opened, format, sample, mapping: sample.mapping })
}

export const remap = (shoal: Shoal, opened: OpenedFile, mapping: Mapping): Promise<OpenedFile> =>
  withKept(shoal, { ...opened, mapping })

export const importFile = (
  shoal: Shoal,
  { file, format, mapping, key }: OpenedFile,
  signal: AbortSignal,
  onState: (state: ImportState) => void,
): Promise<ImportEnd> =>
  runImport({
    blocks: readRecords(file, format),
    toEvent: (record) => mapRecord(record, mapping),
    key,
    shoal,
    signal,
    onState,
  })
