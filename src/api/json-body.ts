/** JSON that others wrote: parsed by the platform; only when that fails is the text walked, to say where it stops being JSON. */
import { badRequest } from './errors.ts'

/** `line 1 column 2`, as text editors count. */
export const placeOf = (text: string, at: number): string => {
  const before = text.slice(0, at)
  return `line ${before.split('\n').length} column ${at - before.lastIndexOf('\n')}`
}

const spaces = /[ \t\n\r]*/y
const scalars = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const escapes = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** Behind the string that begins at `from`; `undefined` when none does. By hand, since a pattern needs a stack for ten million letters. */
const endOfString = (text: string, from: number): number | undefined => {
  if (text[from] !== '"') return undefined
  for (let at = from + 1; at < text.length; at++) {
    const letter = text.charCodeAt(at)
    if (letter === 0x22) return at + 1
    if (letter < 0x20) return undefined
    if (letter !== 0x5c) continue
    escapes.lastIndex = at
    if (!escapes.test(text)) return undefined
    at = escapes.lastIndex - 1
  }
  return undefined
}

/** Where, and what was expected there. Never recursive: what it reads may be nested without bound. */
const findFault = (text: string): { readonly at: number; readonly expected: string } => {
  const open: ('[' | '{')[] = []
  let at = 0
  let expects: 'value' | 'value or `]`' | 'key' | 'key or `}`' | '`:`' | 'next' = 'value'
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  const takeString = (): boolean => {
    const end = endOfString(text, at)
    at = end ?? at
    return end !== undefined
  }
  for (;;) {
    take(spaces)
    const letter = text[at]
    const inside = open.at(-1)
    switch (expects) {
      case 'value':
      case 'value or `]`':
        if (letter === '[' || letter === '{') {
          open.push(letter)
          at++
          expects = letter === '[' ? 'value or `]`' : 'key or `}`'
        } else if (letter === ']' && expects === 'value or `]`') {
          open.pop()
          at++
          expects = 'next'
        } else if (take(scalars) || takeString()) expects = 'next'
        else return { at, expected: expects }
        break
      case 'key':
      case 'key or `}`':
        if (letter === '}' && expects === 'key or `}`') {
          open.pop()
          at++
          expects = 'next'
        } else if (takeString()) expects = '`:`'
        else return { at, expected: expects }
        break
      case '`:`':
        if (letter !== ':') return { at, expected: expects }
        at++
        expects = 'value'
        break
      case 'next':
        if (inside === undefined) return { at, expected: 'nothing more' }
        if (letter === ',') expects = inside === '[' ? 'value' : 'key'
        else if (letter === (inside === '[' ? ']' : '}')) open.pop()
        else return { at, expected: inside === '[' ? '`,` or `]`' : '`,` or `}`' }
        at++
    }
  }
}

/** Throws `ERR_BAD_REQUEST` with line and column. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    const { at, expected } = findFault(text)
    throw badRequest(`${at >= text.length ? 'unexpected end, ' : ''}expected ${expected} at ${placeOf(text, at)}`)
  }
}
