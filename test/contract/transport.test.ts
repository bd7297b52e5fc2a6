import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { afterAll } from 'vitest'
import { systemClock as clock } from '../../src/node/system-clock.ts'
import { createRadioDesk } from '../../sw/radio-desk.ts'
import { createRadioChannels } from '../../src/page/radio-channels.ts'
import { createRadioLine } from '../../src/page/radio-line.ts'
import type { Channel, Dialling } from '../../src/transport/contract.ts'
import { createMemoryPair } from '../../src/transport/memory.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import { createPortChannel } from '../../src/transport/port.ts'
import { radioVersion } from '../../src/transport/radio-contract.ts'
import { createWebSocketChannel } from '../../src/transport/websocket.ts'
import type { Connected } from './transport.ts'
import { transportContract } from './transport.ts'

transportContract('memory', {
  codeOfBreak: 'ERR_CHANNEL_FAILED',
  connect: () => {
    const pair = createMemoryPair({ clock, wire: { delay: 3, bytesPerSecond: 50_000_000 } })
    const stall = (): (() => void) => {
      pair.cut()
      return pair.mend
    }
    return Promise.resolve({ ...pair, stall })
  },
})

transportContract('port', {
  codeOfBreak: 'ERR_CHANNEL_CLOSED',
  connect: () => {
    const { port1, port2 } = new MessageChannel()
    // reads nothing until it is given a listener
    const reader = {
      onmessage: null as ((event: MessageEvent) => void) | null,
      postMessage: (value: unknown, transfer: Transferable[]) => port2.postMessage(value, transfer),
      close: () => port2.close(),
      addEventListener: (type: 'close', listener: () => void) => port2.addEventListener(type, listener),
    }
    port2.onmessage = (event) => reader.onmessage?.(event)
    return Promise.resolve({
      ends: [createPortChannel(port1), createPortChannel(reader)],
      inject: (frame) => port1.postMessage({ type: 'frames', frames: [frame.buffer] }),
      stall: () => {
        port2.onmessage = null
        return () => {
          port2.onmessage = (event) => reader.onmessage?.(event)
        }
      },
      break: () => port1.close(),
    })
  },
})

const listening = new WebSocketServer({ port: 0, host: '127.0.0.1' })
afterAll(() => listening.close())

transportContract('WebSocket (ws on loopback)', {
  codeOfBreak: 'ERR_CHANNEL_FAILED',
  connect: () =>
    new Promise<Connected>((resolve) => {
      const { port } = listening.address() as AddressInfo
      const ours = new WebSocket(`ws://127.0.0.1:${port}`)
      const first = createWebSocketChannel(ours, clock)
      listening.once('connection', (theirs) => {
        resolve({
          ends: [first, createWebSocketChannel(theirs, clock)],
          inject: (frame) => ours.send(frame),
          stall: () => {
            theirs.pause()
            return () => theirs.resume()
          },
          break: () => ours.terminate(),
        })
      })
    }),
})

/** The first end is the worker's, beyond the tab that holds it; the second is another device's own. */
transportContract('a tab’s radio, from the worker', {
  codeOfBreak: 'ERR_CHANNEL_FAILED',
  connect: async () => {
    const air = createMemoryAir({ clock })
    const { radio, offer } = createRadioDesk({ clock, id: 'desk' })
    const tab = air.radio('tab')
    createRadioLine({
      clock,
      page: 'tab',
      isVisible: () => true,
      channels: createRadioChannels(tab.dial, clock),
      openPort: () => {
        const { port1, port2 } = new MessageChannel()
        offer(port2, radioVersion)
        return Promise.resolve(port1)
      },
    })
    await new Promise<void>((resolve) => {
      radio.onReady(() => resolve())
    })
    const open = (by: typeof radio, initiator: boolean, other: () => Dialling): [Dialling, Promise<Channel>] => {
      let dialling: Dialling | undefined
      const channel = new Promise<Channel>((resolve, reject) => {
        dialling = by.dial({
          initiator,
          onSignal: (signal) => other().signal(signal),
          onOpen: resolve,
          onFail: ({ message }) => reject(new Error(message)),
        })
      })
      return [dialling as unknown as Dialling, channel]
    }
    const [ours, first]: [Dialling, Promise<Channel>] = open(radio, true, () => theirs)
    const [theirs, second]: [Dialling, Promise<Channel>] = open(air.radio('other'), false, () => ours)
    const ends = await Promise.all([first, second])
    return {
      ends,
      inject: (frame) => air.pairs()[0]?.pair.inject(frame),
      stall: () => {
        air.cut('tab', 'other')
        return () => air.mend('tab', 'other')
      },
      break: () => air.pairs()[0]?.pair.break(),
    }
  },
})
