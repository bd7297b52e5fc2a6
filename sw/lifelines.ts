/** Responses that never end: they keep the worker alive, and their end tells a page at once that it has died. */
export interface Lifelines {
  open(): Response
  /** Aborts at the next retirement; for whatever else never ends by itself. */
  readonly signal: AbortSignal
  /** Ends all, and for a while opens none: the next worker can take over only when this one has nothing open. */
  retire(): void
}

/** Should nobody take over after all, pages may hold on again. Milliseconds. */
const retirementMax = 10_000

export const createLifelines = (): Lifelines => {
  const held = new Set<ReadableStreamDefaultController<Uint8Array>>()
  let isRetired = false
  let retirement = new AbortController()
  return {
    get signal() {
      return retirement.signal
    },
    open: () => {
      if (isRetired) return new Response(null, { status: 204 })
      let own: ReadableStreamDefaultController<Uint8Array> | undefined
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          own = controller
          held.add(controller)
        },
        cancel: () => {
          if (own !== undefined) held.delete(own)
        },
      })
      const headers = { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' }
      return new Response(body, { headers })
    },
    retire: () => {
      isRetired = true
      retirement.abort()
      retirement = new AbortController()
      setTimeout(() => (isRetired = false), retirementMax)
      for (const controller of held) {
        // the only thing a lifeline ever says: this is no death
        controller.enqueue(Uint8Array.of(0))
        controller.close()
      }
      held.clear()
    },
  }
}
