/** A signalling relay on a port of this machine, and plain WebSocket clients that say to it what they like. */
import { WebSocket } from 'ws'
import { listenOnLoopback } from '../../src/station/http.ts'
import type { Signalling, SignallingLimits } from '../../src/station/signalling.ts'
import { createSignalling, upgradeRequired } from '../../src/station/signalling.ts'
import type { StationWord } from '../../src/transport/signalling-contract.ts'

export interface TestRelay {
  readonly url: string
  readonly signalling: Signalling
  /** Code and sentence of whoever was cut off. */
  readonly reports: readonly string[]
  stop(): Promise<void>
}

export const startRelay = async (limits: Partial<SignallingLimits> = {}, port = 0): Promise<TestRelay> => {
  const reports: string[] = []
  const signalling = createSignalling(limits, (code, sentence) => void reports.push(`${code}: ${sentence}`))
  const { port: chosen, stop } = await listenOnLoopback(
    { request: (_request, response) => upgradeRequired(response), upgrade: signalling.upgrade },
    port,
  )
  return {
    url: `ws://127.0.0.1:${chosen}/signal`,
    signalling,
    reports,
    stop: async () => {
      signalling.close()
      await stop()
    },
  }
}

export interface TestClient {
  readonly socket: WebSocket
  say(word: unknown): void
  /** The next word of that type that has not been taken yet. */
  next<T extends StationWord['type']>(type: T): Promise<Extract<StationWord, { type: T }>>
  /** Words of that type that nobody has taken. */
  left(type: StationWord['type']): number
  /** Close code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

export const connectTo = async (url: string, greet = true): Promise<TestClient> => {
  const socket = new WebSocket(url)
  const words: StationWord[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data: Buffer) => {
    words.push(JSON.parse(data.toString()) as StationWord)
    for (const wake of [...waiting]) wake()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  )
  socket.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const say = (word: unknown): void => socket.send(typeof word === 'string' ? word : JSON.stringify(word))
  const client: TestClient = {
    socket,
    say,
    next: <T extends StationWord['type']>(type: T) =>
      new Promise<Extract<StationWord, { type: T }>>((resolve, reject) => {
        const give = (): void => {
          const at = words.findIndex((word) => word.type === type)
          if (at < 0) return
          clearTimeout(late)
          waiting.delete(give)
          resolve(words.splice(at, 1)[0] as Extract<StationWord, { type: T }>)
        }
        const late = setTimeout(() => {
          waiting.delete(give)
          reject(new Error(`no "${type}" came, but ${JSON.stringify(words)}`))
        }, 3000)
        waiting.add(give)
        give()
      }),
    left: (type) => words.filter((word) => word.type === type).length,
    closed,
  }
  if (greet) {
    say({ type: 'hello', v: 1 })
    await client.next('hello')
  }
  return client
}
