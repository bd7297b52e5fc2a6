/**
 * The content of a run as bytes. What the chain covers (`row.ts`) is written straight from the columns, without a text in between, and
 * that all payloads are JSON is proved from shapes and leaves, once for each of them instead of once for each event.
 *
 * Why shapes and leaves suffice: a payload is a shape with a leaf in the place of each newline. Put `0` between two line breaks there
 * instead. If that parses, no newline stands inside a string (JSON forbids line breaks in strings), and each stands where a value may,
 * with nothing but `[`, `{`, `,`, `:`, `]`, `}` or the end beside it, none of which can merge with a value. So any leaf that is a JSON
 * text by itself gives a JSON text. The converse does not hold: where the proof fails, the payloads have to be asked one by one.
 */
import { concatBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import { runCharsMax } from '../core/limits.ts'
import type { Column } from './columns.ts'
import { createColumnReader } from './columns.ts'
import { isJsonText, isScalar } from './scalar.ts'
import { writeRowNumbers, rowNumbersBytes } from './row.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What a body holds, as far as it was read: `…Of` gives each row's index, left out where there is one value for all. */
export interface ContentParts {
  readonly rows: number
  readonly lamports: readonly number[]
  readonly times: readonly number[]
  readonly apps: readonly string[]
  readonly appOf: readonly number[] | undefined
  readonly tagSets: readonly (readonly string[])[]
  readonly setOf: readonly number[] | undefined
  readonly shapes: readonly string[]
  readonly shapeOf: readonly number[] | undefined
  /** UTF-8, as yet unchecked. */
  readonly columns: Uint8Array
}

export interface Content {
  /** False where it could not be proved. */
  readonly isJson: boolean
  /**
   * What is hashed of each of the commits that the rows consist of (`rowsBytes`). Throws `ERR_INFLATE_LIMIT` when that is more than a
   * run may hold.
   */
  commits(lengths: readonly number[]): readonly Uint8Array<ArrayBuffer>[]
}

/** Line `i` is `bytes` from `starts[i]` to `starts[i + 1] − 1`. */
interface Lines {
  readonly bytes: Uint8Array
  /** The same bytes, with a word more behind them. */
  readonly words: DataView
  readonly starts: Uint32Array
  readonly count: number
  readonly ascii: boolean
}

/** Of the leaf of a row: line `start + i`, as in `Column`. */
interface ByteColumn extends Lines {
  readonly by: Column['by']
  readonly start: number
  /** JSON by construction. */
  readonly made: boolean
}

const newline = 10
const wordBytes = 4

const linesOf = (source: Uint8Array): Lines => {
  const padded = new Uint8Array(source.length + wordBytes)
  padded.set(source)
  let starts = new Uint32Array((source.length >> 2) + 2)
  let line = 1
  let seen = 0
  for (let at = 0; at < source.length; at++) {
    const byte = padded[at] as number
    seen |= byte
    if (byte !== newline) continue
    if (line + 1 === starts.length) {
      const grown = new Uint32Array(starts.length * 2)
      grown.set(starts)
      starts = grown
    }
    starts[line++] = at + 1
  }
  starts[line] = source.length + 1
  const count = source.length === 0 ? 0 : line
  const bytes = padded.subarray(0, source.length)
  return { bytes, words: new DataView(padded.buffer), starts, count, ascii: seen < 0x80 }
}

/** A text as words, the last one filled up with anything. */
interface Words {
  readonly words: Uint32Array
  readonly length: number
}

const wordsOf = (text: Uint8Array): Words => {
  const padded = new Uint8Array(text.length + wordBytes)
  padded.set(text)
  const view = new DataView(padded.buffer)
  const words = new Uint32Array(Math.ceil(text.length / wordBytes))
  for (let index = 0; index < words.length; index++) words[index] = view.getUint32(index * wordBytes)
  return { words, length: text.length }
}

const malformed = (what: string): never => {
  throw new ShoalError('ERR_MALFORMED', `The body of a run is malformed: ${what}.`)
}

/** Reads columns as `columns.ts` does, but leaves them where they are. */
const createByteColumnReader = (lines: Lines, setCount: number) => {
  const { bytes, starts, count } = lines
  let at = 0
  const take = (wanted: number): number => {
    const start = at
    at += wanted
    if (at > count) malformed('a column is cut off')
    return start
  }
  /** Counted ones are written out as text: that is left to who knows how. */
  const made = (rows: number, start: number): ByteColumn => {
    const text = decoder.decode(bytes.subarray(starts[start], (starts[at] as number) - 1))
    const column = createColumnReader(text.split('\n'), setCount).column(rows)
    return { by: 'rank', start: 0, made: true, ...linesOf(encoder.encode(column.lines.join('\n'))) }
  }
  return {
    get done() {
      return at === count
    },
    column: (rows: number): ByteColumn => {
      const kind = take(1)
      const first = starts[kind] as number
      switch (starts[kind + 1] === first + 2 ? String.fromCharCode(bytes[first] as number) : '') {
        case '=':
          return { by: 'constant', start: take(1), made: false, ...lines }
        case '@':
          return { by: 'set', start: take(setCount), made: false, ...lines }
        case ':':
          return { by: 'rank', start: take(rows), made: false, ...lines }
        case 't':
          take(rows + 1)
          return made(rows, kind)
        case 'd':
          take(rows)
          return made(rows, kind)
        default:
          return malformed('a column of unknown kind')
      }
    },
  }
}

/** One shape: the texts around the leaves that vary, the leaves that do not being part of them. */
interface Loom {
  readonly texts: readonly Words[]
  readonly columns: readonly ByteColumn[]
  readonly textBytes: number
}

const leafOf = ({ bytes, starts, start }: ByteColumn, index: number): Uint8Array =>
  bytes.subarray(starts[start + index], (starts[start + index + 1] as number) - 1)

const loomOf = (shape: string, columns: readonly ByteColumn[]): Loom => {
  const pieces = shape.split('\n')
  const texts: Words[] = []
  const varying: ByteColumn[] = []
  let text: Uint8Array[] = [encoder.encode(pieces[0])]
  columns.forEach((column, index) => {
    if (column.by === 'constant') text.push(leafOf(column, 0))
    else {
      texts.push(wordsOf(concatBytes(...text)))
      varying.push(column)
      text = []
    }
    text.push(encoder.encode(pieces[index + 1]))
  })
  texts.push(wordsOf(concatBytes(...text)))
  return { texts, columns: varying, textBytes: texts.reduce((sum, { length }) => sum + length, 0) }
}

interface Rank {
  /** Position of each row among those of its shape. */
  readonly ranks: Uint32Array
  /** Rows of each shape. */
  readonly members: Uint32Array
}

const rankOf = ({ rows, shapes, shapeOf }: ContentParts): Rank => {
  const members = new Uint32Array(shapes.length)
  const ranks = new Uint32Array(rows)
  for (let row = 0; row < rows; row++) {
    const shape = shapeOf === undefined ? 0 : (shapeOf[row] as number)
    ranks[row] = members[shape] as number
    members[shape] = (members[shape] as number) + 1
  }
  return { ranks, members }
}

/** UTF-16 code units of the text in UTF-8 from `from` to `to`. */
const charsBetween = (bytes: Uint8Array, from: number, to: number): number => {
  let chars = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if ((byte & 0xc0) !== 0x80) chars += byte >= 0xf0 ? 2 : 1
  }
  return chars
}

const tooMuch = (): never => {
  throw new ShoalError('ERR_INFLATE_LIMIT', 'A run holds more text than any run may.')
}

/** Throws `ERR_MALFORMED` when the columns do not fit the shapes. Text that is not UTF-8 throws what `TextDecoder` throws. */
export const contentOf = (parts: ContentParts): Content => {
  const { rows, shapes, shapeOf, tagSets, setOf, apps, appOf, lamports, times } = parts
  const lines = linesOf(parts.columns)
  if (!lines.ascii) decoder.decode(parts.columns)
  const ascii = lines.ascii && shapes.every((shape) => encoder.encode(shape).length === shape.length)
  const { ranks, members } = rankOf(parts)
  const reader = createByteColumnReader(lines, tagSets.length)
  const columns = shapes.map((shape, index) => {
    const count = shape.split('\n').length - 1
    return Array.from({ length: count }, () => reader.column(members[index] as number))
  })
  if (!reader.done) malformed('columns do not fit the shapes')

  /** Sets that rows of a shape have; a column by sets holds nothing for the others. */
  const setsOf = (shape: number): Uint8Array => {
    const used = new Uint8Array(tagSets.length)
    for (let row = 0; row < rows; row++)
      if (shapeOf === undefined || shapeOf[row] === shape) used[setOf === undefined ? 0 : (setOf[row] as number)] = 1
    return used
  }

  const isColumnJson = (column: ByteColumn, used: Uint8Array, rowCount: number): boolean => {
    if (column.made) return true
    const count = column.by === 'constant' ? 1 : column.by === 'set' ? tagSets.length : rowCount
    const { bytes, starts, start } = column
    for (let index = start; index < start + count; index++) {
      if (column.by === 'set' && used[index - start] === 0) continue
      const [from, to] = [starts[index] as number, (starts[index + 1] as number) - 1]
      if (!isScalar(bytes, from, to) && !isJsonText(decoder.decode(bytes.subarray(from, to)))) return false
    }
    return true
  }

  const proveJson = (): boolean =>
    shapes.every((shape, index) => {
      if (!isJsonText(shape.replaceAll('\n', '\n0\n'))) return false
      const used = setsOf(index)
      return (columns[index] ?? []).every((column) => isColumnJson(column, used, members[index] as number))
    })

  const looms = shapes.map((shape, index) => loomOf(shape, columns[index] ?? []))
  /** Of sets that rows have, once it is known that they are bounded. */
  const setTexts: Uint8Array[] = []
  const tagLengths = tagSets.map((tags) => tags.map(({ length }) => length))
  const appTexts = apps.map((app) => encoder.encode(app))

  const payloadBytes = (row: number): number => {
    const loom = looms[shapeOf === undefined ? 0 : (shapeOf[row] as number)] as Loom
    const set = setOf === undefined ? 0 : (setOf[row] as number)
    let sum = loom.textBytes
    for (const { by, starts, start } of loom.columns) {
      const line = by === 'rank' ? start + (ranks[row] as number) : start + set
      sum += (starts[line + 1] as number) - (starts[line] as number) - 1
    }
    return sum
  }

  /** Writes up to a word more than the payload; what follows is written after it. */
  const weaveInto = (out: DataView, from: number, row: number, set: number): number => {
    let at = from
    const { texts, columns: varying } = looms[shapeOf === undefined ? 0 : (shapeOf[row] as number)] as Loom
    const rank = ranks[row] as number
    // the innermost loop of catching up: short stretches, moved word by word, each covering what the one before wrote too much
    for (let leaf = 0; ; leaf++) {
      const { words: text, length } = texts[leaf] as Words
      for (let word = 0; word < text.length; word++) out.setUint32(at + word * wordBytes, text[word] as number)
      at += length
      if (leaf === varying.length) return at
      const { by, words, starts, start } = varying[leaf] as ByteColumn
      const line = by === 'rank' ? start + rank : start + set
      const first = starts[line] as number
      const leafBytes = (starts[line + 1] as number) - 1 - first
      for (let byte = 0; byte < leafBytes; byte += wordBytes) out.setUint32(at + byte, words.getUint32(first + byte))
      at += leafBytes
    }
  }

  /** Bytes of the payload of each row, once it is known that all are bounded; nothing was copied until then. */
  const bounded = (): Uint32Array => {
    let leaves = 0
    // an honest leaf has a character at least, so that many of them are too much text as well
    looms.forEach((loom, shape) => (leaves += loom.columns.length * (members[shape] as number)))
    if (leaves > runCharsMax) tooMuch()
    const tagChars = tagLengths.map((lengths) => lengths.reduce((sum, length) => sum + length, 0))
    const sizes = new Uint32Array(rows)
    let bytes = 0
    let tags = 0
    for (let row = 0; row < rows; row++) {
      const size = payloadBytes(row)
      tags += tagChars[setOf?.[row] ?? 0] ?? 0
      bytes += size
      // a code unit takes three bytes at most
      if (tags > runCharsMax || bytes > 3 * runCharsMax) tooMuch()
      sizes[row] = size
    }
    for (let row = 0; row < rows; row++) {
      const set = setOf?.[row] ?? 0
      setTexts[set] ??= encoder.encode(tagSets[set]?.join(''))
    }
    return sizes
  }

  /** Where the bytes of each commit stand: numbers from `start`, texts from `texts`. */
  const placesOf = (lengths: readonly number[], sizes: Uint32Array) => {
    let first = 0
    let start = 0
    return lengths.map((length) => {
      const last = first + length
      let texts = start
      let end = 0
      for (let row = first; row < last; row++) {
        const set = setOf?.[row] ?? 0
        texts += rowNumbersBytes(tagLengths[set]?.length ?? 0)
        end += (setTexts[set]?.length ?? 0) + (appTexts[appOf?.[row] ?? 0]?.length ?? 0) + (sizes[row] as number)
      }
      const part = { first, last, start, texts, end: texts + end }
      first = last
      start = part.end
      return part
    })
  }

  return {
    get isJson() {
      return proveJson()
    },
    commits: (lengths) => {
      const sizes = bounded()
      const places = placesOf(lengths, sizes)
      // one buffer for all: a log of single events has a thousand commits a run
      const out = new Uint8Array((places.at(-1)?.end ?? 0) + wordBytes)
      const view = new DataView(out.buffer)
      let chars = 0
      return places.map(({ first, last, start, texts, end }) => {
        let number = start
        let at = texts
        for (let row = first; row < last; row++) {
          const set = setOf === undefined ? 0 : (setOf[row] as number)
          const app = appOf === undefined ? 0 : (appOf[row] as number)
          const tags = tagLengths[set] ?? []
          for (const text of [setTexts[set], appTexts[app]] as Uint8Array[]) {
            out.set(text, at)
            at += text.length
          }
          const payloadAt = at
          at = weaveInto(view, at, row, set)
          const payload = ascii ? at - payloadAt : charsBetween(out, payloadAt, at)
          chars += payload
          for (const tag of tags) chars += tag
          if (chars > runCharsMax) tooMuch()
          number = writeRowNumbers(
            view,
            number,
            lamports[row] ?? 0,
            times[row] ?? 0,
            tags,
            apps[app]?.length ?? 0,
            payload,
          )
        }
        return out.subarray(start, end)
      })
    },
  }
}
