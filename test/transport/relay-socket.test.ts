import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { afterAll, expect, test } from 'vitest'
import type { RelaySocketListener } from '../../src/transport/contract.ts'
import { createRelaySocketOpener } from '../../src/transport/relay-socket.ts'

const station = new WebSocketServer({ port: 0, host: '127.0.0.1' })
afterAll(() => station.close())
const url = (): string => `ws://127.0.0.1:${(station.address() as AddressInfo).port}/signal`
const open = createRelaySocketOpener((address) => new WebSocket(address))

const gather = () => {
  const said: string[] = []
  let wake = (): void => undefined
  const note = (text: string): void => {
    said.push(text)
    wake()
  }
  const listener: RelaySocketListener = {
    onOpen: () => note('open'),
    onText: (text) => note(text),
    onClose: ({ code }) => note(code),
  }
  const count = async (wanted: number): Promise<string[]> => {
    while (said.length < wanted) await new Promise<void>((resolve) => (wake = resolve))
    return said
  }
  return { listener, said, count }
}

test('text goes both ways; the station’s end of it is told once', async () => {
  station.once('connection', (socket) =>
    socket.addEventListener('message', ({ data }) => {
      const text = typeof data === 'string' ? data : ''
      if (text === 'end') socket.close()
      else socket.send(text.toUpperCase())
    }),
  )
  const { listener, count } = gather()
  const socket = open(url(), listener)
  socket.send('lost: it is not open yet')
  await count(1)
  socket.send('hello')
  expect(await count(2)).toEqual(['open', 'HELLO'])
  socket.send('end')
  expect(await count(3)).toEqual(['open', 'HELLO', 'ERR_CHANNEL_CLOSED'])
  socket.send('nobody hears this')
  socket.close()
})

test('a station that is not there, and an address that is none', async () => {
  const away = gather()
  open('ws://127.0.0.1:9/signal', away.listener)
  const wrong = gather()
  open('not an address', wrong.listener)
  expect(await wrong.count(1)).toEqual(['ERR_CHANNEL_FAILED'])
  expect(await away.count(1)).toEqual(['ERR_CHANNEL_FAILED'])
})

test('after our own close nothing is told', async () => {
  const { listener, said } = gather()
  const ended = new Promise<void>((resolve) => {
    station.once('connection', (socket) => {
      socket.on('close', () => resolve())
      socket.send('too late')
    })
  })
  const socket = open(url(), listener)
  await new Promise((resolve) => setTimeout(resolve, 1))
  socket.close()
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 300))])
  expect(said.filter((text) => text.startsWith('ERR'))).toEqual([])
})
