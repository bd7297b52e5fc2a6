/** What this browser and device are, and what they allow. */
import type { Check } from './check.ts'
import { now, rounded } from './check.ts'

const device: Check = {
  id: 'device',
  title: 'check.device',
  run: async () => {
    const { userAgent, hardwareConcurrency, maxTouchPoints, language } = navigator
    const { width, height } = screen
    const data = { userAgent, hardwareConcurrency, maxTouchPoints, language, width, height, devicePixelRatio }
    return {
      state: 'ok',
      say: 'check.device.ok',
      values: { userAgent, width, height, cores: hardwareConcurrency },
      data,
    }
  },
}

const context: Check = {
  id: 'context',
  title: 'check.context',
  run: async () => {
    const data = {
      isSecureContext,
      protocol: location.protocol,
      serviceWorker: 'serviceWorker' in navigator,
      controlled: Boolean(navigator.serviceWorker?.controller),
    }
    if (!isSecureContext || !data.serviceWorker) return { state: 'fail', say: 'check.context.fail', data }
    return {
      state: data.controlled ? 'ok' : 'warn',
      say: data.controlled ? 'check.context.ok' : 'check.context.warn',
      data,
    }
  },
}

const installed: Check = {
  id: 'installed',
  title: 'check.installed',
  run: async ({ page }) => {
    const standalone = matchMedia('(display-mode: standalone), (display-mode: fullscreen)').matches
    const is = page?.current.installed ?? standalone
    const data = { installed: is, standalone, installability: page?.current.installability }
    return { state: is ? 'ok' : 'warn', say: is ? 'check.installed.ok' : 'check.installed.warn', data }
  },
}

const persisted: Check = {
  id: 'persist',
  title: 'check.persist',
  run: async ({ page }) => {
    const before = await navigator.storage.persisted()
    const answer = before || (page ? (await page.persist()) === 'granted' : await navigator.storage.persist())
    const data = { before, answer }
    return { state: answer ? 'ok' : 'warn', say: answer ? 'check.persist.ok' : 'check.persist.warn', data }
  },
}

/** Below this a device is full before its first year is over. */
const quotaWanted = 1_000_000_000

const storage: Check = {
  id: 'storage',
  title: 'check.storage',
  run: async ({ text }) => {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate()
    const values = { used: text.bytes(usage), quota: text.bytes(quota) }
    const enough = quota - usage >= quotaWanted
    return {
      state: enough ? 'ok' : 'warn',
      say: enough ? 'check.storage.ok' : 'check.storage.warn',
      values,
      data: { usage, quota },
    }
  },
}

const camera: Check = {
  id: 'camera',
  title: 'check.camera',
  run: async () => {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? []
    const cameras = devices.filter((item) => item.kind === 'videoinput').length
    // Not every browser knows the permission by this name.
    const permission = await navigator.permissions
      .query({ name: 'camera' })
      .then(({ state }) => state as string)
      .catch(() => 'unknown')
    const data = { cameras, permission }
    if (cameras === 0) return { state: 'warn', say: 'check.camera.none', data }
    if (permission === 'denied') return { state: 'warn', say: 'check.camera.denied', data }
    return { state: 'ok', say: 'check.camera.ok', values: { cameras }, data }
  },
}

const wakeLock: Check = {
  id: 'wakeLock',
  title: 'check.wakeLock',
  run: async () => {
    if (!('wakeLock' in navigator)) return { state: 'warn', say: 'check.wakeLock.none', data: { supported: false } }
    try {
      const lock = await navigator.wakeLock.request('screen')
      await lock.release()
      return { state: 'ok', say: 'check.wakeLock.ok', data: { supported: true, granted: true } }
    } catch (error) {
      return {
        state: 'warn',
        say: 'check.wakeLock.refused',
        data: { supported: true, granted: false, problem: String(error) },
      }
    }
  },
}

/** Gathering without a STUN station ends by itself; a browser that never says so is cut off. Milliseconds. */
const gatherMax = 4000

const candidateKind = (candidate: string): string => {
  const [, , , , address = '', , , type = ''] = candidate.split(' ')
  const family = address.endsWith('.local') ? 'mdns' : address.includes(':') ? 'ipv6' : 'ipv4'
  return `${type} ${family}`
}

const webrtc: Check = {
  id: 'webrtc',
  title: 'check.webrtc',
  run: async () => {
    if (!('RTCPeerConnection' in window)) return { state: 'fail', say: 'check.webrtc.none', data: { supported: false } }
    const started = now()
    const connection = new RTCPeerConnection()
    const kinds = new Map<string, number>()
    try {
      connection.createDataChannel('check')
      const done = new Promise<void>((resolve) => {
        setTimeout(resolve, gatherMax)
        connection.onicecandidate = ({ candidate }) => {
          if (!candidate) return resolve()
          if (candidate.candidate === '') return
          const kind = candidateKind(candidate.candidate)
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
        }
      })
      await connection.setLocalDescription(await connection.createOffer())
      await done
    } finally {
      connection.close()
    }
    const data = { supported: true, candidates: Object.fromEntries(kinds), gather_ms: Math.round(now() - started) }
    const list = [...kinds.keys()].join(', ')
    if (kinds.size === 0) return { state: 'warn', say: 'check.webrtc.empty', data }
    const raw = [...kinds.keys()].some((kind) => !kind.includes('mdns'))
    return { state: 'ok', say: raw ? 'check.webrtc.raw' : 'check.webrtc.mdns', values: { list }, data }
  },
}

const signatures = 200

const crypto_: Check = {
  id: 'crypto',
  title: 'check.crypto',
  run: async () => {
    const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    const bytes = crypto.getRandomValues(new Uint8Array(300))
    let started = now()
    let signature = new ArrayBuffer(0)
    for (let n = 0; n < signatures; n++) signature = await crypto.subtle.sign('Ed25519', pair.privateKey, bytes)
    const sign = (signatures / (now() - started)) * 1000
    started = now()
    for (let n = 0; n < signatures; n++) await crypto.subtle.verify('Ed25519', pair.publicKey, signature, bytes)
    const verify = (signatures / (now() - started)) * 1000
    const x25519 = await crypto.subtle.generateKey('X25519', false, ['deriveBits']).then(
      () => true,
      () => false,
    )
    const data = { ed25519_sign_per_s: Math.round(sign), ed25519_verify_per_s: Math.round(verify), x25519 }
    const values = { sign: Math.round(sign), verify: Math.round(verify) }
    return { state: x25519 ? 'ok' : 'fail', say: x25519 ? 'check.crypto.ok' : 'check.crypto.x25519', values, data }
  },
}

const compression: Check = {
  id: 'compression',
  title: 'check.compression',
  run: async () => {
    const line = (n: number): string => JSON.stringify({ machine: n % 7, power: (n * 7919) % 1000, state: 'automatic' })
    const text = Array.from({ length: 20_000 }, (_, n) => line(n)).join('\n')
    const started = now()
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'))
    const packed = await new Response(stream).blob()
    const seconds = (now() - started) / 1000
    const rate = text.length / 1e6 / seconds
    const inflated = await new Response(packed.stream().pipeThrough(new DecompressionStream('deflate-raw'))).text()
    if (inflated !== text) throw new Error('what came back is not what went in')
    return {
      state: 'ok',
      say: 'check.compression.ok',
      values: { rate: Math.round(rate) },
      data: { deflate_mb_per_s: rounded(rate), ratio: rounded(packed.size / text.length) },
    }
  },
}

export const deviceChecks: readonly Check[] = [
  context,
  installed,
  persisted,
  storage,
  crypto_,
  compression,
  webrtc,
  wakeLock,
  camera,
  device,
]
