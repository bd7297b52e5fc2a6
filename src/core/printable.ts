/** Somebody else's words, for a diary or a screen: no line breaks, no control characters, nothing that turns the direction of writing. */
export const printable = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
