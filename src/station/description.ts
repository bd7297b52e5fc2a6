/** What a station says of itself at `/station.json`, to whoever checks why something does not work. Nothing of it is secret, nothing is to be relied on. */
import type { ServerResponse } from 'node:http'

export interface StationDescription {
  readonly type: 'station'
  /** Its node id. */
  readonly node: string
  /** Its wall clock, in milliseconds since the epoch. */
  readonly time: number
  /** The certificate it shows; absent where it speaks plain http. */
  readonly certificate?: StationCertificate
}

export interface StationCertificate {
  /** Milliseconds since the epoch. */
  readonly notAfter: number
}

export const isDescription = (url: string): boolean => /^\/station\.json(?:\?|$)/.test(url)

export const sendDescription = (response: ServerResponse, node: string, certificate?: StationCertificate): void => {
  const description: StationDescription = {
    type: 'station',
    node,
    time: Date.now(),
    ...(certificate !== undefined && { certificate }),
  }
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(description))
}
