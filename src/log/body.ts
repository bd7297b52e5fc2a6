/**
 * The body of a run: events in columns. One codec (`columns`), written plain for small runs and deflated for sealed ones.
 *
 *   body    = commits lamports times apps tags tag-sets shapes columns
 *   commits = n, n × length                              events of each commit, in order
 *   lamports= n × (lamport − one before − 1)             the first against the header's firstLamport
 *   times   = n × zigzag(time − one before)              the first against the header's minTime
 *   apps    = k, k × text, [n × index, if k > 1]
 *   tags    = k, k × text                                the dictionary
 *   sets    = k, k × (m, m × index), [n × index, if k > 1]
 *   shapes  = k, k × text, [n × index, if k > 1]
 *   columns = UTF-8 to the end: per shape, per leaf one column (`columns.ts`)
 *
 * Numbers are varints, texts have their varint length before them.
 */
import type { ByteReader } from '../core/bytes.ts'
import { createByteReader, createByteWriter } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { AppId } from '../core/event.ts'
import { isAppId } from '../core/node-id.ts'
import type { Row } from './row.ts'
import type { Column } from './columns.ts'
import { createColumnReader, encodeColumn } from './columns.ts'
import type { Content } from './content.ts'
import { contentOf } from './content.ts'
import type { Shredded } from './shape.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A list of distinct values and the index of each row's one. */
const createDictionary = () => {
  const indexes = new Map<string, number>()
  const texts: string[] = []
  return {
    texts,
    index: (text: string): number => {
      const known = indexes.get(text)
      if (known !== undefined) return known
      indexes.set(text, texts.length)
      return texts.push(text) - 1
    },
  }
}

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
const unzigzag = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2)

/** `commits` are the lengths of the commits that `rows` consist of. */
export const encodeBody = (
  rows: readonly Row[],
  commits: readonly number[],
  minTime: number,
): Uint8Array<ArrayBuffer> => {
  const writer = createByteWriter(rows.length * 64 + 1024)
  const text = (value: string): void => writer.sized(encoder.encode(value))
  const indexed = (texts: readonly string[], indexes: readonly number[], write: (value: string) => void): void => {
    writer.varint(texts.length)
    for (const value of texts) write(value)
    if (texts.length > 1) for (const index of indexes) writer.varint(index)
  }

  writer.varint(commits.length)
  for (const length of commits) writer.varint(length)
  let lamport = (rows[0]?.lamport ?? 0) - 1
  for (const row of rows) {
    writer.varint(row.lamport - lamport - 1)
    lamport = row.lamport
  }
  let time = minTime
  for (const row of rows) {
    writer.varint(zigzag(row.timestamp - time))
    time = row.timestamp
  }
  const apps = createDictionary()
  const appOf = rows.map((row) => apps.index(row.appId))
  indexed(apps.texts, appOf, text)
  const tags = createDictionary()
  const sets = createDictionary()
  const setOf = rows.map((row) => sets.index(row.tags.map((tag) => tags.index(tag)).join(' ')))
  writer.varint(tags.texts.length)
  for (const tag of tags.texts) text(tag)
  indexed(sets.texts, setOf, (set) => {
    const members = set === '' ? [] : set.split(' ')
    writer.varint(members.length)
    for (const member of members) writer.varint(Number(member))
  })
  const shapes = createDictionary()
  const shapeOf = rows.map((row) => shapes.index(row.shape))
  indexed(shapes.texts, shapeOf, text)
  writer.bytes(encoder.encode(columnsOf(rows, shapeOf, shapes.texts.length, setOf, sets.texts.length)))
  return writer.done()
}

const columnsOf = (
  rows: readonly Row[],
  shapeOf: readonly number[],
  shapes: number,
  setOf: readonly number[],
  sets: number,
): string => {
  const members: number[][] = Array.from({ length: shapes }, () => [])
  shapeOf.forEach((shape, index) => members[shape]?.push(index))
  const columns: string[] = []
  for (const group of members) {
    const groupSets = group.map((index) => setOf[index] ?? 0)
    const groupLeaves = group.map((index) => rows[index]?.leaves ?? [])
    const width = groupLeaves[0]?.length ?? 0
    for (let leaf = 0; leaf < width; leaf++) {
      const leaves = groupLeaves.map((all) => all[leaf] ?? '')
      columns.push(encodeColumn(leaves, groupSets, sets))
    }
  }
  return columns.join('\n')
}

/** A decoded run: columns as read, payloads woven on demand. */
export interface Block {
  readonly from: number
  readonly count: number
  readonly commits: readonly number[]
  readonly lamports: readonly number[]
  readonly times: readonly number[]
  readonly apps: readonly AppId[]
  readonly appOf: readonly number[] | undefined
  readonly tagSets: readonly (readonly string[])[]
  readonly setOf: readonly number[] | undefined
  /** JSON text of the payload of the event at `index` (0-based in the block). */
  payload(index: number): string
  row(index: number): Row
  /** About how much memory it holds. */
  readonly bytes: number
}

/** A block as decoded from the bytes of a body. */
export interface DecodedBlock extends Block {
  /** Worked out anew by every call. Throws `ERR_MALFORMED`. */
  content(): Content
}

export interface BodyHeader {
  readonly from: number
  readonly count: number
  readonly firstLamport: number
  readonly lastLamport: number
  readonly minTime: number
  readonly maxTime: number
}

const malformed = (what: string): never => {
  throw new ShoalError('ERR_MALFORMED', `The body of a run is malformed: ${what}.`)
}

const readTexts = (reader: ByteReader, bound: number): string[] => {
  const count = reader.varint()
  if (count > bound) return malformed('a dictionary larger than the run')
  return Array.from({ length: count }, () => decoder.decode(reader.sized()))
}

const readIndexes = (reader: ByteReader, rows: number, values: number): number[] | undefined => {
  if (values === 0) return malformed('an empty dictionary')
  if (values === 1) return undefined
  const indexes: number[] = []
  for (let row = 0; row < rows; row++) {
    const index = reader.varint()
    indexes.push(index < values ? index : malformed('an index outside its dictionary'))
  }
  return indexes
}

const checked = <T>(decode: () => T): T => {
  try {
    return decode()
  } catch (cause) {
    if (cause instanceof ShoalError) throw cause
    throw new ShoalError('ERR_MALFORMED', 'The body of a run is malformed: a text is not UTF-8.', { cause })
  }
}

/** Checks the body against its header; throws `ERR_MALFORMED`. */
export const decodeBody = (raw: Uint8Array, header: BodyHeader): DecodedBlock =>
  checked(() => decodeColumns(raw, header))

const decodeColumns = (raw: Uint8Array, header: BodyHeader): DecodedBlock => {
  const reader = createByteReader(raw)
  const rows = header.count
  const commits = Array.from({ length: Math.min(reader.varint(), rows + 1) }, () => reader.varint())
  if (commits.includes(0) || commits.reduce((sum, length) => sum + length, 0) !== rows)
    malformed('commits do not add up')
  let lamport = header.firstLamport - 1
  const lamports: number[] = []
  for (let row = 0; row < rows; row++) lamports.push((lamport += reader.varint() + 1))
  if (lamports[0] !== header.firstLamport || lamport !== header.lastLamport) malformed('lamports do not fit the header')
  let time = header.minTime
  let minTime = Infinity
  let maxTime = -Infinity
  const times: number[] = []
  for (let row = 0; row < rows; row++) {
    time += unzigzag(reader.varint())
    if (time < minTime) minTime = time
    if (time > maxTime) maxTime = time
    times.push(time)
  }
  if (minTime !== header.minTime || maxTime !== header.maxTime) malformed('times do not fit the header')
  const apps = readTexts(reader, rows)
  if (!apps.every(isAppId)) malformed('an app id that is none')
  const appOf = readIndexes(reader, rows, apps.length)
  const dictionary = readTexts(reader, raw.length)
  const setCount = reader.varint()
  if (setCount > rows) malformed('a dictionary larger than the run')
  const tagSets = Array.from({ length: setCount }, () => readTagSet(reader, dictionary))
  const setOf = readIndexes(reader, rows, tagSets.length)
  const shapes = readTexts(reader, rows)
  const shapeOf = readIndexes(reader, rows, shapes.length)
  const columns = reader.bytes(reader.left)
  const payloads = createPayloads(columns, shapes, shapeOf, { setOf, count: tagSets.length }, rows)
  const app = (index: number): AppId => apps[appOf?.[index] ?? 0] as AppId
  const tags = (index: number): readonly string[] => tagSets[setOf?.[index] ?? 0] ?? []
  return {
    from: header.from,
    count: rows,
    commits,
    lamports,
    times,
    apps: apps as AppId[],
    appOf,
    tagSets,
    setOf,
    payload: payloads.text,
    row: (index) => ({
      lamport: lamports[index] ?? 0,
      timestamp: times[index] ?? 0,
      appId: app(index),
      tags: tags(index),
      ...payloads.shredded(index),
    }),
    bytes: raw.length * 2 + rows * 64,
    content: () =>
      checked(() => contentOf({ rows, lamports, times, apps, appOf, tagSets, setOf, shapes, shapeOf, columns })),
  }
}

const readTagSet = (reader: ByteReader, dictionary: readonly string[]): readonly string[] => {
  const length = reader.varint()
  if (length > dictionary.length) malformed('a tag set larger than its dictionary')
  return Array.from({ length }, () => dictionary[reader.varint()] ?? malformed('an index outside its dictionary'))
}

/** The texts between the leaves that vary, and those leaves; what is constant in this run is part of the texts. */
interface Weft {
  readonly texts: readonly string[]
  readonly columns: readonly Column[]
}

const weftOf = (pieces: readonly string[], columns: readonly Column[]): Weft => {
  const texts = [pieces[0] ?? '']
  const varying: Column[] = []
  columns.forEach((column, index) => {
    const after = pieces[index + 1] ?? ''
    if (column.by === 'constant') texts[texts.length - 1] += (column.lines[column.start] ?? '') + after
    else {
      varying.push(column)
      texts.push(after)
    }
  })
  return { texts, columns: varying }
}

/** A reader that has asked for so many payloads of a run will ask for more. */
const askedSinglyMax = 16

/** The columns are split when the first payload is asked for: most queries reject a run by its tags. */
const createPayloads = (
  bytes: Uint8Array,
  shapes: readonly string[],
  shapeOf: readonly number[] | undefined,
  sets: { readonly setOf: readonly number[] | undefined; readonly count: number },
  rows: number,
) => {
  const members = shapes.map(() => 0)
  /** Position of each row among those of its shape; left out where there is one shape. */
  const ranks = shapeOf?.map((shape) => {
    const position = members[shape] ?? 0
    members[shape] = position + 1
    return position
  })
  if (ranks === undefined) members[0] = rows
  const split = (): { columns: readonly (readonly Column[])[]; wefts: readonly Weft[] } => {
    const lines = bytes.length === 0 ? [] : decoder.decode(bytes).split('\n')
    const reader = createColumnReader(lines, sets.count)
    const pieces = shapes.map((shape) => shape.split('\n'))
    const columns = pieces.map((shape, index) => shape.slice(1).map(() => reader.column(members[index] ?? 0)))
    if (!reader.done) malformed('columns do not fit the shapes')
    return { columns, wefts: pieces.map((shape, index) => weftOf(shape, columns[index] ?? [])) }
  }
  let ready: ReturnType<typeof split> | undefined
  const leafAt = ({ by, lines, start }: Column, rank: number, row: number): string => {
    const at = by === 'rank' ? rank : by === 'set' ? (sets.setOf?.[row] ?? 0) : 0
    return lines[start + at] as string
  }
  const textAt = (index: number, wefts: readonly Weft[]): string => {
    const rank = ranks === undefined ? index : (ranks[index] as number)
    const set = sets.setOf === undefined ? 0 : (sets.setOf[index] as number)
    const { texts, columns } = wefts[shapeOf === undefined ? 0 : (shapeOf[index] as number)] as Weft
    let text = texts[0] as string
    // the innermost loop of every query and export: no call in it
    for (let leaf = 0; leaf < columns.length; leaf++) {
      const { by, lines, start } = columns[leaf] as Column
      text += (lines[by === 'rank' ? start + rank : start + set] as string) + (texts[leaf + 1] as string)
    }
    return text
  }
  /** Laid out and cut by the platform at once: that costs less than laying out each text by itself. */
  const wholeText = (wefts: readonly Weft[]): readonly string[] => {
    let text = textAt(0, wefts)
    for (let index = 1; index < rows; index++) text += `\n${textAt(index, wefts)}`
    return text.split('\n')
  }
  let asked = 0
  let whole: readonly string[] | undefined
  return {
    text: (index: number): string => {
      ready ??= split()
      if (whole === undefined && ++asked > askedSinglyMax) whole = wholeText(ready.wefts)
      return whole === undefined ? textAt(index, ready.wefts) : (whole[index] as string)
    },
    shredded: (index: number): Shredded => {
      ready ??= split()
      const shape = shapeOf?.[index] ?? 0
      const rank = ranks?.[index] ?? index
      return {
        shape: shapes[shape] ?? '',
        leaves: (ready.columns[shape] ?? []).map((column) => leafAt(column, rank, index)),
      }
    },
  }
}
