/** The calls that are answered once. Each may be asked twice: reading changes nothing, a publication carries its receipt. */
import type { PortCall } from '../api/port-contract.ts'
import { ShoalError } from '../core/errors.ts'
import { jsonText } from '../core/json-text.ts'
import { publishBytesMax, publishEventsMax } from '../core/limits.ts'
import type { NewEvent, PublishOptions } from './contract.ts'
import type { Link } from './link.ts'

/** One answer, as JSON text. */
export const callOnce = (link: Link, call: PortCall, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    link.ask({
      call,
      patient: false,
      body: () => {
        answer = ''
        return body
      },
      onNext: (lines, more) => {
        answer += lines
        more()
      },
      onEnd: (error) => (error === undefined ? resolve(answer) : reject(error)),
    })
  })

const eventText = (event: NewEvent, index: number): string =>
  `{"tags":${jsonText(event.tags, `[${index}].tags`)},"payload":${jsonText(event.payload, `[${index}].payload`)}}`

/** Never splits: a publication is atomic, so the caller must know where one ends. */
export const publishText = (
  events: readonly NewEvent[],
  options: PublishOptions & { readonly receipt: string },
): string => {
  if (events.length > publishEventsMax)
    throw new ShoalError(
      'ERR_PAYLOAD_TOO_LARGE',
      `One publication holds at most ${publishEventsMax} events, this one ${events.length}: publish in parts, each with its own receipt.`,
    )
  const parts: string[] = []
  let length = 0
  for (const [index, event] of events.entries()) {
    const text = eventText(event, index)
    length += text.length + 1
    if (length > publishBytesMax)
      throw new ShoalError(
        'ERR_PAYLOAD_TOO_LARGE',
        `One publication holds at most ${publishBytesMax} bytes, reached at event ${index} of ${events.length}: publish in parts, each with its own receipt.`,
      )
    parts.push(text)
  }
  const progress = options.progress === undefined ? '' : `,"progress":${jsonText(options.progress)}`
  return `{"data":[${parts.join(',')}],"receipt":${jsonText(options.receipt)}${progress}}`
}

/** 96 random bits beside the time: two tabs never make the same one. */
export const createReceipt = (nowMs: number, random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string => {
  let text = `${Math.floor(nowMs)}-`
  for (const byte of random(new Uint8Array(12))) text += byte.toString(16).padStart(2, '0')
  return text
}
