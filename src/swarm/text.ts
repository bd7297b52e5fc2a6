/** What texts of the swarm look like, wherever they come from. */
import { ShoalError } from '../core/errors.ts'

export const swarmNameCharsMax = 80
export const displayNameCharsMax = 80
/** Signalling stations a node uses at once. */
export const stationsMax = 8
export const stationUrlCharsMax = 200

/** `wss://host…` or `ws://host…`. */
export const isStationUrl = (url: unknown): url is string => {
  if (typeof url !== 'string' || url.length > stationUrlCharsMax || !/^wss?:\/\//.test(url)) return false
  return URL.canParse(url) && !/[\s#@]/.test(url)
}

/** Those of `urls` that are URLs of stations, once each, at most `stationsMax`; nothing for what is no list. */
export const stationUrls = (urls: unknown): readonly string[] =>
  Array.isArray(urls) ? [...new Set(urls.slice(0, 100).filter(isStationUrl))].slice(0, stationsMax) : []

/** Trimmed and NFC. Throws `ERR_BAD_REQUEST`. */
export const checkSwarmName = (name: unknown): string => {
  const trimmed = typeof name === 'string' ? name.trim().normalize('NFC') : ''
  if (trimmed === '' || trimmed.length > swarmNameCharsMax || !trimmed.isWellFormed())
    throw new ShoalError('ERR_BAD_REQUEST', `A swarm's name has 1 to ${swarmNameCharsMax} characters.`)
  return trimmed
}

/** A name as another node tells it: bounded, on one line, without control characters; empty for what is none. */
export const nameFromAfar = (name: unknown, charsMax: number): string =>
  typeof name === 'string' && name.length <= charsMax * 4
    ? name
        .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
        .trim()
        .normalize('NFC')
        .toWellFormed()
        .slice(0, charsMax)
    : ''
