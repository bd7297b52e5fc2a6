/** Items of a stream as JSON lines. The payload of an event is JSON text already and goes out as it is. */
import type { LogEvent, OffsetMap } from '../core/event.ts'
import type { ReadBatch } from '../log/contract.ts'
import type { DiagnosticItem, TimeTravelItem } from './contract.ts'

/** What streams: batches of lines, made only when asked for. An empty batch says that nothing more is known for now. */
export type Lines = AsyncGenerator<readonly string[], void, void>

const eventHead = (event: LogEvent): string =>
  `{"type":"event","lamport":${event.lamport},"stream":"${event.stream}","offset":${event.offset},"timestamp":${event.timestamp},"tags":${JSON.stringify(event.tags)},"appId":"${event.appId}","payload":${event.payload}`

export const eventLine = (event: LogEvent): string => `${eventHead(event)}}`

export const monotonicEventLine = (event: LogEvent, caughtUp: boolean): string =>
  `${eventHead(event)},"caughtUp":${caughtUp}}`

export const offsetsLine = (offsets: OffsetMap): string => JSON.stringify({ type: 'offsets', offsets })

export const diagnosticLine = (severity: DiagnosticItem['severity'], message: string): string =>
  JSON.stringify({ type: 'diagnostic', severity, message })

export const timeTravelLine = ({ lamport, stream, offset }: TimeTravelItem['newStart']): string =>
  JSON.stringify({ type: 'timeTravel', newStart: { lamport, stream, offset } })

export const gapLine = ({ stream, from, count, reason }: Extract<ReadBatch, { type: 'gap' }>): string =>
  diagnosticLine(
    'warning',
    count === 1
      ? `Event ${from} of stream ${stream} cannot be read: ${reason}`
      : `Events ${from} to ${from + count - 1} of stream ${stream} cannot be read: ${reason}`,
  )

/** Severity error: the last line of a stream. */
export const outOfRange = 'Query bounds out of range: upper bound must be within the known present.'
