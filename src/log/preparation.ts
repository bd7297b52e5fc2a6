/** What is published, made ready for its place: normalised, shredded, routed, refused where it cannot be written. */
import { ShoalError } from '../core/errors.ts'
import type { AppId, EventDraft } from '../core/event.ts'
import type { Filterable } from '../core/event-filter.ts'
import { matches } from '../core/event-filter.ts'
import { isAppId, streamOf } from '../core/node-id.ts'
import { normaliseTags } from '../core/tags.ts'
import type { LogContext } from './context.ts'
import type { AppendOptions } from './contract.ts'
import { shred } from './shape.ts'
import { eventChars } from './size.ts'

/** An event that lacks only its place. */
export interface Prepared {
  readonly tags: readonly string[]
  readonly appId: AppId
  readonly shape: string
  readonly leaves: readonly string[]
  readonly chars: number
  readonly streamNumber: number
}

export const prepare = (
  context: LogContext,
  drafts: readonly EventDraft[],
  { appId, streamNumber }: AppendOptions,
): Prepared[] => {
  if (!isAppId(appId))
    throw new ShoalError('ERR_BAD_REQUEST', `"${String(appId)}" is not an app id such as com.example.app.`)
  return drafts.map(({ tags: given, payload }) => {
    const tags = normaliseTags(given)
    const shredded = shred(payload)
    const chars = eventChars({ ...shredded, tags })
    return { ...shredded, tags, appId, chars, streamNumber: streamNumber ?? routeOf(context, tags, appId) }
  })
}

const routeOf = (context: LogContext, tags: readonly string[], appId: AppId): number => {
  if (context.routing.routes.length === 0) return 0
  const event: Filterable = { tags, appId, lamport: 0, timestamp: 0, stream: streamOf(context.signer.id, 0) }
  return context.routing.routes.find(({ filter }) => matches(filter, event))?.streamNumber ?? 0
}

/** A device that was shut out must not believe that what it writes will be read (RULES 19). */
export const refusalOfCut = (context: LogContext, events: readonly Prepared[]): ShoalError | undefined =>
  events.every(({ streamNumber }) => context.cutFor(streamOf(context.signer.id, streamNumber)) === Infinity)
    ? undefined
    : new ShoalError(
        'ERR_REVOKED',
        'An admin has shut this device out, so nothing new is written. To go on, join the swarm again with an invitation.',
      )
