import { decode } from 'cborg'

/** A whole number as kept in `meta`; throws for anything else, since bytes on a device do flip. */
export const decodeCount = (bytes: Uint8Array): number => {
  const value: unknown = decode(bytes)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError('not a whole number')
}
