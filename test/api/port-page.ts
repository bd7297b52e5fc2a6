/** A page at a port of the node, and its answers one by one. */
import { afterEach } from 'vitest'
import { servePort } from '../../src/api/port.ts'
import type { PortOptions } from '../../src/api/port.ts'
import { portVersion } from '../../src/api/port-contract.ts'
import type { PortAnswer, PortCall, PortRequest } from '../../src/api/port-contract.ts'
import { ShoalError } from '../../src/core/errors.ts'
import type { Node } from '../../src/node/contract.ts'

const opened: MessagePort[] = []
afterEach(() => {
  for (const port of opened.splice(0)) port.close()
})

/** The page's end of a real channel. */
export const openPage = (node: Promise<Node>, change: Partial<PortOptions['connect']> = {}) => {
  const { port1, port2 } = new MessageChannel()
  opened.push(port1)
  const answers: PortAnswer[] = []
  let stir: (() => void) | undefined
  port1.onmessage = ({ data }: MessageEvent<readonly PortAnswer[]>) => {
    answers.push(...data)
    stir?.()
  }
  const connect = { version: portVersion, appId: 'com.example.test', ...change }
  const page = servePort(port2, { node, connect, version: '9.9.9' })
  /** The next answer that passes, taken out of what came. */
  const next = async (passes: (answer: PortAnswer) => boolean): Promise<PortAnswer> => {
    for (;;) {
      const index = answers.findIndex(passes)
      if (index >= 0) return answers.splice(index, 1)[0] as PortAnswer
      await new Promise<void>((resolve) => (stir = resolve))
    }
  }
  const send = (request: PortRequest): void => port1.postMessage([request])
  let lastId = 0
  const request = (call: PortCall, body: unknown = null): number => {
    send({ type: 'request', id: ++lastId, call, body: typeof body === 'string' ? body : JSON.stringify(body) })
    return lastId
  }
  const isFor = (id: number) => (answer: PortAnswer) => 'id' in answer && answer.id === id
  /** All lines of one request, with the window kept open. */
  const ask = async (call: PortCall, body?: unknown): Promise<unknown[]> => {
    const id = request(call, body)
    const items: unknown[] = []
    for (;;) {
      const answer = await next(isFor(id))
      if (answer.type === 'error') throw new ShoalError(answer.code, answer.message)
      if (answer.type !== 'next' && answer.type !== 'complete') throw new Error(`unexpected ${answer.type}`)
      const lines = answer.lines?.split('\n') ?? []
      items.push(...lines.map((line) => JSON.parse(line) as unknown))
      if (answer.type === 'complete') return items
      send({ type: 'more', id })
    }
  }
  return { answers, next, isFor, send, request, ask, page, raw: port1 }
}
