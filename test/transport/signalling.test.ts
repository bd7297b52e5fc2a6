/** Sealed rooms: over real relays and WebSockets, then on a clock of our own against a station that does what it likes. */
import { randomBytes } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { signalBytesMax } from '../../src/core/limits.ts'
import type { Random } from '../../src/core/random.ts'
import { systemClock } from '../../src/node/system-clock.ts'
import type { RelaySocketListener, Room, Rooms } from '../../src/transport/contract.ts'
import { createRelaySocketOpener } from '../../src/transport/relay-socket.ts'
import { createRooms, roomNameOf } from '../../src/transport/signalling.ts'
import { createManualClock, settle } from '../api/manual-clock.ts'
import { connectTo, startRelay } from '../station/relay.ts'

const random: Random = (length) => new Uint8Array(randomBytes(length))
const openSocket = createRelaySocketOpener((url) => new WebSocket(url))
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

const relay = async (port = 0) => {
  const started = await startRelay({}, port)
  cleanUps.push(started.stop)
  return started
}
const roomsAt = (...urls: string[]): Rooms => {
  const rooms = createRooms({ openSocket, clock: systemClock, random, report: () => undefined })
  rooms.setStations(urls)
  cleanUps.push(rooms.close)
  return rooms
}

interface Guest {
  readonly room: Room
  readonly present: Set<string>
  readonly notes: { readonly from: string; readonly text: string }[]
}
const enter = (rooms: Rooms, key: Uint8Array): Guest => {
  const present = new Set<string>()
  const notes: Guest['notes'] = []
  const room = rooms.enter(key, {
    onPresent: (id) => present.add(id),
    onGone: (id) => present.delete(id),
    onNote: (from, note) => notes.push({ from, text: new TextDecoder().decode(note) }),
  })
  return { room, present, notes }
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const only = <T>(values: Iterable<T>): T => {
  const [first, ...more] = values
  if (first === undefined || more.length > 0) throw new Error('not exactly one')
  return first
}

test('those with the key find each other and talk, in order, up to the largest note', async () => {
  const { url } = await relay()
  const key = random(32)
  const a = enter(roomsAt(url), key)
  const b = enter(roomsAt(url), key)
  await expect.poll(() => [a.present.size, b.present.size]).toEqual([1, 1])
  const large = 'x'.repeat(signalBytesMax)
  for (const text of ['first', large, 'last']) a.room.tell(only(a.present), bytes(text))
  await expect.poll(() => b.notes.map(({ text }) => text)).toEqual(['first', large, 'last'])
  b.room.tell(b.notes[0]!.from, bytes('answer'))
  await expect.poll(() => a.notes.map(({ text }) => text)).toEqual(['answer'])
  b.room.leave()
  await expect.poll(() => a.present.size).toBe(0)
  expect(() => a.room.tell('1:nobody', new Uint8Array(signalBytesMax + 1))).toThrow(/16 KiB/)
})

test('a room left before the station answered is left', async () => {
  const { url, signalling } = await relay()
  const rooms = roomsAt(url)
  await expect.poll(() => rooms.stations()[0]!.state).toBe('connected')
  enter(rooms, random(32)).room.leave()
  const stays = enter(rooms, random(32))
  expect(() => rooms.enter(random(31), { onPresent: () => 0, onGone: () => 0, onNote: () => 0 })).toThrow(/32 bytes/)
  await expect.poll(() => signalling.rooms).toBe(1)
  stays.room.leave()
  await expect.poll(() => signalling.rooms).toBe(0)
})

test('two stations: present at both, notes go by the one they are addressed at, one that ends takes its ids along', async () => {
  const [one, two] = [await relay(), await relay()]
  const key = random(32)
  const [aRooms, bRooms] = [roomsAt(one.url, two.url), roomsAt(one.url, two.url)]
  const [a, b] = [enter(aRooms, key), enter(bRooms, key)]
  await expect.poll(() => [a.present.size, b.present.size]).toEqual([2, 2])
  const [first, second] = [...a.present]
  a.room.tell(first!, bytes('by one'))
  a.room.tell(second!, bytes('by the other'))
  await expect.poll(() => b.notes.map(({ text }) => text).toSorted()).toEqual(['by one', 'by the other'])
  expect(new Set(b.notes.map(({ from }) => from)).size).toBe(2)
  await one.stop()
  await expect.poll(() => [a.present.size, b.present.size]).toEqual([1, 1])
  expect(aRooms.stations().map(({ state }) => state)).toEqual(['unreachable', 'connected'])
  expect(aRooms.stations()[0]!.problem).toMatch(/The station refuses: The station is being stopped\./)
  // back at the same address: found again by itself
  await relay(Number(new URL(one.url).port))
  aRooms.wake()
  bRooms.wake()
  await expect.poll(() => [a.present.size, b.present.size], { timeout: 5000 }).toEqual([2, 2])
  aRooms.setStations([two.url])
  await expect.poll(() => b.present.size).toBe(1)
})

test('an outsider in the room reads nothing, and what it forges or repeats is not heard', async () => {
  const { url } = await relay()
  const key = random(32)
  const [a, b] = [enter(roomsAt(url), key), enter(roomsAt(url), key)]
  await expect.poll(() => a.present.size).toBe(1)
  // it has learnt the name of the room, for instance from the station, and not the key
  const name = roomNameOf(key)
  const outsider = await connectTo(url)
  cleanUps.push(() => outsider.socket.terminate())
  outsider.say({ type: 'enter', room: name })
  const { present } = await outsider.next('entered')
  expect(present.length).toBe(2)
  await expect.poll(() => a.present.size).toBe(2)
  for (const id of a.present) a.room.tell(id, bytes('a secret offer'))
  const { body } = await outsider.next('note')
  expect(Buffer.from(body).toString('latin1')).not.toContain('secret')
  await expect.poll(() => b.notes.length).toBe(1)
  // sent on to others, back to its author, and forged from nothing
  for (const to of present)
    for (const forged of [body, 'A'.repeat(200), 'A', '........................................'])
      outsider.say({ type: 'note', room: name, to, body: forged })
  b.room.tell(b.notes[0]!.from, bytes('genuine'))
  await expect.poll(() => a.notes.map(({ text }) => text)).toEqual(['genuine'])
  expect(b.notes.length).toBe(1)
})

/** A station in the test's hand. */
const puppetStation = () => {
  const clock = createManualClock()
  const dialled: number[] = []
  let listener: RelaySocketListener | undefined
  const sent: Record<string, unknown>[] = []
  const reports: string[] = []
  const rooms = createRooms({
    openSocket: (_url, given) => {
      dialled.push(clock.monotonic())
      listener = given
      return {
        send: (text) => sent.push(JSON.parse(text) as Record<string, unknown>),
        close: () => (listener = undefined),
      }
    },
    clock,
    random,
    report: (code, message) => reports.push(`${code} ${message}`),
  })
  cleanUps.push(rooms.close)
  rooms.setStations(['wss://station.example/signal'])
  clock.pass(0)
  const say = (word: unknown): void => listener?.onText(typeof word === 'string' ? word : JSON.stringify(word))
  const open = (): void => {
    listener?.onOpen()
    say({ type: 'hello', v: 1 })
  }
  const fail = (message: string): void => listener?.onClose({ code: 'ERR_CHANNEL_FAILED', message })
  return { clock, rooms, dialled, sent, reports, say, open, fail, isOpen: () => listener !== undefined }
}
const idOf = (letter: string): string => letter.repeat(16)

test('redial: doubling with jitter up to a minute, at once on waking up', () => {
  const { clock, rooms, dialled, reports, fail } = puppetStation()
  const gaps: number[] = []
  for (let i = 0; i < 10; i++) {
    fail('No route to it.')
    expect(rooms.stations()).toEqual([
      {
        url: 'wss://station.example/signal',
        state: 'unreachable',
        problem: 'The station cannot be reached: No route to it.',
      },
    ])
    const before = dialled.length
    while (dialled.length === before) clock.pass(50)
    gaps.push(dialled.at(-1)! - dialled.at(-2)!)
  }
  for (const [i, gap] of gaps.entries()) {
    const most = Math.min(60_000, 1000 * 2 ** i)
    expect(gap).toBeGreaterThanOrEqual(most / 2)
    expect(gap).toBeLessThanOrEqual(most + 50)
  }
  // the same trouble is one report
  expect(reports.length).toBe(1)
  fail('No route to it.')
  const before = dialled.length
  rooms.wake()
  expect(dialled.length).toBe(before + 1)
  // one that does not answer counts as unreachable too
  clock.pass(11_000)
  expect(rooms.stations()[0]!.problem).toMatch(/did not answer/)
})

test('states: connected, silent, refused because full, another version, no station at all', () => {
  const { clock, rooms, dialled, say, open, isOpen } = puppetStation()
  expect(rooms.stations()[0]).toEqual({ url: 'wss://station.example/signal', state: 'connecting' })
  open()
  expect(rooms.stations()[0]).toEqual({ url: 'wss://station.example/signal', state: 'connected' })
  for (let i = 0; i < 10; i++) {
    clock.pass(20_000)
    say({ type: 'beat' })
  }
  expect(rooms.stations()[0]!.state).toBe('connected')
  clock.pass(50_000)
  expect(rooms.stations()[0]!.problem).toMatch(/fallen silent/)
  clock.pass(1000)
  say({ type: 'refused', code: 'ERR_SIGNAL_FULL', message: 'As many devices as it can.' })
  expect(rooms.stations()[0]!.problem).toBe('The station refuses: As many devices as it can.')
  let before = dialled.length
  clock.pass(7000)
  expect(dialled.length).toBe(before)
  clock.pass(25_000)
  expect(dialled.length).toBeGreaterThan(before)
  rooms.wake()
  say({ type: 'hello', v: 2 })
  expect(rooms.stations()[0]!.problem).toMatch(/another version/)
  before = dialled.length
  clock.pass(250_000)
  expect([dialled.length, isOpen()]).toEqual([before, false])
  rooms.wake()
  say('<html>')
  expect(rooms.stations()[0]!.problem).toMatch(/no station/)
  rooms.setStations(['https://station.example', 'nonsense'])
  expect(rooms.stations().map(({ problem }) => problem)).toEqual(Array(2).fill(expect.stringMatching(/no address/)))
})

test('after waking up a line that does not answer is dropped, one that answers stays', () => {
  const { clock, rooms, sent, say, open } = puppetStation()
  open()
  rooms.wake()
  expect(sent.at(-1)).toEqual({ type: 'ask' })
  clock.pass(100)
  say({ type: 'beat' })
  clock.pass(10_000)
  expect(rooms.stations()[0]!.state).toBe('connected')
  rooms.wake()
  clock.pass(4000)
  expect(rooms.stations()[0]!.problem).toMatch(/does not answer any more/)
})

test('a station that lies: foreign ids, floods, words of another room, a full room asked again', async () => {
  const { clock, rooms, sent, reports, say, open } = puppetStation()
  open()
  const key = random(32)
  const guest = enter(rooms, key)
  const room = roomNameOf(key)
  expect(sent.at(-1)).toEqual({ type: 'enter', room })
  say({ type: 'refused', room, code: 'ERR_SIGNAL_ROOM_FULL', message: 'No room for more.' })
  expect(rooms.stations()[0]).toMatchObject({ state: 'connected', problem: 'The station refuses: No room for more.' })
  clock.pass(30_000)
  expect(sent.filter(({ type }) => type === 'enter').length).toBe(2)
  for (const word of [
    { type: 'present', room, id: idOf('p') },
    { type: 'entered', room, you: 7, present: [] },
    { type: 'entered', room, you: idOf('y'), present: 'all' },
    { type: 'entered', room: roomNameOf(random(32)), you: idOf('y'), present: [idOf('p')] },
    { type: 'note', room, from: idOf('p'), body: 'AAAA' },
    { type: 'entered' },
  ])
    say(word)
  expect(guest.present.size).toBe(0)
  const many = Array.from({ length: 2000 }, (_, i) => String(i).padStart(16, '0'))
  say({ type: 'entered', room, you: idOf('y'), present: [idOf('y'), {}, 5, ...many] })
  expect(guest.present.size).toBeLessThanOrEqual(512)
  for (let i = 0; i < 4900; i++) say({ type: 'note', room, from: many[0], body: 'A'.repeat(80) })
  await vi.waitFor(() => expect(reports.join()).toContain('ERR_NOTE'), 10_000)
  expect(guest.notes).toEqual([])
  // entering anew: the ids of before are gone
  say({ type: 'entered', room, you: idOf('z'), present: [idOf('p')] })
  expect(guest.present.size).toBe(1)
  // it is asked again once, however often it refused
  const asked = sent.length
  say({ type: 'entered', room, you: idOf('z'), present: [] })
  for (let i = 0; i < 50; i++) say({ type: 'refused', room, code: 'ERR_SIGNAL_ROOM_FULL', message: `No ${i}.` })
  expect(clock.waiting).toBeLessThan(10)
  clock.pass(30_000)
  expect(sent.length).toBe(asked)
  for (let i = 0; i < 5001; i++) say({ type: 'beat' })
  expect(rooms.stations()[0]).toMatchObject({ state: 'unreachable', problem: expect.stringContaining('more than any') })
})

test('a word that is longer than any is no station’s', () => {
  const { rooms, say, open } = puppetStation()
  open()
  say({ type: 'note', room: 'x'.repeat(100_000) })
  expect(rooms.stations()[0]?.problem).toMatch(/is no station/)
})

test('a note is heard once, whoever repeats it', async () => {
  const { rooms, say, open } = puppetStation()
  open()
  const key = random(32)
  const guest = enter(rooms, key)
  const room = roomNameOf(key)
  say({ type: 'entered', room, you: idOf('y'), present: [idOf('p')] })
  // what the other end would seal: two nodes at one puppet each, their ids crossed
  const other = puppetStation()
  other.open()
  const author = enter(other.rooms, key)
  other.say({ type: 'entered', room, you: idOf('p'), present: [idOf('y')] })
  author.room.tell(only(author.present), bytes('once'))
  await expect.poll(() => other.sent.at(-1)?.['type']).toBe('note')
  const note = { type: 'note', room, from: idOf('p'), body: other.sent.at(-1)!['body'] }
  for (let i = 0; i < 3; i++) say(note)
  await expect.poll(() => guest.notes.length).toBe(1)
  // a station that hands out the old ids again after a reconnection does not get it through either
  say({ type: 'entered', room, you: idOf('y'), present: [idOf('p')] })
  say(note)
  say({ ...note, from: idOf('q') })
  author.room.tell(only(author.present), bytes('twice'))
  await expect.poll(() => other.sent.filter(({ type }) => type === 'note').length).toBe(2)
  say({ ...note, body: other.sent.at(-1)!['body'] })
  await expect.poll(() => guest.notes.map(({ text }) => text)).toEqual(['once', 'twice'])
})

test('the pace of the station is kept: many notes at once are spread, not cut', async () => {
  const { clock, rooms, sent, say, open } = puppetStation()
  open()
  const key = random(32)
  const { room } = enter(rooms, key)
  const others = Array.from({ length: 400 }, (_, i) => String(i).padStart(16, '0'))
  say({ type: 'entered', room: roomNameOf(key), you: idOf('y'), present: others })
  for (const id of others) room.tell(`1:${id}`, bytes('hi'))
  const notes = (): number => sent.filter(({ type }) => type === 'note').length
  await expect.poll(notes).toBeGreaterThan(200)
  await settle()
  expect(notes()).toBeLessThan(300)
  clock.pass(1000)
  expect(notes()).toBeLessThan(300)
  await expect
    .poll(() => {
      clock.pass(500)
      return notes()
    })
    .toBe(400)
})
