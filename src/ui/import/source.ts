/** A file opened for import: what it is, the first records of it, and its bytes under one name. */
import type { CsvFormat } from './csv.ts'
import { csvRecords, detectDelimiter, detectHeader } from './csv.ts'
import type { Mapping } from './mapping.ts'
import { columnNames, proposeCsv, proposeNdjson } from './mapping.ts'
import type { NdjsonFormat } from './ndjson.ts'
import { ndjsonRecords } from './ndjson.ts'
import type { FileRecord, RecordBlock } from './record.ts'
import { detectText, textBlocks } from './text-block.ts'

export type Format = CsvFormat | NdjsonFormat

/** Enough to tell types apart, few enough to look at on every change of the mapping. */
const sampleRecords = 500

export const detectFormat = async (file: File): Promise<Format> => {
  const text = await detectText(file)
  let sample = ''
  for await (const block of textBlocks(file.slice(0, 128 * 1024), text)) {
    sample += block.text
    if (sample.length > 64 * 1024) break
  }
  const first = sample.split(text.newline).find((line) => line.trim() !== '') ?? ''
  if (/\.(nd)?jsonl?$/i.test(file.name) || /^\s*[{[]/.test(first)) return { type: 'ndjson', ...text }
  // Without its cut last line, unless it is the only one.
  const whole = sample.slice(0, sample.lastIndexOf(text.newline) + 1) || `${sample}${text.newline}`
  const delimiter = detectDelimiter(whole, text.newline)
  const rows = whole.split(text.newline).slice(0, 50)
  const fields = rows.filter((row) => row.trim() !== '').map((row) => row.replaceAll('"', '').trim().split(delimiter))
  return { type: 'csv', ...text, delimiter, header: detectHeader(fields) }
}

/** All records behind the header row. */
export async function* readRecords(file: Blob, format: Format): AsyncGenerator<RecordBlock> {
  const blocks = textBlocks(file, format)
  if (format.type === 'ndjson') {
    yield* ndjsonRecords(blocks, format)
    return
  }
  let header = format.header
  for await (const block of csvRecords(blocks, format)) {
    const at = header ? block.records.findIndex((record) => record.type === 'row') : -1
    if (at === -1) yield block
    else {
      header = false
      yield { records: block.records.toSpliced(at, 1), bytesRead: block.bytesRead }
    }
  }
}

export interface Sample {
  readonly records: readonly FileRecord[]
  /** Column names of a CSV; top-level keys of NDJSON. */
  readonly names: readonly string[]
  readonly mapping: Mapping
}

export const readSample = async (file: File, format: Format): Promise<Sample> => {
  const records: FileRecord[] = []
  const blocks = readRecords(file, format.type === 'csv' ? { ...format, header: false } : format)
  for await (const block of blocks) {
    records.push(...block.records.slice(0, sampleRecords - records.length))
    if (records.length >= sampleRecords) break
  }
  if (format.type === 'ndjson') {
    const values = records.flatMap((record) => (record.type === 'json' ? [record.value] : []))
    const keys = values.flatMap((value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [],
    )
    return { records, names: [...new Set(keys)], mapping: proposeNdjson(file.name, values) }
  }
  const rows = records.flatMap((record) => (record.type === 'row' ? [record.fields] : []))
  const names = columnNames(rows[0] ?? [], format.header)
  const at = format.header ? records.findIndex((record) => record.type === 'row') : -1
  const mapping = proposeCsv(file.name, names, format.header ? rows.slice(1) : rows, format.delimiter)
  return { records: at === -1 ? records : records.toSpliced(at, 1), names, mapping }
}

/** Bytes hashed at once; the name of a file is the digest of the digests, so that it needs no memory for the whole. */
const digestBytes = 4 * 1024 * 1024

const sha256 = async (bytes: BufferSource): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

export const fileDigest = async (
  file: Blob,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<string> => {
  const parts = Math.max(1, Math.ceil(file.size / digestBytes))
  const digests = new Uint8Array(parts * 32)
  for (let part = 0; part < parts; part++) {
    signal.throwIfAborted()
    const bytes = await file.slice(part * digestBytes, (part + 1) * digestBytes).arrayBuffer()
    digests.set(await sha256(bytes), part * 32)
    onProgress(Math.min(file.size, (part + 1) * digestBytes))
  }
  return hex(await sha256(digests))
}

/** The same file read the same way has the same key, on this device and whenever it is tried again. `again` counts intended repeats. */
export const importKey = async (digest: string, format: Format, mapping: Mapping, again: number): Promise<string> => {
  const text = `${digest}\n${JSON.stringify(format)}\n${JSON.stringify(mapping)}`
  const key = `import/${hex(await sha256(new TextEncoder().encode(text)))}`
  return again === 0 ? key : `${key}/${again}`
}
