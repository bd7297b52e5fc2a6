/** A stream of lines as the body of an answer: pulled by whoever reads it, stopped when nobody does. */
import type { Clock } from '../core/clock.ts'
import { createChunks } from './chunks.ts'
import { apiError } from './errors.ts'
import type { Lines } from './items.ts'
import { diagnosticLine } from './items.ts'

/** A silent stream says a bare newline this often, so that nobody in between takes it for dead. Milliseconds. */
const keepAlive = 15_000

export const ndjsonBody = (
  open: (signal: AbortSignal) => Lines,
  clock: Clock,
  reader: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const work = new AbortController()
  const chunks = createChunks(open(work.signal), clock, keepAlive)
  const encoder = new TextEncoder()
  let isCancelled = false
  const stop = (): void => {
    reader.removeEventListener('abort', stop)
    work.abort()
    chunks.close()
  }
  reader.addEventListener('abort', stop)
  if (reader.aborted) stop()
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async (controller) => {
        try {
          const chunk = await chunks.next()
          if (isCancelled) return
          if (chunk.type === 'lines') controller.enqueue(encoder.encode(`${chunk.lines}\n`))
          else if (chunk.type === 'idle') controller.enqueue(encoder.encode('\n'))
          else {
            stop()
            controller.close()
          }
        } catch (error) {
          const wasStopped = work.signal.aborted
          stop()
          if (isCancelled) return
          if (!wasStopped) controller.enqueue(encoder.encode(`${diagnosticLine('error', apiError(error).message)}\n`))
          controller.close()
        }
      },
      cancel: () => {
        isCancelled = true
        stop()
      },
    },
    { highWaterMark: 1 },
  )
}
