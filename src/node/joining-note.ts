/**
 * What a join leaves on the shelf so that it goes on after a restart: under the note `joining` a CBOR array of version, state, the name of the
 * new log, the name of the one it takes over from, the invitation as a link, and since when.
 */
import { decode, encode } from 'cborg'
import { errorCode } from '../core/errors.ts'
import { readRunKey } from '../log/run-key.ts'
import type { Store } from '../store/contract.ts'
import type { Shelf } from '../store/shelf.ts'
import { readInvitation, writeInvitation } from '../swarm/invitation.ts'
import type { Invitation } from '../swarm/contract.ts'
import { descriptionStream } from '../swarm/swarm-event.ts'

/** Of a write that somebody else's opening of the store got in the way of. */
const triesMax = 3
const noteKey = 'joining'
const noteVersion = 1
const states = ['preparing', 'joining', 'moving'] as const
/** Keys of runs looked at together. */
const keysAtOnce = 200

export interface JoiningNote {
  /** `preparing`: the new log may be there or not; `joining`; `moving`: it is a member, and its log is to be the current one. */
  readonly state: (typeof states)[number]
  /** Empty while preparing. */
  readonly name: string
  /** The log that was current when the join began. */
  readonly former: string
  readonly invitation: Invitation
  /** Microseconds since the epoch. */
  readonly since: number
}

export const keepNote = (shelf: Shelf, { state, name, former, invitation, since }: JoiningNote): Promise<void> =>
  shelf.setNote(
    noteKey,
    new Uint8Array(encode([noteVersion, state, name, former, writeInvitation('shoal://join', invitation), since])),
  )

export const dropNote = async (shelf: Shelf): Promise<void> => {
  if ((await shelf.note(noteKey)) !== undefined) await shelf.setNote(noteKey, undefined)
}

const isState = (state: unknown): state is JoiningNote['state'] => states.some((one) => one === state)

/** Undefined where there is none, or none that can be read: a join is then begun again by hand. */
export const readNote = async (shelf: Shelf): Promise<JoiningNote | undefined> => {
  const kept = await shelf.note(noteKey)
  if (kept === undefined) return undefined
  try {
    const [version, state, name, former, link, since] = decode(kept) as unknown[]
    if (version !== noteVersion || !isState(state) || typeof name !== 'string' || typeof former !== 'string')
      return undefined
    if (typeof link !== 'string' || typeof since !== 'number') return undefined
    // whether it has expired is for the members to say by now
    return { state, name, former, invitation: await readInvitation(link, 0), since }
  } catch {
    return undefined
  }
}

/** Whether nothing is in a log but what its device was called. */
const isLogEmpty = async (shelf: Shelf, name: string): Promise<boolean> => {
  const store = await shelf.openStore(name)
  try {
    for (let from = ''; ;) {
      const keys = await store.keys('runs', { from, limit: keysAtOnce })
      // what cannot be read may be worth keeping
      if (!keys.every((key) => readRunKey(key)?.stream.endsWith(`-${descriptionStream}`) === true)) return false
      if (keys.length < keysAtOnce) return true
      from = `${keys.at(-1)}\u0000`
    }
  } finally {
    await store.close()
  }
}

/** After the move to the log of the new swarm: the one before goes where it held nothing, and is kept to be read where it did. */
export const tidyFormer = async (shelf: Shelf, former: string): Promise<void> => {
  const names = await shelf.names()
  if (!names.includes(former) || (await shelf.current()) === former) return
  if (await isLogEmpty(shelf, former)) await shelf.remove(former)
}

/** Opened for as long as it takes: whoever lists the logs of this device opens them all, and the last to open a store is its only writer. */
export const withStore = async <T>(shelf: Shelf, name: string, action: (store: Store) => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    const store = await shelf.openStore(name)
    try {
      return await action(store)
    } catch (error) {
      if (errorCode(error) !== 'ERR_STORE_FENCED' || tries === triesMax) throw error
    } finally {
      await store.close()
    }
  }
}
