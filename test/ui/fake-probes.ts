/** Probes that answer as a scene wants it, and what the node says beside: `?check=isolation`. */
import type { Connectivity, DiaryEntry, Reach } from '../../src/client/contract.ts'
import type { Probes } from '../../src/page/contract.ts'
import { otherId, selfId } from './fake-scenes.ts'

export const checkScenes = ['fine', 'isolation', 'untrusted', 'trouble'] as const
export type CheckScene = (typeof checkScenes)[number]

const url = 'wss://station.works.example/signal'

export const fakeProbes = (scene: CheckScene): Probes => ({
  origin: async () => {
    await new Promise((resolve) => setTimeout(resolve, 100))
    const own = { url: 'https://station.works.example' }
    if (scene === 'untrusted') return { ...own, answers: 'no', isUntrusted: true }
    const certificateEnds = Date.now() + (scene === 'trouble' ? 3 : 200) * 24 * 3600 * 1000
    return { ...own, answers: 'yes', clockOffset: scene === 'trouble' ? -7_300_000 : 40, certificateEnds }
  },
  station: async (asked) => ({ url: asked, answers: scene === 'untrusted' ? 'no' : 'yes' }),
  addresses: async () => ({
    isSupported: true,
    raw: 0,
    mdns: scene === 'trouble' ? 0 : 2,
    isLooped: scene !== 'trouble',
  }),
  localNetwork: async () => 'granted',
  storage: async () => ({ isWritable: true, used: 18_400_000, quota: 6_200_000_000, isKept: scene === 'fine' }),
})

export const fakeConnectivity = (scene: CheckScene, now: number): Partial<Connectivity> => {
  const reach = (index: number, part: Partial<Reach> = {}): Reach => ({
    node: otherId(index),
    displayName: ['', 'Assembly 1', 'Assembly 2', 'Shift lead'][index] ?? '',
    standing: 'active',
    seenAt: 'station',
    through: [],
    failures: 0,
    ...part,
  })
  const failure = {
    code: 'ERR_CHANNEL_FAILED',
    message: 'No connection came about in time.',
    by: 'network',
    at: now,
  } as const
  const attempt = {
    step: 'answered',
    isOutgoing: true,
    at: now,
    ours: { raw: 0, mdns: 2 },
    theirs: { raw: 1, mdns: 0 },
  } as const
  const link = { kind: 'webrtc', since: now, bytesSent: 1, bytesReceived: 1, clockOffset: 12_000 } as const
  const devices =
    scene === 'fine'
      ? [reach(1, { link }), reach(2, { link }), reach(3, { seenAt: 'nowhere' })]
      : [reach(1, { failed: { ...attempt, failure }, failures: 3 }), reach(2, { failed: { ...attempt, failure } })]
  const isCut = scene === 'untrusted'
  return {
    node: selfId,
    state: 'member',
    devices: isCut ? [reach(1, { seenAt: 'nowhere' }), reach(2, { seenAt: 'nowhere' })] : devices,
    stations: [
      isCut ? { url, state: 'unreachable', problem: 'The station cannot be reached.' } : { url, state: 'connected' },
    ],
  }
}

/** A diary in which something happened. */
export const fakeDiary = (now: number): readonly DiaryEntry[] => {
  const minute = 60_000_000
  const entry = (
    ago: number,
    severity: DiaryEntry['severity'],
    code: string,
    message: string,
    more = {},
  ): DiaryEntry => ({
    time: now - ago * minute,
    code,
    severity,
    message,
    ...more,
  })
  const device = otherId(2)
  return [
    entry(3000, 'info', 'JOINING', `"Assembly 2" (${device}) asks to join.`, { device }),
    entry(1600, 'error', 'QUARANTINED', `Offsets 2048 to 3071 of ${device}-0 cannot be read: body hash differs.`, {
      device,
      stream: `${device}-0`,
    }),
    entry(190, 'warning', 'CLOCK_SET_BACK', 'The clock of this device was set back by 3 h.'),
    entry(
      95,
      'warning',
      'ERR_SILENT',
      `The webrtc link to ${device} was cut: Nothing has been heard of it for 15 seconds.`,
      {
        device,
        link: 'webrtc',
      },
    ),
    entry(
      40,
      'warning',
      'ERR_STATION',
      'wss://station.works.example/signal: The station cannot be reached: it did not answer within 10 s.',
    ),
    entry(
      39,
      'info',
      'ERR_NOBODY',
      'No other device of this swarm is at the station now. Wake one up, or bring it into the network.',
    ),
    entry(2, 'info', 'RETENTION', `1024 events of ${selfId}-3 were let go, as the settings of this device say.`, {
      stream: `${selfId}-3`,
    }),
  ]
}
