import type { StreamId } from './event.ts'
import { streamsPerNodeMax } from './limits.ts'

/** Whether other nodes store it, see `streamsPerNodeMax`. */
export const isKeptStream = (stream: StreamId): boolean => Number(stream.slice(44)) < streamsPerNodeMax
