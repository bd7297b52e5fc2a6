/**
 * What makes links between members: it meets others in the rooms of stations, hears of others from linked nodes, decides with whom to link
 * (topology), and dials them through the mesh where a way is known, by a station else. Who opens a channel proves who it is on the link.
 */
import type { Clock } from '../core/clock.ts'
import type { NodeId } from '../core/event.ts'
import type { Random } from '../core/random.ts'
import { cryptBase64 } from '../core/node-id.ts'
import { proofTimeMax } from '../core/limits.ts'
import { deriveSecret } from '../crypto/secret-box.ts'
import type { Channel, Radio, Rooms } from '../transport/contract.ts'
import type { DialStep, Finder, Link, MemberFrame } from './contract.ts'
import type { Opened, Party } from './dialler.ts'
import { createDialler } from './dialler.ts'
import type { Meeting } from './meeting.ts'
import { createMeeting } from './meeting.ts'
import { createMeshRelay } from './mesh-relay.ts'
import type { Neighbour } from './neighbourhood.ts'
import { createNeighbourhood } from './neighbourhood.ts'
import { reasonAlone } from './reason-alone.ts'
import type { Roster } from './roster.ts'
import { createRoster } from './roster.ts'
import type { TopologyState, View } from './topology.ts'
import { afterFailure, afterSuccess, decide, noTopology, reachable, takes } from './topology.ts'

/** Events come in crowds: decided once for those of so many milliseconds; and again after `lookEvery`, since time alone changes what to do. */
const gatherTime = 50
const lookEvery = 3000
const adoptionLookEvery = 200
/** When both ends see each other at the same time, the one with the higher id waits this long, so that one offer is made, not two. Milliseconds. */
const courtesy = 400
/** A channel that has not become a link by then has proved nothing. Milliseconds. */
const proofPatience = proofTimeMax + 2000
/** A link that lived shorter counts as one that failed. Milliseconds. */
const briefLink = 5000
/** Without any link for this long, the reason is told. Milliseconds. */
const aloneFor = 5000
/** Open invitations whose rooms are waited in. */
const joinRoomsMax = 48

export interface FinderOptions {
  readonly self: NodeId
  /** 32 bytes. */
  readonly swarmKey: Uint8Array
  readonly keyEpoch: number
  readonly rooms: Rooms
  readonly radio: Radio
  readonly isMember: (node: NodeId) => boolean
  readonly clock: Clock
  readonly random: Random
  readonly report: (code: string, message: string) => void
  /** Channels that outlived an earlier process of this node are being proved: nobody knows with whom, so nobody is dialled. */
  readonly isAdopting?: () => boolean
  /** Its other end is yet to prove that it is `node`; absent: a newcomer from the room of an invitation. */
  readonly onChannel: (channel: Channel, opened: Opened) => void
  /** For whoever wants to know why there is no link; `node` absent: a newcomer. */
  readonly onStep?: (node: NodeId | undefined, step: DialStep) => void
}

/** The room where the members of a swarm meet; another one for each key of the swarm. */
export const swarmRoomKey = (swarmKey: Uint8Array, keyEpoch: number): Uint8Array<ArrayBuffer> =>
  deriveSecret(`shoal.room.swarm.1.${keyEpoch}`, swarmKey)

export const createFinder = (options: FinderOptions): Finder => {
  const { self, rooms, radio, isMember, clock, random, report, onChannel } = options
  let state: TopologyState = noTopology
  let closed = false
  let cancelLook = (): void => undefined
  let lookAt = Number.POSITIVE_INFINITY
  let aloneSince = clock.monotonic()
  let reported: string | undefined
  let lastFailure: string | undefined
  /** Channels handed over that are no links yet. */
  const proving = new Map<NodeId, () => void>()
  /** Since when a node has been known to be there. */
  const knownSince = new Map<NodeId, number>()
  const meetings = new Map<string, Meeting>()

  const view = (): View => {
    const outgoing = new Set(dialler.outgoing().map(({ key }) => key))
    const dialled = dialler.parties().flatMap(({ node }) => (node === undefined ? [] : [node]))
    return {
      self,
      now: clock.monotonic(),
      links: hood.list().map(({ link, since, neighbours }) => ({
        node: link.node,
        isExtra: link.kind === 'websocket',
        since,
        neighbours,
      })),
      inRooms: roster.nodes(),
      dialling: dialled.filter((node) => outgoing.has(node)),
      answering: [...dialled.filter((node) => !outgoing.has(node)), ...proving.keys()],
      isMember,
    }
  }

  const lookSoon = (ms = gatherTime): void => {
    const at = clock.monotonic() + ms
    if (closed || at >= lookAt) return
    cancelLook()
    lookAt = at
    cancelLook = clock.after(ms, look)
  }

  const failed = (node: NodeId, message: string, isFull: boolean): void => {
    if (!isFull) lastFailure = message
    state = afterFailure(state, node, { now: clock.monotonic(), isFull }, random)
    lookSoon()
  }

  const unproven = (node: NodeId, message: string): void => {
    const cancel = proving.get(node)
    if (cancel === undefined) return
    cancel()
    proving.delete(node)
    failed(node, message, false)
  }
  const expectProof = (node: NodeId): void => {
    proving.get(node)?.()
    proving.set(
      node,
      clock.after(proofPatience, () => unproven(node, 'It could not prove who it is.')),
    )
  }
  const opened = (channel: Channel, how: Opened): void => {
    if (how.node !== undefined) expectProof(how.node)
    onChannel(channel, how)
  }

  const dialler = createDialler({
    self,
    radio,
    clock,
    random,
    refusal: ({ node }) => (node === undefined ? 'ERR_NEWCOMER' : takes(view(), node) ? undefined : 'ERR_FULL'),
    onChannel: opened,
    onFail: ({ node }: Party, { code, message }) => {
      if (node !== undefined) failed(node, message, code === 'ERR_FULL' || code === 'ERR_BUSY')
    },
    onStep: ({ node }, step) => options.onStep?.(node, step),
  })

  const hood = createNeighbourhood({ self, clock, isOpen: () => takes(view(), self) })

  const relay = createMeshRelay({
    self,
    swarmKey: options.swarmKey,
    keyEpoch: options.keyEpoch,
    clock,
    random,
    report,
    onNote: (from, note, back) => {
      if (closed) return
      dialler.onNote({ key: from, node: from }, note, (answer) => {
        // the link it came by may have closed in between
        if (!relay.send(from, back, answer)) tellNode(from, answer)
      })
    },
  })

  const roster: Roster = createRoster({
    rooms,
    roomKey: swarmRoomKey(options.swarmKey, options.keyEpoch),
    self,
    clock,
    random,
    greetsFirst: true,
    onNote: ({ id, node }, note) => {
      if (node !== undefined) dialler.onNote({ key: node, node }, note, (answer) => !closed && roster.tell(id, answer))
    },
    onChange: (came) => {
      // it has just come: what failed before says nothing of now
      if (came?.node !== undefined) state = afterSuccess(state, came.node)
      lookSoon()
    },
  })

  /** Linked nodes that are linked with it: the ways of one step between. */
  const waysTo = (node: NodeId): readonly Neighbour[] =>
    hood.list().filter(({ link, neighbours }) => link.node !== node && neighbours?.includes(node) === true)

  /** Through the mesh first, and every other time by a station, where both are possible: one of the two may be broken unnoticed. */
  function tellNode(node: NodeId, note: Parameters<Roster['tellNode']>[1]): void {
    const ways = waysTo(node).map(({ link }) => link.node)
    const isInRoom = roster.nodes().includes(node)
    const failures = state.resting.get(node)?.failures ?? 0
    if (ways.length > 0 && !(isInRoom && failures % 2 === 1)) {
      const first = ways[failures % ways.length]
      if (first !== undefined && relay.send(node, { first, via: [] }, note)) return
    }
    roster.tellNode(node, note)
  }

  const tellReason = (): void => {
    const isAlone = hood.list().length === 0
    if (!isAlone || clock.monotonic() - aloneSince < aloneFor) return
    const reason = reasonAlone({
      isRadioReady: radio.isReady,
      stations: rooms.stations(),
      others: roster.nodes().length,
      lastFailure,
    })
    if (reason.message === reported) return
    reported = reason.message
    report(reason.code, reason.message)
  }

  /** Not those that are to be given a moment to dial us. */
  const withCourtesy = (dial: readonly NodeId[], now: number): NodeId[] =>
    dial.filter((node) => {
      const since = knownSince.get(node) ?? now
      if (self < node || now - since >= courtesy) return true
      lookSoon(since + courtesy - now)
      return false
    })

  /** Whether it was among our links. */
  const forget = (link: Link): boolean => {
    relay.detach(link)
    if (!hood.detach(link)) return false
    if (hood.list().length === 0) aloneSince = clock.monotonic()
    lookSoon()
    return true
  }

  function look(): void {
    if (closed) return
    lookAt = Number.POSITIVE_INFINITY
    const seen = view()
    const known = reachable(seen)
    for (const node of known) if (!knownSince.has(node)) knownSince.set(node, seen.now)
    for (const node of knownSince.keys()) if (!known.has(node)) knownSince.delete(node)
    tellReason()
    const isAdopting = options.isAdopting?.() === true
    if (radio.isReady && !isAdopting) {
      const decision = decide(state, seen, random)
      state = decision.state
      for (const node of withCourtesy(decision.dial, seen.now))
        dialler.dial({ key: node, node }, (note) => !closed && tellNode(node, note))
      const surplus = decision.drop === undefined ? undefined : hood.get(decision.drop)?.link
      if (surplus !== undefined) {
        forget(surplus)
        surplus.close({ code: 'ERR_LINK_SURPLUS', message: 'Both devices have more links than they need.' })
      }
    }
    lookSoon(isAdopting ? adoptionLookEvery : lookEvery)
  }

  const stopListening = [radio.onReady(() => lookSoon()), rooms.onStations(() => lookSoon())]
  lookSoon()

  return {
    attach: (link: Link) => {
      proving.get(link.node)?.()
      proving.delete(link.node)
      // it is linked, by whatever way
      dialler.giveUp(link.node)
      state = afterSuccess(state, link.node)
      lastFailure = undefined
      reported = undefined
      relay.attach(link)
      hood.attach(link)
      lookSoon()
    },
    detach: (link) => {
      const since = hood.get(link.node)?.since ?? 0
      // one that does not last must not be made again and again without a rest
      if (forget(link) && clock.monotonic() - since < briefLink) failed(link.node, 'Its link did not last.', false)
    },
    onFrame: (link: Link, frame: MemberFrame) => {
      if (frame.type === 'relay') relay.onFrame(link, frame)
      else if (frame.type === 'neighbours' && hood.onFrame(link, frame)) lookSoon()
    },
    proving: expectProof,
    unproven: (node, { message }) => unproven(node, message),
    neighboursOf: (node) => hood.get(node)?.neighbours,
    whereabouts: (node) => ({
      isInRoom: roster.nodes().includes(node),
      through: waysTo(node).map(({ link }) => link.node),
    }),
    welcome: (roomKeys) => {
      const wanted = new Map(roomKeys.slice(0, joinRoomsMax).map((key) => [cryptBase64(key), key]))
      for (const [name, meeting] of [...meetings]) {
        if (wanted.has(name)) continue
        meetings.delete(name)
        meeting.close()
      }
      for (const [name, roomKey] of wanted)
        if (!meetings.has(name))
          meetings.set(
            name,
            createMeeting({ rooms, roomKey, self: { node: self }, radio, clock, random, report, onChannel }),
          )
    },
    wake: () => {
      state = noTopology
      lookSoon()
    },
    close: () => {
      closed = true
      cancelLook()
      for (const stop of stopListening) stop()
      for (const cancel of proving.values()) cancel()
      for (const meeting of meetings.values()) meeting.close()
      meetings.clear()
      dialler.close()
      roster.leave()
      hood.close()
    },
  }
}
