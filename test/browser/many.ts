/** Thousands of events, written and compared inside the pages: what would take too long to carry to the test and back. */
import type { Tablet } from './tablets.ts'

/** In one publication. */
const atOnce = 2000

/** Publishes numbered events of about 450 bytes, of which half are random digits: they do not pack to nothing. */
export const publishMany = async (tablet: Tablet, name: string, count: number): Promise<void> => {
  for (let from = 0; from < count; from += atOnce) {
    await tablet.page.evaluate(
      async ([by, first, end]) => {
        const digits = (): string => Math.random().toString(36).slice(2, 12)
        const events = Array.from({ length: end - first }, (_, index) => ({
          tags: ['many', `by:${by}`],
          payload: {
            n: first + index,
            by,
            machine: `press ${index % 40}`,
            values: Array.from({ length: 20 }, digits),
            note: 'measured between two strokes, with the guard closed and the oil at its temperature',
          },
        }))
        await window.shoal.publish(events)
      },
      [name, from, Math.min(count, from + atOnce)] as const,
    )
  }
}

export interface Survey {
  readonly count: number
  /** As many as there are names and numbers. */
  readonly distinct: number
  /** SHA-256 of name, number and place of each, in the order of the log. */
  readonly digest: string
}

/** Of all that `publishMany` has written. */
export const survey = (tablet: Tablet): Promise<Survey> =>
  tablet.page.evaluate(async () => {
    const places: string[] = []
    const names = new Set<string>()
    for await (const item of window.shoal.query("FROM 'many'")) {
      if (item.type !== 'event') continue
      const { by, n } = item.payload as { readonly by: string; readonly n: number }
      names.add(`${by} ${n}`)
      places.push(`${by} ${n} ${item.lamport} ${item.stream} ${item.offset}`)
    }
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(places.join('\n')))
    const digest = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
    return { count: places.length, distinct: names.size, digest }
  })
