/**
 * A file as text, a stretch of whole lines at a time, so that a file of any size needs little memory and every line number is true.
 * Lines that are not text in the file's encoding are named, not silently repaired.
 */

export type Encoding = 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be'

export interface TextFormat {
  readonly encoding: Encoding
  /** What ends a line; `\r\n` counts as `\n` with a blank before it. */
  readonly newline: '\n' | '\r'
}

export interface TextBlock {
  /** Ends with a newline, except at the end of the file. */
  readonly text: string
  /** Number of its first line, from 1. */
  readonly line: number
  /** Lines whose text cannot be trusted. */
  readonly broken: ReadonlyMap<number, 'encoding' | 'tooLong'>
  readonly bytesRead: number
  readonly last: boolean
}

/** Small enough that progress moves on a file of a few hundred kilobytes. */
const sliceBytes = 64 * 1024
/** A line longer than this holds no event: a payload has at most 1 MiB, and escapes double it. */
const lineBytesMax = 4 * 1024 * 1024

/** Reads the beginning of the file to tell how to read the rest. */
export const detectText = async (file: Blob): Promise<TextFormat> => {
  const head = new Uint8Array(await file.slice(0, sliceBytes).arrayBuffer())
  const mark = (...bytes: number[]): boolean => bytes.every((byte, index) => head[index] === byte)
  const encoding: Encoding = mark(0xff, 0xfe)
    ? 'utf-16le'
    : mark(0xfe, 0xff)
      ? 'utf-16be'
      : isUtf8(head)
        ? 'utf-8'
        : 'windows-1252'
  return { encoding, newline: head.includes(10) || !head.includes(13) ? '\n' : '\r' }
}

const isUtf8 = (head: Uint8Array<ArrayBuffer>): boolean => {
  try {
    // `stream`: a character cut at the end of the slice is no mistake.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

export async function* textBlocks(file: Blob, format: TextFormat): AsyncGenerator<TextBlock> {
  const wide = format.encoding.startsWith('utf-16')
  const read = wide ? wideBlocks(file, format) : byteBlocks(file, format)
  let line = 1
  for await (const { text, broken, bytesRead, last } of read) {
    const shifted = new Map([...broken].map(([index, why]) => [line + index, why]))
    yield { text, line, broken: shifted, bytesRead, last }
    line += countOf(text, format.newline)
  }
}

export const countOf = (text: string, character: string): number => {
  let count = 0
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++
  return count
}

interface RawBlock {
  readonly text: string
  /** By line within the block, from 0. */
  readonly broken: ReadonlyMap<number, 'encoding' | 'tooLong'>
  readonly bytesRead: number
  readonly last: boolean
}

/** For encodings in which a newline is one byte that occurs in no other character. */
async function* byteBlocks(file: Blob, format: TextFormat): AsyncGenerator<RawBlock> {
  const end = format.newline.charCodeAt(0)
  let carry = new Uint8Array(0)
  let skipping = false
  let first = true
  for (let at = 0; at < file.size || first; at += sliceBytes) {
    const slice = new Uint8Array(await file.slice(at, at + sliceBytes).arrayBuffer())
    const bytesRead = Math.min(at + sliceBytes, file.size)
    const last = bytesRead === file.size
    let begin = 0
    if (skipping) {
      const next = slice.indexOf(end)
      if (next === -1 && !last) continue
      begin = next === -1 ? slice.length : next + 1
      skipping = false
      yield { text: `…${next === -1 ? '' : format.newline}`, broken: new Map([[0, 'tooLong']]), bytesRead, last: false }
    }
    const cut = last ? slice.length : slice.lastIndexOf(end) + 1
    const whole = join(carry, slice.subarray(begin, Math.max(begin, cut)))
    if (cut <= begin && !last) {
      carry = join(carry, slice.subarray(begin))
      if (carry.length > lineBytesMax) {
        carry = new Uint8Array(0)
        skipping = true
      }
      continue
    }
    carry = slice.slice(Math.max(begin, cut))
    const { text, broken } = decode(whole, format)
    yield { text: first ? withoutMark(text) : text, broken, bytesRead, last }
    first = false
    if (last) return
  }
}

const join = (a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  if (a.length === 0) return b
  const whole = new Uint8Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text)

const decode = (bytes: Uint8Array<ArrayBuffer>, format: TextFormat): Pick<RawBlock, 'text' | 'broken'> => {
  const broken = new Map<number, 'encoding'>()
  // `ignoreBOM`: the mark is removed once, at the start of the file; anywhere else it is a character.
  const strict = new TextDecoder(format.encoding, { fatal: true, ignoreBOM: true })
  try {
    return { text: strict.decode(bytes), broken }
  } catch {
    const lenient = new TextDecoder(format.encoding, { ignoreBOM: true })
    const end = format.newline.charCodeAt(0)
    const lines: string[] = []
    for (let at = 0; at < bytes.length;) {
      const next = bytes.indexOf(end, at)
      const line = bytes.subarray(at, next === -1 ? bytes.length : next + 1)
      try {
        lines.push(strict.decode(line))
      } catch {
        broken.set(lines.length, 'encoding')
        lines.push(lenient.decode(line))
      }
      at += line.length
    }
    return { text: lines.join(''), broken }
  }
}

async function* wideBlocks(file: Blob, format: TextFormat): AsyncGenerator<RawBlock> {
  const decoder = new TextDecoder(format.encoding)
  const none = new Map<number, 'encoding'>()
  let carry = ''
  for (let at = 0; at < file.size; at += sliceBytes) {
    const bytesRead = Math.min(at + sliceBytes, file.size)
    const last = bytesRead === file.size
    carry += decoder.decode(await file.slice(at, at + sliceBytes).arrayBuffer(), { stream: !last })
    const cut = last ? carry.length : carry.lastIndexOf(format.newline) + 1
    if (cut === 0 && !last) continue
    yield { text: carry.slice(0, cut), broken: none, bytesRead, last }
    carry = carry.slice(cut)
  }
}
