/** A station that lies: what it can see, what it can do, and that devices find each other in spite of it. */
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { bytesFromNodeId, bytesOfCryptBase64, cryptBase64 } from '../../src/core/node-id.ts'
import type { Occupant } from '../../src/station/signalling-rooms.ts'
import { createSignallingRooms } from '../../src/station/signalling-rooms.ts'
import { parseWord } from '../../src/transport/signalling-contract.ts'
import type { Plant } from './plant.ts'
import { codesOf, createPlant, diskBytes, heapUsed, random } from './plant.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

interface Note {
  readonly room: string
  readonly from: string
  readonly to: string
  readonly body: string
}

/** Real rooms, and notes in the hand of the test. */
const startLiar = async () => {
  const listening = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const rooms = createSignallingRooms()
  const sockets = new Set<WebSocket>()
  const told: string[] = []
  const notes: Note[] = []
  const stays = new Map<WebSocket, Map<string, string>>()
  const liar = {
    url: '',
    /** Everything that nodes have said. */
    told,
    notes,
    stays,
    /** What becomes of a note; answers whether it is carried as it should be. */
    carries: (_note: Note): boolean => true,
    /** To every node. */
    say: (word: unknown): void => {
      for (const socket of sockets) socket.send(typeof word === 'string' ? word : JSON.stringify(word))
    },
    disconnect: (): void => {
      for (const socket of sockets) socket.terminate()
    },
    stop: (): Promise<void> => {
      liar.disconnect()
      return new Promise((resolve) => listening.close(() => resolve()))
    },
  }
  listening.on('connection', (socket) => {
    const stay = new Map<string, string>()
    stays.set(socket, stay)
    sockets.add(socket)
    const occupant: Occupant = {
      say: (word) => {
        if (word.type === 'entered') stay.set(word.room, word.you)
        socket.send(JSON.stringify(word))
      },
    }
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      stays.delete(socket)
      rooms.leaveAll(occupant)
    })
    socket.on('message', (data: Buffer) => {
      told.push(data.toString())
      const word = parseWord(data.toString()) ?? {}
      const [room, to, body] = [word['room'], word['to'], word['body']].map(String) as [string, string, string]
      if (word['type'] === 'hello') socket.send(JSON.stringify({ type: 'hello', v: 1 }))
      if (word['type'] === 'ask') socket.send('{"type":"beat"}')
      if (word['type'] === 'enter') rooms.enter(occupant, room)
      if (word['type'] === 'leave') rooms.leave(occupant, room)
      if (word['type'] !== 'note') return
      const note = { room, from: stay.get(room) ?? '', to, body }
      notes.push(note)
      if (liar.carries(note)) rooms.note(occupant, room, to, body)
    })
  })
  const beat = setInterval(() => liar.say({ type: 'beat' }), 10)
  listening.on('close', () => clearInterval(beat))
  await new Promise((resolve) => listening.once('listening', resolve))
  liar.url = `ws://127.0.0.1:${(listening.address() as AddressInfo).port}/signal`
  return liar
}

let liar: Awaited<ReturnType<typeof startLiar>>
let plant: Plant
beforeAll(async () => {
  liar = await startLiar()
  plant = await createPlant({ stations: () => [liar.url] })
  await plant.expectAlive()
})
afterAll(async () => {
  await plant.close()
  await liar.stop()
})
afterEach(async () => {
  liar.carries = () => true
  await plant.expectAlive()
})

const isConnected = (): boolean =>
  [plant.gate, plant.oven].every(({ node }) => node.swarm.status().stations[0]?.state === 'connected')

/** Both come to the station anew, and greet each other there. */
const comeAnew = async (): Promise<void> => {
  const before = liar.notes.length
  liar.disconnect()
  await plant.until(() => !isConnected())
  await plant.until(() => isConnected() && liar.notes.length >= before + 2, 20)
  await plant.pass(1000)
}

/** The link between the two is closed, and made anew by way of the station. */
const linkAnew = async (): Promise<void> => {
  await plant.pass(6000, 500)
  const { gate, oven } = plant
  gate.network.links.get(oven.id)?.link.close({ code: 'ERR_LEAVING', message: '' })
  await plant.until(() => !gate.network.links.has(oven.id) && !oven.network.links.has(gate.id))
}

const pairs = (): number => plant.air.pairs().length

it('sees names of rooms and sealed notes: neither who is there nor what they say', async () => {
  await comeAnew()
  await linkAnew()
  await plant.expectAlive()
  const words = liar.told.map((text) => parseWord(text) ?? {})
  expect(new Set(words.map(({ type }) => type))).toEqual(new Set(['hello', 'enter', 'beat', 'note']))
  expect(new Set(words.flatMap(({ room }) => (room === undefined ? [] : [room]))).size).toBe(1)
  const bytes = Buffer.concat(liar.notes.map(({ body }) => bytesOfCryptBase64(body) ?? new Uint8Array()))
  expect(bytes.length).toBeGreaterThan(200)
  for (const { id } of [plant.gate, plant.oven]) expect(bytes.includes(Buffer.from(bytesFromNodeId(id)))).toBe(false)
  expect(liar.told.join()).not.toMatch(/candidate|webrtc|shoal/i)
})

it('delivers notes to others, under other names, and in other rooms: none is heard, the diary names it', async () => {
  const before = pairs()
  const diary = await plant.diaryOf(plant.gate, async (told) => {
    liar.carries = ({ room, from, to, body }) => {
      for (const other of [from, to, cryptBase64(random(12))]) {
        liar.say({ type: 'note', room, from: other, body })
        liar.say({ type: 'note', room: cryptBase64(random(32)), from: other, body })
      }
      return false
    }
    await comeAnew()
    await told('ERR_NOTE')
  })
  expect(codesOf(diary).filter((code) => code === 'ERR_NOTE')).toHaveLength(1)
  expect(diary.find(({ code }) => code === 'ERR_NOTE')?.message).toContain(liar.url)
  expect(pairs()).toBe(before)
})

it('repeats what it carried, in the same stay and in a later one: nothing happens twice', async () => {
  const first = liar.notes.length
  await linkAnew()
  await plant.expectAlive()
  const made = pairs()
  const calls = plant.gate.heard.length + plant.oven.heard.length
  const old = liar.notes.slice(first)
  expect(old.length).toBeGreaterThan(1)
  const repeat = async (): Promise<void> => {
    for (const { room, from, body } of old) for (let n = 0; n < 5; n++) liar.say({ type: 'note', room, from, body })
    await plant.pass(3000)
  }
  await repeat()
  await comeAnew()
  await repeat()
  expect([pairs(), plant.gate.heard.length + plant.oven.heard.length]).toEqual([made, calls])
})

it('claims that thousands are there: a few are greeted, little is kept, and then it is left alone', async () => {
  const [room] = [...([...liar.stays.values()][0]?.keys() ?? [])]
  const before = liar.notes.length
  const [heap, disk] = [await heapUsed(), diskBytes(plant.gate.disk)]
  const diary = await plant.diaryOf(plant.gate, async () => {
    for (let n = 0; n < 4000; n++) liar.say({ type: 'present', room, id: cryptBase64(random(12)) })
    await plant.pass(5000)
    expect(plant.gate.node.swarm.status().devices).toHaveLength(2)
    // ten a second and node, and some at once
    expect(liar.notes.length - before).toBeLessThan(2 * (64 + 100))
    for (let n = 0; n < 6000; n++) liar.say({ type: 'gone', room, id: cryptBase64(random(12)) })
    await plant.until(() => !isConnected())
  })
  expect(diary).toMatchObject([{ code: 'ERR_STATION', message: expect.stringContaining(liar.url) }])
  expect((await heapUsed()) - heap).toBeLessThan(4e6)
  expect(diskBytes(plant.gate.disk) - disk).toBeLessThan(2000)
  await plant.until(isConnected, 20)
})

it('says what is no word, or one without end: it is no station', async () => {
  for (const text of ['garbage', '[1]', `{"type":"note","room":"${'x'.repeat(200_000)}"}`]) {
    const diary = await plant.diaryOf(plant.gate, async () => {
      liar.say(text)
      await plant.until(() => !isConnected())
      await plant.until(isConnected, 20)
    })
    expect(diary).toMatchObject([{ code: 'ERR_STATION', message: expect.stringContaining('is no station') }])
  }
})

it('refuses with whatever sentences: they are kept short, clean and few', async () => {
  const diary = await plant.diaryOf(plant.gate, async () => {
    const [room] = [...([...liar.stays.values()][0]?.keys() ?? [])]
    for (let n = 0; n < 500; n++)
      liar.say({ type: 'refused', room, code: 'ERR_SIGNAL_FULL', message: `Call ${n}!\u202e\n${'x'.repeat(5000)}` })
    await plant.pass(2000)
  })
  expect(diary.length).toBeLessThanOrEqual(60)
  for (const { message } of diary) {
    expect(message.length).toBeLessThan(500)
    expect(message).not.toMatch(/[\n\u202e]/)
  }
})

it('carries nothing: who has an honest one besides finds the others by that', async () => {
  const other = await createPlant({ stations: (honest) => [liar.url, honest] })
  try {
    liar.carries = () => false
    const { gate, oven } = other
    await other.expectAlive()
    await other.pass(6000, 500)
    gate.network.links.get(oven.id)?.link.close({ code: 'ERR_LEAVING', message: '' })
    await other.until(() => !gate.network.links.has(oven.id))
    await other.expectAlive()
    expect(gate.node.swarm.status().stations.map(({ state }) => state)).toEqual(['connected', 'connected'])
  } finally {
    await other.close()
  }
})
