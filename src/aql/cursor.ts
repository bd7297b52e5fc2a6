/** A lexer that remembers what was looked for in vain since the last thing found, so that every error can say what was expected. */
import type { AqlError } from './error.ts'
import { syntaxError } from './error.ts'
import type { Token } from './lexer.ts'
import { createLexer } from './lexer.ts'

export interface Cursor {
  readonly text: string
  peek(): Token
  /** Whether the word or symbol comes next; if so, it is taken. */
  take(spelling: string): boolean
  takeOf<T extends Token['type']>(type: T, name: string): Extract<Token, { type: T }> | undefined
  scan(pattern: RegExp, from: 'here' | 'behind blanks', name: string): RegExpExecArray | undefined
  moveTo(at: number): void
  /** Says that this, too, could come next; for what is recognised by other means. */
  miss(name: string): void
  /** Throws unless the word or symbol comes next. */
  expect(spelling: string): void
  /** The error at the next token: everything that was looked for there. */
  error(): AqlError
}

const isWord = (spelling: string): boolean => /^\p{Alphabetic}/u.test(spelling)

export const createCursor = (text: string): Cursor => {
  const lexer = createLexer(text)
  const missed = new Set<string>()

  const take = (spelling: string): boolean => {
    const token = lexer.peek()
    if ((token.type === 'word' || token.type === 'symbol') && token.text === spelling) {
      lexer.next()
      missed.clear()
      return true
    }
    missed.add(isWord(spelling) ? spelling : `\`${spelling}\``)
    return false
  }
  const error = (): AqlError => {
    const { start, end } = lexer.peek()
    return syntaxError(text, start, text.slice(start, end), [...missed])
  }
  return {
    text,
    peek: lexer.peek,
    take,
    takeOf: <T extends Token['type']>(type: T, name: string) => {
      const token = lexer.peek()
      if (token.type !== type) {
        missed.add(name)
        return undefined
      }
      lexer.next()
      missed.clear()
      return token as Extract<Token, { type: T }>
    },
    scan: (pattern, from, name) => {
      const match = lexer.scan(pattern, from)
      if (match === undefined) missed.add(name)
      else missed.clear()
      return match
    },
    moveTo: (at) => {
      lexer.moveTo(at)
      missed.clear()
    },
    miss: (name) => void missed.add(name),
    expect: (spelling) => {
      if (!take(spelling)) throw error()
    },
    error,
  }
}
