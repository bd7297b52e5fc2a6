/**
 * What a world has promised: which events were acknowledged, which are in doubt since their process died, which must not exist. What
 * is read from the disk is audited against it.
 */
import type { EventDraft, LogEvent, Published } from '../../src/core/event.ts'

export interface Publication {
  readonly id: number
  readonly drafts: readonly EventDraft[]
  readonly receipt?: string
  readonly progress?: { readonly key: string; readonly from: number; readonly to: number }
  /**
   * `asked`: no answer, so its events are there as a whole or not at all; `there`: acknowledged, or seen after a restart;
   * `refused`: its caller was told that nothing was written.
   */
  state: 'asked' | 'there' | 'refused'
  answer?: readonly Published[]
}

const fail = (what: string): never => {
  throw new Error(what)
}

export const createLedger = () => {
  const publications: Publication[] = []
  const byEvent = new Map<string, { readonly publication: Publication; readonly index: number }>()
  /** Stream and offset → what was ever seen there. */
  const places = new Map<string, string>()

  const settle = (publication: Publication, answer: readonly Published[]): void => {
    if (publication.answer !== undefined && JSON.stringify(publication.answer) !== JSON.stringify(answer))
      fail(`publication ${publication.id} was answered twice, differently`)
    if (answer.length !== publication.drafts.length) fail(`publication ${publication.id} was answered in part`)
    publication.state = 'there'
    publication.answer = answer
    for (const [index, { stream, offset }] of answer.entries()) {
      const place = `${stream}/${offset}`
      const content = publication.drafts[index]?.payload as { id: string }
      if (places.has(place) && places.get(place) !== content.id) fail(`offset ${place} was given out twice`)
      places.set(place, content.id)
    }
  }

  return {
    publications,
    asked: (publication: Publication): void => {
      publications.push(publication)
      publication.drafts.forEach(({ payload }, index) =>
        byEvent.set((payload as { id: string }).id, { publication, index }),
      )
    },
    settle,
    /** `events`: everything that is readable of this node's own streams, in event order. */
    audit: (events: readonly LogEvent[]): void => {
      const found = new Map<Publication, (LogEvent | undefined)[]>()
      let before: LogEvent | undefined
      const next = new Map<string, number>()
      for (const event of events) {
        const { id } = JSON.parse(event.payload) as { id: string }
        const known = byEvent.get(id) ?? fail(`an event that nobody published: ${event.payload}`)
        const { publication, index } = known
        if (publication.state === 'refused') fail(`event ${id} is there, but its caller was told that it is not`)
        if (JSON.stringify(publication.drafts[index]?.payload) !== event.payload)
          fail(`event ${id} has another payload`)
        const all = found.get(publication) ?? publication.drafts.map(() => undefined)
        found.set(publication, all)
        if (all[index] !== undefined) fail(`event ${id} is there twice`)
        all[index] = event
        if (event.offset !== (next.get(event.stream) ?? 0)) fail(`a hole before ${event.stream}/${event.offset}`)
        next.set(event.stream, event.offset + 1)
        if (before !== undefined && event.lamport <= before.lamport) fail(`lamport ${event.lamport} does not grow`)
        if (before !== undefined && event.timestamp < before.timestamp) fail(`timestamp ${event.timestamp} goes back`)
        before = event
      }
      for (const publication of publications) {
        const all = found.get(publication)
        if (publication.drafts.length === 0) continue
        if (all === undefined) {
          if (publication.state === 'there') fail(`publication ${publication.id} is lost`)
          continue
        }
        const answer = all.map((event): Published =>
          event === undefined
            ? fail(`publication ${publication.id} is torn`)
            : { lamport: event.lamport, stream: event.stream, offset: event.offset, timestamp: event.timestamp },
        )
        settle(publication, answer)
      }
    },
  }
}
