/** A recovery code as it is typed from paper, group by group: forgiving of what means the same, and saying which group cannot be right. */

/** Twelve groups of five characters, the last of three. */
export const groupCount = 12
const groupChars = 5
const lastChars = 3
const alphabet = /^[0-9A-HJKMNP-TV-Z]$/

export const groupLength = (index: number): number => (index === groupCount - 1 ? lastChars : groupChars)

/** What a person writes for the same character is that character; what separates groups goes. */
export const plainCode = (typed: string): string =>
  typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')

/** A whole code, or the rest of one, divided into groups from `first` on. What is too much stays in the last one, so that it is seen. */
export const dividedCode = (typed: string, first = 0): readonly string[] => {
  let rest = plainCode(typed)
  const groups: string[] = []
  for (let index = first; index < groupCount && rest !== ''; index++) {
    const length = index === groupCount - 1 ? rest.length : groupLength(index)
    groups.push(rest.slice(0, length))
    rest = rest.slice(length)
  }
  return groups
}

export type GroupFault = { readonly type: 'char'; readonly char: string } | { readonly type: 'length' }

/** What is wrong with a group that is said to be complete. */
export const groupFault = (group: string, index: number): GroupFault | undefined => {
  const foreign = [...group].find((char) => !alphabet.test(char))
  if (foreign !== undefined) return { type: 'char', char: foreign }
  return group.length === groupLength(index) ? undefined : { type: 'length' }
}

/** Which group the node's sentence names, from 0. */
export const namedGroup = (sentence: string): number | undefined => {
  const number = Number(/\bgroup (\d{1,2})\b/i.exec(sentence)?.[1] ?? 0)
  return number >= 1 && number <= groupCount ? number - 1 : undefined
}
