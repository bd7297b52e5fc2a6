import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { afterAll } from 'vitest'
import { systemClock as clock } from '../../src/node/system-clock.ts'
import { createMemoryPair } from '../../src/transport/memory.ts'
import { createPortChannel } from '../../src/transport/port.ts'
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
