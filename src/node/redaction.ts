/**
 * Takes out of sentences what must not leave a device: known shapes of secrets wherever a sentence is written down, and what only its owner
 * should read where it is handed on. Errors quote what they were given, so that no sentence is safe by its author's care alone.
 */
import { isNodeId } from '../core/node-id.ts'

/** What stands in the place of what was taken out. */
const gone = {
  invitation: '[invitation]',
  code: '[code]',
  secret: '[secret]',
  data: '[data]',
  text: '[text]',
  address: '[address]',
} as const

/** Codes, words and host names may be as long, but are in one case, with short numbers. */
const isWord = (text: string): boolean =>
  /^(?:[A-Z]+(?:_[A-Z]+)*\d{0,3}|[A-Z]?[a-z]*\d{0,3}(?:[-_.][a-z]*\d{0,3})*|[-_=.]+)$/.test(text)

/** 43 characters of it are 32 bytes: a node, or a key; nobody can tell by its looks. */
const idChars = '[./0-9A-Za-z]'
const id = new RegExp(`(?<!${idChars}|[-_])${idChars}{43}(?![/0-9A-Za-z_=]|\\.[./0-9A-Za-z])`, 'g')

/** Marks, in the private use area, around what was looked at already. */
const open = '\uE000'
const shut = '\uE001'

interface Rules {
  /** Of ids; the answer stands in its place. */
  readonly id: (id: string) => string
  readonly isForOthers: boolean
}

const cleaned = (text: string, rules: Rules): string => {
  const kept: string[] = []
  const keep = (piece: string): string => `${open}${kept.push(piece) - 1}${shut}`
  const withoutQuoted = (piece: string): string =>
    rules.isForOthers
      ? piece
          .replaceAll(/\{[^{}]*\}(?:[^{}]*\})*|\[\s*[["{\d][^\]]*\]/g, () => keep(gone.data))
          .replaceAll(/"[^"]*"|“[^”]*”|„[^“]*“|«[^»]*»/g, () => keep(gone.text))
          .replaceAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, () => keep(gone.address))
      : piece
  const marked = withoutQuoted(
    text
      .replaceAll(/[\uE000\uE001]/g, ' ')
      // the whole link, or what was cut off of one
      .replaceAll(/(?:[a-z]+:\/\/[^\s"<>]*)?(?:#|%23)?(?:\/|%2F)join(?:\/|%2F)[^\s"<>]*/gi, () => keep(gone.invitation))
      .replaceAll(/\b(?:Bearer|Basic)\s+\S+/gi, () => keep(gone.secret))
      .replaceAll(/\b(?:wss?|https?):\/\/[^\s"<>]*[^\s"<>.,:;)]/gi, (found) => {
        const url = URL.canParse(found) ? new URL(found) : undefined
        // a host and the one path that is ours; whatever else an address carries may be a secret
        return keep(
          url === undefined
            ? gone.address
            : `${url.protocol}//${url.host}${/^\/signal\b/.exec(url.pathname)?.[0] ?? ''}`,
        )
      })
      // a recovery code, also with blanks or nothing between its groups
      .replaceAll(/\b(?:[0-9A-Z]{5}[- ]){3,}[0-9A-Z]{1,5}\b/gi, () => keep(gone.code)),
  )
  return marked
    .replaceAll(id, (found) => keep(rules.id(found)))
    .replaceAll(/(?<![\w+/=.])[\w+/=.-]{20,}(?<!\.)(?![\w+/=])/g, (found) =>
      isWord(found) ? found : keep(gone.secret),
    )
    .replaceAll(new RegExp(`${open}(\\d+)${shut}`, 'g'), (_, at: string) => kept[Number(at)] ?? '')
}

/** For a diary: no secret is written down, whatever a sentence quotes. */
export const withoutSecrets = (text: string): string =>
  cleaned(text, { id: (found) => (isNodeId(found) ? found : gone.secret), isForOthers: false })

/**
 * For somebody else: no quoted words (names of devices and of people), no payloads either, and no ids but those of members; others are numbered,
 * so that one can still be told from another. One for all sentences that are handed on together.
 */
export const createRedaction = (isMember: (id: string) => boolean): ((text: string) => string) => {
  const strangers = new Map<string, number>()
  const name = (found: string): string => {
    if (isMember(found)) return found
    const number = strangers.get(found) ?? strangers.size + 1
    strangers.set(found, number)
    return `[stranger ${number}]`
  }
  return (text) => cleaned(text, { id: name, isForOthers: true })
}
