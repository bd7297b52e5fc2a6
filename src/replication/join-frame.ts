/** Fields of the frames between a member and a newcomer, in the order of `docs/protocol.md`. */
import { signatureBytes } from '../crypto/keys.ts'
import type { Codecs } from './codec.ts'
import type { JoinFrame } from './contract.ts'
import { bytes, code, count, list, text, writeCode } from './fields.ts'
import { admissionBytesMax } from './member-frame.ts'

/** UTF-16 code units. */
const nameCharsMax = 512
const urlCharsMax = 2048
const messageCharsMax = 1000
const renewalBytesMax = 1024

export const joinCodecs: Codecs<JoinFrame> = {
  joinRequest: {
    byte: 32,
    write: (frame) => [frame.claim, frame.ticket, frame.boxKey, frame.displayName],
    read: ([claim, ticket, boxKey, displayName]) => ({
      type: 'joinRequest',
      claim: bytes(claim, signatureBytes, signatureBytes),
      ticket: bytes(ticket, 1, admissionBytesMax),
      boxKey: bytes(boxKey, 32, 32),
      displayName: text(displayName, nameCharsMax),
    }),
  },
  joinOffer: {
    byte: 33,
    write: (frame) => [
      frame.admissions,
      frame.swarmKey,
      frame.keyEpoch,
      frame.swarmName,
      frame.stations,
      ...(frame.number === undefined ? [] : [frame.number]),
    ],
    read: ([admissions, swarmKey, keyEpoch, swarmName, stations, number]) => ({
      type: 'joinOffer',
      admissions: list(admissions, 4096).map((one) => bytes(one, 1, admissionBytesMax)),
      swarmKey: bytes(swarmKey, 32, 32),
      keyEpoch: count(keyEpoch),
      swarmName: text(swarmName, nameCharsMax),
      stations: list(stations, 64).map((url) => text(url, urlCharsMax)),
      ...(number !== undefined && { number: count(number) }),
    }),
  },
  joinCommitted: { byte: 34, write: () => [], read: () => ({ type: 'joinCommitted' }) },
  joined: {
    byte: 35,
    write: (frame) => [frame.lamport],
    read: ([lamport]) => ({ type: 'joined', lamport: count(lamport) }),
  },
  joinRefused: {
    byte: 36,
    write: (frame) => [writeCode(frame.code), frame.message.slice(0, messageCharsMax)],
    read: ([value, message]) => ({ type: 'joinRefused', code: code(value), message: text(message, messageCharsMax) }),
  },
  renewRequest: {
    byte: 37,
    write: (frame) => [frame.renewal, frame.admissions],
    read: ([renewal, admissions]) => ({
      type: 'renewRequest',
      renewal: bytes(renewal, 1, renewalBytesMax),
      admissions: list(admissions, 128).map((one) => bytes(one, 1, admissionBytesMax)),
    }),
  },
}
