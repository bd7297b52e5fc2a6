/** What the station says of itself, whatever is asked. */
import type { ServerResponse } from 'node:http'
import type { ApiError } from '../api/contract.ts'
import { headerPolicy } from '../page/csp.ts'

export const headersOfEveryAnswer = {
  'Content-Security-Policy': headerPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const

export const sendError = (response: ServerResponse, status: number, error: ApiError): void => {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(error))
}

/** `/api/v2` in a page of our origin is the browser's own node. Whatever reaches the station was caught by no worker. */
export const noWorker = (response: ServerResponse): void =>
  sendError(response, 409, {
    code: 'ERR_NO_WORKER',
    message:
      'The node of this address lives in the browser: open it there, wait until its service worker controls the page, and ask again from that page.',
  })

const isBelow = (url: string, path: string): boolean =>
  url.startsWith(path) && /^(?:[/?]|$)/.test(url.slice(path.length))

export const isApi = (url: string): boolean => isBelow(url, '/api/v2')

export const isSignal = (url: string): boolean => /^\/signal(?:\?|$)/.test(url)

/** What a page may know of the station that serves it, at `/station.json`. */
export interface StationFacts {
  /** Where tablets open this station; null: on this machine only. A tablet that is at another https origin is to move there. */
  readonly origin: string | null
  /** Where a device that does not trust the certificate yet finds what to do; null: nothing of ours. */
  readonly trust: string | null
  /** At this origin. */
  readonly certificate?: { /** Milliseconds since the epoch. */ readonly notAfter: number }
}

export const isStationFacts = (url: string): boolean => /^\/station\.json(?:\?|$)/.test(url)

export const sendStationFacts = (response: ServerResponse, facts: StationFacts): void => {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify({ v: 1, time: Date.now(), ...facts }))
}
