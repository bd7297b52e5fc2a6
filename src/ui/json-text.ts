/**
 * JSON as text without loss, and the place where a text stops being JSON. `JSON.stringify` turns −0 into 0, and `JSON.parse` says where
 * it failed in words that differ by browser; both matter here: exports must come back unchanged, editors must point at a column.
 */

const newline = (indent: number, depth: number): string => (indent ? `\n${' '.repeat(indent * depth)}` : '')

const write = (value: unknown, indent: number, depth: number): string => {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const inner = newline(indent, depth + 1)
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[${value.map((item) => inner + write(item, indent, depth + 1)).join(',')}${newline(indent, depth)}]`
  }
  const entries = Object.entries(value)
  if (entries.length === 0) return '{}'
  const colon = indent ? ': ' : ':'
  const members = entries.map(([key, item]) => inner + JSON.stringify(key) + colon + write(item, indent, depth + 1))
  return `{${members.join(',')}${newline(indent, depth)}}`
}

/** The text that `JSON.parse` turns into an equal value, −0 and `__proto__` included. `indent` 0 writes one line. */
export const jsonText = (value: unknown, indent = 0): string => write(value, indent, 0)

/** Levels of arrays and objects; 0 for a plain value. */
export const jsonDepth = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  let deepest = 0
  for (const item of Object.values(value)) deepest = Math.max(deepest, jsonDepth(item))
  return deepest + 1
}

export interface JsonProblem {
  /** From 1, in UTF-16 code units. */
  readonly line: number
  readonly column: number
  /** What stands there; empty at the end of the text. */
  readonly found: string
}

const blank = /[ \t\n\r]*/y
const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// A lone control character or an unknown escape ends the match early, which is where the problem is.
// oxlint-disable-next-line no-control-regex
const stringBody = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y

/** Walks over one value and throws its position, as a number, where it cannot go on. */
const scan = (text: string, start: number): number => {
  let at = start
  const match = (pattern: RegExp): number => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0].length ?? 0
  }
  const skip = (): void => {
    at += match(blank)
  }
  const expect = (literal: string): void => {
    for (const character of literal) {
      if (text[at] !== character) throw at
      at++
    }
  }
  const string = (): void => {
    expect('"')
    at += match(stringBody)
    expect('"')
  }
  // An explicit stack: a text may nest deeper than calls may.
  const open: ('[' | '{')[] = []
  for (;;) {
    skip()
    const first = text[at]
    let closed = true
    if (first === '[' || first === '{') {
      at++
      skip()
      if (text[at] === (first === '[' ? ']' : '}')) at++
      else {
        open.push(first)
        closed = false
      }
    } else if (first === '"') string()
    else if (first === 't') expect('true')
    else if (first === 'f') expect('false')
    else if (first === 'n') expect('null')
    else {
      const length = match(numeral)
      if (length === 0) throw at
      at += length
    }
    while (closed && open.length > 0) {
      skip()
      const top = open[open.length - 1]
      if (text[at] === ',') {
        at++
        closed = false
      } else {
        expect(top === '[' ? ']' : '}')
        open.pop()
      }
    }
    if (closed) return at
    if (open[open.length - 1] === '{') {
      skip()
      string()
      skip()
      expect(':')
    }
  }
}

/** Where `text` stops being JSON; undefined when it is JSON. */
export const jsonProblem = (text: string): JsonProblem | undefined => {
  let at: number
  try {
    at = scan(text, 0)
    blank.lastIndex = at
    at += blank.exec(text)?.[0].length ?? 0
    if (at === text.length) return undefined
  } catch (position) {
    if (typeof position !== 'number') throw position
    at = position
  }
  const before = text.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: at - lineStart + 1, found: text.slice(at, at + 1) }
}
