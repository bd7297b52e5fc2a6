import { ShoalError } from './errors.ts'
import { tagCharsMax, tagsPerEventMax } from './limits.ts'

/** Tags as stored: NFC, sorted by code unit, without duplicates. Throws `ERR_BAD_REQUEST` for what is no tag. */
export const normaliseTags = (tags: readonly string[]): readonly string[] => {
  if (tags.length > tagsPerEventMax) {
    throw new ShoalError(
      'ERR_BAD_REQUEST',
      `An event has at most ${tagsPerEventMax} tags; this one has ${tags.length}.`,
    )
  }
  const normal = tags.map((tag) => {
    if (typeof tag !== 'string' || tag === '') throw new ShoalError('ERR_BAD_REQUEST', 'A tag is a non-empty string.')
    if (tag.length > tagCharsMax)
      throw new ShoalError('ERR_BAD_REQUEST', `A tag has at most ${tagCharsMax} characters.`)
    // a lone surrogate has no UTF-8, so it could not be signed and read back
    if (!tag.isWellFormed())
      throw new ShoalError('ERR_BAD_REQUEST', 'A tag is well-formed Unicode, without lone surrogates.')
    return tag.normalize('NFC')
  })
  return normal.length < 2 ? normal : [...new Set(normal)].toSorted()
}
