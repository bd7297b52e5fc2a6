/** Probes of the ways from this device to others, by the means of a tab; see `probe-contract.ts`. */
import type {
  AddressFinding,
  OriginFinding,
  PermissionFinding,
  Probes,
  StationFinding,
  StorageFinding,
} from './probe-contract.ts'
import { signallingVersion } from '../transport/signalling-contract.ts'
import { probePath, probeUrl } from './script-url.ts'

/** Milliseconds. Whatever is slower is no way to work by. */
const patience = 6000
/** Gathering addresses ends by itself where there is no STUN station; not every browser says so. */
const gatherMax = 3000

/** Aborts with `signal`, or when patience is over. */
const within = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(patience)])

const isLate = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError'

/**
 * A browser says nothing to a page of why a fetch has failed. Of a worker's script it says more: a certificate that it does not trust is a
 * matter of security, a station that is not there is not. What is asked for is no script, so that nothing is ever registered.
 */
const isCertificateRefused = async (): Promise<boolean> => {
  try {
    const registration = await navigator.serviceWorker.register(probeUrl(), {
      scope: probePath,
      updateViaCache: 'none',
    })
    await registration.unregister()
    return false
  } catch (error) {
    return error instanceof DOMException && error.name === 'SecurityError' && !/mime/i.test(error.message)
  }
}

interface Told {
  readonly time?: unknown
  readonly certificate?: { readonly notAfter?: unknown }
}

const isTime = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 8.64e15

const probeOrigin = async (signal: AbortSignal): Promise<OriginFinding> => {
  const url = location.origin
  const from = Date.now()
  try {
    const response = await fetch(probePath, { cache: 'no-store', signal: within(signal) })
    const text = (await response.text()).slice(0, 10_000)
    const at = (from + Date.now()) / 2
    const isJson = response.ok && /json/.test(response.headers.get('Content-Type') ?? '')
    const told = (isJson ? JSON.parse(text) : {}) as Told | null
    const date = Date.parse(response.headers.get('Date') ?? '')
    // a header tells whole seconds
    const theirs = isTime(told?.time) ? told.time : isTime(date) ? date + 500 : undefined
    const ends = told?.certificate?.notAfter
    return {
      url,
      answers: 'yes',
      ...(theirs !== undefined && { clockOffset: Math.round(theirs - at) }),
      ...(isTime(ends) && { certificateEnds: ends }),
    }
  } catch (error) {
    if (signal.aborted || isLate(error) || location.protocol !== 'https:')
      return { url, answers: isLate(error) ? 'late' : 'no' }
    return { url, answers: 'no', isUntrusted: await isCertificateRefused() }
  }
}

const isGreeting = (data: unknown): boolean => {
  try {
    const word: unknown = JSON.parse(String(data).slice(0, 10_000))
    return typeof word === 'object' && word !== null && (word as { type?: unknown }).type === 'hello'
  } catch {
    return false
  }
}

const probeStation = (url: string, signal: AbortSignal): Promise<StationFinding> =>
  new Promise((resolve) => {
    let socket: WebSocket | undefined
    const limit = within(signal)
    const end = (answers: StationFinding['answers']): void => {
      limit.removeEventListener('abort', giveUp)
      socket?.close()
      resolve({ url, answers })
    }
    const giveUp = (): void => end('late')
    if (limit.aborted) return end('late')
    limit.addEventListener('abort', giveUp)
    try {
      socket = new WebSocket(url)
    } catch {
      // a page on https may not even ask over plain ws
      return end('no')
    }
    let isOpen = false
    socket.onopen = () => {
      isOpen = true
      socket?.send(JSON.stringify({ type: 'hello', v: signallingVersion }))
    }
    socket.onmessage = ({ data }) => end(isGreeting(data) ? 'yes' : 'other')
    socket.onclose = () => end(isOpen ? 'other' : 'no')
  })

const isMdns = ({ address, candidate }: RTCIceCandidate): boolean =>
  /\.local$/i.test(address ?? candidate.split(' ')[4] ?? '')

const probeAddresses = async (signal: AbortSignal): Promise<AddressFinding> => {
  if (!('RTCPeerConnection' in globalThis)) return { isSupported: false, raw: 0, mdns: 0, isLooped: false }
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()]
  const limit = within(signal)
  let raw = 0
  let mdns = 0
  try {
    const pass = (from: RTCPeerConnection, to: RTCPeerConnection, counts: boolean): Promise<void> =>
      new Promise((resolve) => {
        setTimeout(resolve, gatherMax)
        limit.addEventListener('abort', () => resolve())
        from.onicecandidate = ({ candidate }) => {
          if (candidate === null) return resolve()
          if (candidate.candidate === '') return
          if (counts && isMdns(candidate)) mdns += 1
          else if (counts) raw += 1
          to.addIceCandidate(candidate).catch(() => undefined)
        }
      })
    const gathered = Promise.all([pass(here, there, true), pass(there, here, false)])
    const looped = new Promise<boolean>((resolve) => {
      limit.addEventListener('abort', () => resolve(false))
      here.createDataChannel('probe').onopen = () => resolve(true)
    })
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription as RTCSessionDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription as RTCSessionDescription)
    await gathered
    return { isSupported: true, raw, mdns, isLooped: raw + mdns > 0 && (await looped) }
  } catch {
    return { isSupported: true, raw, mdns, isLooped: false }
  } finally {
    here.close()
    there.close()
  }
}

/** By the names that browsers have given it so far. */
const probeLocalNetwork = async (): Promise<PermissionFinding> => {
  for (const name of ['local-network', 'local-network-access']) {
    try {
      const { state } = await navigator.permissions.query({ name: name as PermissionName })
      return state
    } catch {
      // no such permission here
    }
  }
  return 'unknown'
}

const scratchName = 'shoal-probe'
const scratchBytes = 256 * 1024

/** Random, so that no browser makes it smaller. Random bytes come 64 KiB at a time. */
const scratch = (): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(scratchBytes)
  for (let at = 0; at < scratchBytes; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

/** Writes into a store of its own, and removes it. */
const canWrite = (): Promise<boolean> =>
  new Promise((resolve) => {
    const opening = indexedDB.open(scratchName, 1)
    const end = (isWritten: boolean): void => {
      if (opening.readyState === 'done' && opening.error === null) opening.result.close()
      indexedDB.deleteDatabase(scratchName)
      resolve(isWritten)
    }
    opening.onupgradeneeded = () => opening.result.createObjectStore('scratch')
    opening.onerror = () => end(false)
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('scratch', 'readwrite', { durability: 'strict' })
      transaction.oncomplete = () => end(true)
      transaction.onabort = () => end(false)
      transaction.objectStore('scratch').put(scratch(), 0)
    }
  })

const probeStorage = async (): Promise<StorageFinding | undefined> => {
  try {
    const [isWritable, { usage, quota }, isKept] = await Promise.all([
      canWrite(),
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ])
    return usage === undefined || quota === undefined ? undefined : { isWritable, used: usage, quota, isKept }
  } catch {
    return undefined
  }
}

export const probes: Probes = {
  origin: probeOrigin,
  station: probeStation,
  addresses: probeAddresses,
  localNetwork: probeLocalNetwork,
  storage: probeStorage,
}
