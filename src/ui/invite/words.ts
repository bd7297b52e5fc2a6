/** What is said of an invitation: who it is for, how many are in, and whether it still lets anybody in. */
import type { DeviceStatus, InvitationStatus } from '../../client/contract.ts'
import { nameOf } from '../devices/words.ts'
import type { Text } from '../text.ts'

export type InvitationState = 'open' | 'used' | 'expired' | 'withdrawn'

/** `now`: microseconds since the epoch. */
export const stateOf = (
  { isWithdrawn, admitted, uses, expires }: Pick<InvitationStatus, 'isWithdrawn' | 'admitted' | 'uses' | 'expires'>,
  now: number,
): InvitationState => {
  if (isWithdrawn) return 'withdrawn'
  if (admitted.length >= uses) return 'used'
  return expires <= now ? 'expired' : 'open'
}

/** As a pattern is sent: several devices under one name would be mistaken for each other. */
export const patternFor = (typed: string, uses: number): string | undefined => {
  const pattern = typed.trim().replaceAll(/\s+/g, ' ')
  if (pattern === '') return undefined
  return uses > 1 && !pattern.includes('{n}') ? `${pattern} {n}` : pattern
}

/** The first names of a pattern, and the last. */
export const exampleNames = (pattern: string, uses: number): readonly string[] =>
  (uses === 1 ? [1] : uses === 2 ? [1, 2] : [1, 2, uses]).map((count) => pattern.replaceAll('{n}', String(count)))

/** `Line 3 – 1, Line 3 – 2 to Line 3 – 20` */
export const namesWords = (pattern: string, uses: number, text: Text): string => {
  const names = exampleNames(pattern, uses)
  const last = names.at(-1) ?? ''
  if (names.length < 3) return names.join(', ')
  const isGap = uses > 3
  return `${names.slice(0, -1).join(', ')}${isGap ? ` ${text.say('invite.previewTo')} ` : ', '}${last}`
}

export const invitationTitle = (
  { uses, profile, replaces }: Pick<InvitationStatus, 'uses' | 'profile' | 'replaces'>,
  devices: readonly DeviceStatus[],
  text: Text,
): string => {
  if (replaces !== undefined) return text.say('invite.forReplacing', { name: nameOf(replaces, devices, text) })
  if (profile?.name !== undefined) return profile.name.replaceAll('{n}', uses === 1 ? '1' : '…')
  return uses === 1 ? text.say('invite.forOne') : text.say('invite.forMany', { count: uses })
}

/** Microseconds for which somebody is said to have come in just now. */
const justNow = 10_000_000

/** When this page saw devices come in; those that were in before it looked have no time. */
export interface Arrivals {
  learn(invitations: readonly InvitationStatus[], now: number): void
  at(node: string): number | undefined
}

export const createArrivals = (): Arrivals => {
  const times = new Map<string, number | undefined>()
  const known = new Set<string>()
  let hasLooked = false
  return {
    learn: (invitations, now) => {
      for (const { id, admitted } of invitations) {
        // an invitation made before our eyes begins with nobody
        const isWatched = hasLooked || known.has(id)
        known.add(id)
        for (const node of admitted) if (!times.has(node)) times.set(node, isWatched ? now : undefined)
      }
      hasLooked = true
    },
    at: (node) => times.get(node),
  }
}

export interface CounterWords {
  readonly count: string
  /** Who came in last, and when; empty where nobody has. */
  readonly latest: string
}

export const counterWords = (
  { uses, admitted }: Pick<InvitationStatus, 'uses' | 'admitted'>,
  devices: readonly DeviceStatus[],
  { arrivals, now, text }: { readonly arrivals: Arrivals; readonly now: number; readonly text: Text },
): CounterWords => {
  const last = admitted.at(-1)
  if (last === undefined) return { count: text.say('invite.inNone'), latest: '' }
  const count = text.say('invite.in', { count: admitted.length, uses })
  const name = nameOf(last, devices, text)
  const at = arrivals.at(last)
  if (at === undefined) return { count, latest: text.say('invite.last', { name }) }
  const time = now - at < justNow ? text.say('invite.justNow') : text.ago(at, now)
  return { count, latest: text.say('invite.latest', { name, time }) }
}

/** Open ones first, those that were made last above; then what is over. */
export const sortedInvitations = (
  invitations: readonly InvitationStatus[],
  now: number,
): readonly InvitationStatus[] => {
  const newestFirst = invitations.toReversed()
  const isOpen = (invitation: InvitationStatus): boolean => stateOf(invitation, now) === 'open'
  return [...newestFirst.filter(isOpen), ...newestFirst.filter((invitation) => !isOpen(invitation))]
}
