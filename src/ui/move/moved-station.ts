/** Whether the station that serves this page is at another address now: what a device keeps belongs to the address it was opened at. */

/** Where a station says what it is. */
const factsPath = '/station.json'

/** `said`: what the station says of its origin. Undefined: this page is where it belongs. */
export const movedTo = (said: unknown, here: Pick<Location, 'protocol' | 'origin'>): string | undefined => {
  // at localhost the station itself is looked at, which is no tablet
  if (here.protocol !== 'https:' || typeof said !== 'string' || said.length > 300) return undefined
  try {
    const { protocol, origin } = new URL(said)
    return protocol === 'https:' && origin === said && origin !== here.origin ? origin : undefined
  } catch {
    return undefined
  }
}

/** Undefined also where nothing answers, or something that is no station. */
export const findMove = async (): Promise<string | undefined> => {
  if (location.protocol !== 'https:') return undefined
  try {
    const answer = await fetch(factsPath, { cache: 'no-store' })
    if (!answer.ok) return undefined
    const facts: unknown = await answer.json()
    return movedTo((facts as { readonly origin?: unknown } | null)?.origin, location)
  } catch {
    return undefined
  }
}

/** The same invitation, opened at another origin. */
export const linkAt = (origin: string, link: string): string => `${origin}/${new URL(link).hash}`
