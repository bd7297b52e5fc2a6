/**
 * One port to the worker, and how it sounds. A worker that stops takes its ports along without a sign, so a line only knows when it
 * was last heard and since when it owes an answer; `link.ts` judges.
 */
import { createOutbox } from '../api/outbox.ts'
import type { PortAnswer, PortRequest } from '../api/port-contract.ts'
import type { Clock } from '../core/clock.ts'

/** The part of a MessagePort that we need. */
export interface Port {
  postMessage(value: unknown): void
  onmessage: ((event: MessageEvent) => void) | null
  close(): void
}

export interface Line {
  readonly ready: boolean
  /** Milliseconds since it was heard first; undefined before. */
  spokenFor(): number | undefined
  /** Milliseconds since it was heard, or since it began to owe us an answer, whichever is less. */
  silence(): number
  /** Milliseconds since a probe that is not answered yet; undefined when none is out. */
  probing(): number | undefined
  send(request: PortRequest): void
  probe(): void
  close(): void
}

export const createLine = (port: Port, clock: Clock, onAnswer: (answer: PortAnswer) => void): Line => {
  let ready = false
  let heardFirst: number | undefined
  let quietSince = clock.monotonic()
  let probedAt: number | undefined
  let owed = false
  let probes = 0

  const outbox = createOutbox<PortRequest>((requests) => port.postMessage(requests))

  port.onmessage = ({ data }: MessageEvent<readonly PortAnswer[]>) => {
    owed = false
    probedAt = undefined
    quietSince = clock.monotonic()
    heardFirst ??= quietSince
    for (const answer of data) {
      if (answer.type === 'ready') ready = true
      if (answer.type !== 'alive') onAnswer(answer)
    }
  }
  const send = (request: PortRequest): void => {
    if (!owed) {
      owed = true
      quietSince = clock.monotonic()
    }
    outbox.send(request)
  }
  return {
    get ready() {
      return ready
    },
    spokenFor: () => (heardFirst === undefined ? undefined : clock.monotonic() - heardFirst),
    silence: () => clock.monotonic() - quietSince,
    probing: () => (probedAt === undefined ? undefined : clock.monotonic() - probedAt),
    send,
    probe: () => {
      probedAt ??= clock.monotonic()
      send({ type: 'probe', id: probes++ })
    },
    close: () => {
      outbox.flush()
      port.onmessage = null
      port.close()
    },
  }
}
