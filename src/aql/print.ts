/** The canonical text of a query: it parses to the same `Query` (unless its blanks make it longer than a query may be), and two spellings of one query print alike. */
import type { InterpolationPart, Pragma, Query, QueryOrder, Stage, TagExpr } from './ast.ts'
import { formatTimestamp } from './timestamp.ts'

const orderWords: Readonly<Record<QueryOrder, string>> = { asc: 'ASC', desc: 'DESC', 'stream-asc': 'STREAM' }

export const printQuery = (query: Query): string => {
  const { source } = query
  const words = ['FROM', printTagExpr(source.where)]
  if (query.features.length > 0) words.unshift(`FEATURES(${query.features.join(' ')})`)
  if (source.order !== undefined) words.push('ORDER', orderWords[source.order])
  words.push(...query.stages.map(printStage), 'END')
  return query.pragmas.map(printPragma).join('') + words.join(' ')
}

/** Every chain in parentheses, so that nobody has to know what binds tighter. */
export const printTagExpr = (expr: TagExpr): string => {
  switch (expr.type) {
    case 'tag':
      return `'${expr.tag.replaceAll("'", "''")}'`
    case 'interpolation':
      return `\`${expr.parts.map(printPart).join('')}\``
    case 'allEvents':
    case 'isLocal':
      return expr.type
    case 'appId':
      return `appId(${expr.appId})`
    case 'key':
      return `KEY ${expr.comparison} ${expr.lamport}/${expr.stream}`
    case 'time':
      return `TIME ${expr.comparison} ${expr.at.type === 'date' ? formatTimestamp(expr.at.micros) : `${expr.at.count}${expr.at.unit} ago`}`
    case 'and':
    case 'or':
      return `(${expr.of.map(printTagExpr).join(expr.type === 'and' ? ' & ' : ' | ')})`
  }
}

const printStage = (stage: Stage): string => `LIMIT ${stage.count}`

/** What would end the text, begin a value, or not be seen on paper is written as a number. */
const printPart = (part: InterpolationPart): string =>
  part.text.replace(/[`{\p{Cc}]/gu, (letter) => `{U+${letter.codePointAt(0)?.toString(16)}}`)

const printPragma = ({ name, text }: Pragma): string =>
  text.includes('\n') || /^\s/.test(text) ? `PRAGMA ${name}\n${text}\nENDPRAGMA\n` : `PRAGMA ${name} := ${text}\n`
