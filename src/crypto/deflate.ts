/** Raw deflate by the platform's own streams. */
import { concatBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'

const collect = async (readable: ReadableStream<Uint8Array>, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> => {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = readable.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    length += value.length
    if (length > bytesMax) {
      await reader.cancel().catch(() => undefined)
      throw new ShoalError('ERR_INFLATE_LIMIT', `Inflated bytes exceed the ${bytesMax} that were announced.`)
    }
  }
  if (parts.length === 1 && parts[0] !== undefined && parts[0].byteLength === parts[0].buffer.byteLength) {
    return parts[0] as Uint8Array<ArrayBuffer>
  }
  return concatBytes(...parts)
}

const through = async (
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> => {
  const writer = stream.writable.getWriter()
  // failures surface on the readable side; these two only must not go unhandled
  writer.write(bytes).catch(() => undefined)
  writer.close().catch(() => undefined)
  return collect(stream.readable, bytesMax)
}

export const deflate = (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  through(bytes, new CompressionStream('deflate-raw'), Number.MAX_SAFE_INTEGER)

/** Throws `ERR_INFLATE_LIMIT` beyond `bytesMax` (RULES 1: a bomb stops there), `ERR_MALFORMED` for what is not deflated. */
export const inflate = async (bytes: Uint8Array<ArrayBuffer>, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    return await through(bytes, new DecompressionStream('deflate-raw'), bytesMax)
  } catch (cause) {
    if (cause instanceof ShoalError) throw cause
    throw new ShoalError('ERR_MALFORMED', 'The body of a run does not inflate.', { cause })
  }
}
