/**
 * What a node and a signalling station say to each other: one JSON object a WebSocket text frame, at path `/signal`. The node goes first.
 *
 *   node → station                      station → node
 *   hello  {v}                          hello   {v}                        once, first
 *   enter  {room}                       entered {room, you, present}       ids of the others there, and one's own
 *   leave  {room}                       present {room, id}                 somebody has come in
 *   note   {room, to, body}             gone    {room, id}
 *   beat   {}                           note    {room, from, body}
 *   ask    {}                           beat    {}                         every `beatEvery`, and when asked; a node answers in kind
 *                                       refused {code, message, room?}     with `room`: only that; without: the connection ends
 *
 * Rooms are names nobody can guess, the ids in them are random, made by the station for one stay and of no meaning elsewhere, and the body of a
 * note is sealed under a key the station does not have. A note for somebody who is not there (any more) is dropped. Types and fields that
 * a reader does not know are ignored, so that a later version can add some.
 */

export const signallingVersion = 1

export type NodeWord =
  | { readonly type: 'hello'; readonly v: number }
  | { readonly type: 'enter'; readonly room: string }
  | { readonly type: 'leave'; readonly room: string }
  | { readonly type: 'note'; readonly room: string; readonly to: string; readonly body: string }
  | { readonly type: 'beat' }
  | { readonly type: 'ask' }

export type StationWord =
  | { readonly type: 'hello'; readonly v: number }
  | { readonly type: 'entered'; readonly room: string; readonly you: string; readonly present: readonly string[] }
  | { readonly type: 'present'; readonly room: string; readonly id: string }
  | { readonly type: 'gone'; readonly room: string; readonly id: string }
  | { readonly type: 'note'; readonly room: string; readonly from: string; readonly body: string }
  | { readonly type: 'beat' }
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly message: string; readonly room?: string }

/** `…_FULL`: come back later; `…_VERSION`: one of both is too old; the others are for who writes a client. */
export type RefusalCode =
  | 'ERR_SIGNAL_VERSION'
  | 'ERR_SIGNAL_FULL'
  | 'ERR_SIGNAL_ROOM_FULL'
  | 'ERR_SIGNAL_ROOMS'
  | 'ERR_SIGNAL_RATE'
  | 'ERR_SIGNAL_SILENT'
  | 'ERR_SIGNAL_SLOW'
  | 'ERR_SIGNAL_MALFORMED'
  | 'ERR_SIGNAL_SIZE'
  | 'ERR_SIGNAL_ENDING'

/** Of a WebSocket that the station closes after a `refused`; the code says more. */
export const refusedCloseCode = 4400

/** The station says a `beat` this often, and cuts whoever says nothing for `silenceMax`; a node does likewise. Milliseconds. */
export const beatEvery = 20_000
export const stationSilenceMax = 50_000
/** Body of a note in characters: crypt-base64 of a signal of `signalBytesMax` with its wrapping and sealing. */
export const noteCharsMax = 24_576
/** A whole text frame from a node. */
export const wordCharsMax = noteCharsMax + 1024
/** Notes a node may send per second, and at once after a rest: entering a room, it greets everybody there. */
export const notesPerSecond = 50
export const notesAtOnce = 300
/** Rooms of one connection: its swarm's, and one for each open invitation. */
export const roomsPerConnectionMax = 64
/** Members of one room: a greeting goes to each, so more than this would be a flood. */
export const membersPerRoomMax = 512

const roomName = /^[A-Za-z0-9./]{43}$/
const shortId = /^[A-Za-z0-9./]{16}$/
const sealedText = /^[A-Za-z0-9./]+$/

/** Bytes of an id in a room. */
export const presenceIdBytes = 12

/** 32 bytes in crypt-base64. */
export const isRoomName = (value: unknown): value is string => typeof value === 'string' && roomName.test(value)
export const isPresenceId = (value: unknown): value is string => typeof value === 'string' && shortId.test(value)
export const isNoteBody = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= noteCharsMax && sealedText.test(value)

/** The object in a text frame, or `undefined` for what is none. */
export const parseWord = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
