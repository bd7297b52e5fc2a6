/** The relay over real WebSockets on this machine: what it carries, what it refuses, whom it cuts. */
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { removeFolder, temporaryFolder } from '../browser/browser.ts'
import { startStation } from '../../src/station/main.ts'
import type { SignallingLimits } from '../../src/station/signalling.ts'
import { noteCharsMax } from '../../src/transport/signalling-contract.ts'
import type { TestClient, TestRelay } from './relay.ts'
import { connectTo, startRelay } from './relay.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

const relayWith = async (limits: Partial<SignallingLimits> = {}): Promise<TestRelay> => {
  const relay = await startRelay(limits)
  cleanUps.push(relay.stop)
  return relay
}
const clientOf = async (relay: TestRelay, greet = true): Promise<TestClient> => {
  const client = await connectTo(relay.url, greet)
  cleanUps.push(() => client.socket.terminate())
  return client
}

const room = 'r'.repeat(43)
const otherRoom = 's'.repeat(43)
const enter = async (client: TestClient, name = room) => {
  client.say({ type: 'enter', room: name })
  return client.next('entered')
}

test('notes reach the one they are for, in the room they are for', async () => {
  const relay = await relayWith()
  const [a, b, c] = [await clientOf(relay), await clientOf(relay), await clientOf(relay)]
  const inA = await enter(a)
  expect(inA.present).toEqual([])
  const inB = await enter(b)
  expect(inB.present).toEqual([inA.you])
  expect(await a.next('present')).toEqual({ type: 'present', room, id: inB.you })
  const inC = await enter(c, otherRoom)
  await enter(a, otherRoom)

  a.say({ type: 'note', room, to: inB.you, body: 'sealed.1' })
  expect(await b.next('note')).toEqual({ type: 'note', room, from: inA.you, body: 'sealed.1' })
  // c is in the other room: its id means nothing in this one, nor does ours there
  a.say({ type: 'note', room, to: inC.you, body: 'sealed.2' })
  c.say({ type: 'note', room: otherRoom, to: inB.you, body: 'sealed.3' })
  // who is not in a room says nothing there
  c.say({ type: 'note', room, to: inB.you, body: 'sealed.4' })
  a.say({ type: 'note', room, to: inB.you, body: 'sealed.5' })
  expect((await b.next('note')).body).toBe('sealed.5')
  expect([b.left('note'), c.left('note')]).toEqual([0, 0])

  b.say({ type: 'leave', room })
  expect(await a.next('gone')).toEqual({ type: 'gone', room, id: inB.you })
  c.socket.terminate()
  expect(await a.next('gone')).toEqual({ type: 'gone', room: otherRoom, id: inC.you })
  a.socket.close()
  await a.closed
  await expect.poll(() => [relay.signalling.connections, relay.signalling.rooms]).toEqual([1, 0])
})

test('entering again is a new stay under a new id', async () => {
  const relay = await relayWith()
  const [a, b] = [await clientOf(relay), await clientOf(relay)]
  const first = await enter(a)
  await enter(b)
  const second = await enter(a)
  expect(second.you).not.toBe(first.you)
  expect((await b.next('gone')).id).toBe(first.you)
  expect((await b.next('present')).id).toBe(second.you)
})

const refusals: readonly (readonly [string, string, (client: TestClient) => unknown])[] = [
  ['another version', 'ERR_SIGNAL_VERSION', (client) => client.say({ type: 'hello', v: 2 })],
  ['no greeting', 'ERR_SIGNAL_MALFORMED', (client) => client.say({ type: 'enter', room })],
  ['no JSON', 'ERR_SIGNAL_MALFORMED', (client) => client.say('{"type":')],
  ['an array', 'ERR_SIGNAL_MALFORMED', (client) => client.say([1])],
  ['bytes', 'ERR_SIGNAL_MALFORMED', (client) => client.socket.send(new Uint8Array(9))],
]
test.each(refusals)('%s is refused with a sentence, and the connection ends', async (_what, code, say) => {
  const relay = await relayWith()
  const client = await clientOf(relay, false)
  say(client)
  const refused = await client.next('refused')
  expect(refused.code).toBe(code)
  expect(refused.message).toMatch(/^[A-Z].{10,}\.$/)
  expect(await client.closed).toEqual({ code: 4400, reason: code })
  await expect.poll(() => relay.signalling.connections).toBe(0)
})

test('garbage in rooms, ids and bodies is refused', async () => {
  const relay = await relayWith()
  for (const word of [
    { type: 'enter', room: 'short' },
    { type: 'enter', room: { length: 43 } },
    { type: 'leave' },
    { type: 'note', room, to: 7, body: 'x' },
    { type: 'note', room, to: 'a'.repeat(16), body: 'not sealed text!' },
    { type: 'note', room, to: 'a'.repeat(16), body: 'a'.repeat(noteCharsMax + 1) },
  ]) {
    const client = await clientOf(relay)
    client.say(word)
    expect((await client.next('refused')).code).toBe('ERR_SIGNAL_MALFORMED')
    await client.closed
  }
  const client = await clientOf(relay)
  client.say({ type: 'of a later version', room })
  expect((await enter(client)).present).toEqual([])
  client.say(`"${'x'.repeat(noteCharsMax * 2)}"`)
  expect((await client.closed).code).toBe(1009)
})

test('a flood is cut', async () => {
  const relay = await relayWith({ notesAtOnce: 20, notesPerSecond: 10 })
  const client = await clientOf(relay)
  for (let i = 0; i < 30; i++) client.say({ type: 'note', room, to: 'a'.repeat(16), body: 'x' })
  expect((await client.next('refused')).code).toBe('ERR_SIGNAL_RATE')
  expect((await client.closed).code).toBe(4400)
  const pinging = await clientOf(relay)
  for (let i = 0; i < 30; i++) pinging.socket.ping()
  expect((await pinging.next('refused')).code).toBe('ERR_SIGNAL_RATE')
})

test('whoever goes in and out is cut before everybody in the room has heard it thousands of times', async () => {
  const relay = await relayWith()
  const [witness, restless] = [await clientOf(relay), await clientOf(relay)]
  await enter(witness)
  for (let i = 0; i < 140; i++) restless.say({ type: 'enter', room })
  expect((await restless.next('refused')).code).toBe('ERR_SIGNAL_RATE')
  expect(witness.left('present')).toBeLessThanOrEqual(129)
  expect(relay.reports).toEqual([expect.stringMatching(/^ERR_SIGNAL_RATE: A connection from .+ was cut: /)])
  witness.say({ type: 'ask' })
  await witness.next('beat')
})

test('rooms are bounded, in all, of one connection, and in members; the rest of the connection goes on', async () => {
  const relay = await relayWith({ rooms: 3, roomsPerConnection: 2, membersPerRoom: 2 })
  const [a, b, c] = [await clientOf(relay), await clientOf(relay), await clientOf(relay)]
  const nameOf = (n: number): string => String(n).repeat(43)
  await enter(a, nameOf(1))
  await enter(a, nameOf(2))
  a.say({ type: 'enter', room: nameOf(3) })
  expect(await a.next('refused')).toMatchObject({ code: 'ERR_SIGNAL_ROOMS', room: nameOf(3) })
  await enter(b, nameOf(1))
  c.say({ type: 'enter', room: nameOf(1) })
  expect(await c.next('refused')).toMatchObject({ code: 'ERR_SIGNAL_ROOM_FULL', room: nameOf(1) })
  await enter(c, nameOf(3))
  b.say({ type: 'enter', room: nameOf(4) })
  expect(await b.next('refused')).toMatchObject({ code: 'ERR_SIGNAL_ROOM_FULL', room: nameOf(4) })
  a.say({ type: 'leave', room: nameOf(2) })
  expect((await enter(b, nameOf(4))).present).toEqual([])
})

test('connections are bounded, in all and by address', async () => {
  for (const limits of [{ connections: 2 }, { connectionsPerAddress: 2 }]) {
    const relay = await relayWith(limits)
    const first = await clientOf(relay)
    await clientOf(relay)
    const third = await clientOf(relay, false)
    expect((await third.next('refused')).code).toBe('ERR_SIGNAL_FULL')
    expect((await third.closed).code).toBe(4400)
    first.socket.close()
    await first.closed
    await expect.poll(() => relay.signalling.connections).toBe(1)
    await enter(await clientOf(relay))
  }
})

test('who is silent is cut, who answers stays', async () => {
  const relay = await relayWith({ beatEvery: 40, silenceMax: 150 })
  const [silent, alive] = [await clientOf(relay), await clientOf(relay)]
  alive.socket.on('message', (data: Buffer) => {
    if (data.toString() === '{"type":"beat"}') alive.say({ type: 'beat' })
  })
  expect((await silent.next('refused')).code).toBe('ERR_SIGNAL_SILENT')
  expect(await silent.closed).toMatchObject({ code: 4400 })
  expect(alive.left('beat')).toBeGreaterThan(2)
  await enter(alive)
})

test('a reader that never reads is cut, and the others go on', async () => {
  const relay = await relayWith({ bufferedBytes: 64 * 1024, notesPerSecond: 1e6, notesAtOnce: 1e6 })
  const [writer, reader] = [await clientOf(relay), await clientOf(relay)]
  await enter(writer)
  const { you } = await enter(reader)
  await writer.next('present')
  reader.socket.pause()
  const body = 'x'.repeat(noteCharsMax)
  let gone = false
  const waiting = writer.next('gone').then(() => (gone = true))
  // what the kernel holds for both ends comes on top of the relay's own bound
  for (let sent = 0; sent < 3000 && !gone; sent++) {
    writer.say({ type: 'note', room, to: you, body })
    await new Promise((resolve) => setImmediate(resolve))
  }
  await waiting
  expect(relay.signalling.connections).toBe(1)
  expect(relay.reports).toEqual([expect.stringContaining('ERR_SIGNAL_SLOW')])
  await enter(writer, otherRoom)
})

test('the station has it at /signal only, and says so to whoever asks otherwise', async () => {
  const dataFolder = temporaryFolder()
  const station = await startStation({ port: 0, dataFolder, appFolder: dataFolder })
  cleanUps.push(() => removeFolder(dataFolder), station.stop)
  const at = `http://127.0.0.1:${station.port}`
  const plain = await fetch(`${at}/signal`)
  expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket'])
  expect(await plain.json()).toEqual({
    code: 'ERR_UPGRADE_REQUIRED',
    message: expect.stringContaining('stations') as string,
  })
  expect((await fetch(`${at}/signalling`)).status).toBe(404)
  const elsewhere = await new Promise<string>((resolve, reject) => {
    const socket = connect(station.port, '127.0.0.1', () =>
      socket.write('GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    )
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
  expect(elsewhere).toMatch(/^HTTP\/1.1 404 [^]*WebSockets are at \/signal\./)
  const client = await connectTo(`ws://127.0.0.1:${station.port}/signal`)
  await enter(client)
  await station.stop()
  expect(await client.next('refused')).toMatchObject({ code: 'ERR_SIGNAL_ENDING' })
  expect((await client.closed).code).toBe(4400)
})
