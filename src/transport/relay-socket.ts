/** Text over a WebSocket to a signalling station. */
import type { OpenRelaySocket } from './contract.ts'
import { failed } from './reception.ts'
import type { WebSocketLike } from './websocket.ts'
import { closeReason } from './websocket.ts'

/** `make` may throw, as a browser does for an address it will not talk to. */
export const createRelaySocketOpener =
  (make: (url: string) => WebSocketLike): OpenRelaySocket =>
  (url, listener) => {
    let isOver = false
    const end = (reason: Parameters<typeof listener.onClose>[0]): void => {
      if (isOver) return
      isOver = true
      listener.onClose(reason)
    }
    let socket: WebSocketLike
    try {
      socket = make(url)
    } catch (error) {
      const reason = failed(`${url} is not a station this device may talk to: ${String(error)}`)
      queueMicrotask(() => end(reason))
      return {
        send: () => undefined,
        close: () => {
          isOver = true
        },
      }
    }
    socket.addEventListener('open', () => {
      if (!isOver) listener.onOpen()
    })
    socket.addEventListener('message', ({ data }) => {
      if (!isOver && typeof data === 'string') listener.onText(data)
    })
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', ({ code, reason }) => end(closeReason(code, reason)))
    return {
      send: (text) => {
        if (!isOver && socket.readyState === 1) socket.send(text)
      },
      close: () => {
        isOver = true
        socket.close(1000)
      },
    }
  }

/** By the platform's own WebSocket. */
export const openRelaySocket: OpenRelaySocket = createRelaySocketOpener((url) => new WebSocket(url))
