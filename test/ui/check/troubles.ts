/** Observations of each kind of trouble, and the cause that has to be named. */
import type { AttemptStatus, Connectivity, Reach } from '../../../src/client/contract.ts'
import type { NodeId } from '../../../src/core/event.ts'
import type { Cause, Level } from '../../../src/ui/check/diagnosis.ts'
import type { Observations } from '../../../src/ui/check/observations.ts'

export const self = 'V1n8Zb0kQ7mT.eR4sYw2LxJ5uHcG9dAfP3iKoNtB6vE' as NodeId
export const oven = 'A01Zb0kQ7mT.eR4sYw2LxJ5uHcG9dAfP3iKoNtB6v0.' as NodeId
const gate = 'B02Zb0kQ7mT.eR4sYw2LxJ5uHcG9dAfP3iKoNtB6v0.' as NodeId
const now = 1_800_000_000_000_000
export const url = 'wss://station.example/signal'

const link = { kind: 'webrtc', since: now, bytesSent: 0, bytesReceived: 0, clockOffset: 0 } as const
export const reach = (part: Partial<Reach> = {}, node = oven): Reach => ({
  node,
  displayName: 'Oven',
  standing: 'active',
  seenAt: 'station',
  through: [],
  failures: 0,
  ...part,
})
const linked = reach({ link })
const failedWith = (
  code: string,
  by: 'us' | 'them' | 'network',
  part: Partial<AttemptStatus> = {},
  message = 'It was so.',
): Partial<Reach> => ({
  failures: 1,
  failed: { step: 'opened', isOutgoing: true, at: now, failure: { code, message, by, at: now }, ...part },
})
export const unconnected = (ours: readonly [number, number], theirs: readonly [number, number]): Partial<Reach> =>
  failedWith('ERR_CHANNEL_FAILED', 'network', {
    step: 'answered',
    ours: { raw: ours[0], mdns: ours[1] },
    theirs: { raw: theirs[0], mdns: theirs[1] },
  })

export const node = (part: Partial<Connectivity> = {}): Connectivity => ({
  node: self,
  state: 'member',
  now,
  uptime: 600_000,
  standing: 'active',
  radio: 'ready',
  versions: [1],
  stations: [{ url, state: 'connected' }],
  devices: [linked],
  ...part,
})
export const good: Observations = {
  page: { links: 'on', isOnline: true, now: now / 1000, age: 600_000 },
  node: node(),
  origin: {
    url: 'https://station.example',
    answers: 'yes',
    clockOffset: 30,
    certificateEnds: now / 1000 + 90 * 86_400_000,
  },
  stations: [{ url, answers: 'yes' }],
  addresses: { isSupported: true, raw: 0, mdns: 2, isLooped: true },
  localNetwork: 'granted',
  storage: { isWritable: true, used: 1e7, quota: 6e9, isKept: true },
  isTried: true,
}
const page = (part: Partial<Observations['page']>): Partial<Observations> => ({ page: { ...good.page, ...part } })
export const apart = (...devices: readonly Reach[]): Partial<Observations> => ({ node: node({ devices }) })
const unreachable = node({
  stations: [{ url, state: 'unreachable', problem: 'It did not answer.' }],
  devices: [reach({ seenAt: 'nowhere' })],
})

export const cases: readonly (readonly [what: string, seen: Partial<Observations>, cause: Cause, level: Level])[] = [
  ['all is well', {}, 'fine', 'fine'],
  ['the worker does not answer', { node: 'silent' }, 'worker-silent', 'fail'],
  ['the worker was stopped under an open tab', { node: node({ uptime: 4000 }) }, 'worker-asleep', 'warn'],
  [
    'the tab and the worker have just started',
    { ...page({ age: 5000 }), node: node({ uptime: 4000 }) },
    'fine',
    'fine',
  ],
  [
    'the page is of another version',
    page({ refusal: { code: 'ERR_CLIENT_OUTDATED', message: 'x' } }),
    'page-outdated',
    'fail',
  ],
  ['the store cannot be opened', page({ refusal: { code: 'ERR_STORE_BROKEN', message: 'x' } }), 'node-refuses', 'fail'],
  ['links are off', { ...page({ links: 'off' }), node: node({ radio: 'none', devices: [] }) }, 'links-off', 'fail'],
  ['no tab holds the radio', { node: node({ radio: 'none', devices: [reach()] }) }, 'no-radio', 'fail'],
  [
    'the browser has no WebRTC',
    {
      node: node({ radio: 'none', devices: [reach()] }),
      addresses: { isSupported: false, raw: 0, mdns: 0, isLooped: false },
    },
    'no-webrtc',
    'fail',
  ],
  [
    'no network',
    { ...page({ isOnline: false }), origin: { url: 'https://x', answers: 'no' }, node: unreachable },
    'offline',
    'fail',
  ],
  ['no network, and the station is on this very machine', page({ isOnline: false }), 'fine', 'fine'],
  ['local network forbidden, and yet all works', { localNetwork: 'denied' }, 'fine', 'fine'],
  ['local network forbidden', { localNetwork: 'denied', node: unreachable }, 'local-network-denied', 'fail'],
  [
    'no candidates',
    {
      ...apart(reach(unconnected([0, 0], [1, 0]))),
      addresses: { isSupported: true, raw: 0, mdns: 0, isLooped: false },
    },
    'no-candidates',
    'fail',
  ],
  [
    'no candidates, and yet a link',
    { addresses: { isSupported: true, raw: 0, mdns: 0, isLooped: false } },
    'no-candidates',
    'warn',
  ],
  [
    'the certificate is not trusted',
    { origin: { url: 'https://x', answers: 'no', isUntrusted: true }, node: unreachable },
    'certificate-untrusted',
    'fail',
  ],
  [
    'the certificate expires',
    { origin: { url: 'https://x', answers: 'yes', certificateEnds: now / 1000 + 86_400_000 } },
    'certificate-expiring',
    'warn',
  ],
  ['the station is off', { node: unreachable, stations: [{ url, answers: 'no' }] }, 'signalling-unreachable', 'fail'],
  [
    'one of two stations is off',
    {
      node: node({
        stations: [
          { url, state: 'connected' },
          { url: 'wss://b/signal', state: 'unreachable' },
        ],
      }),
    },
    'signalling-unreachable',
    'warn',
  ],
  [
    'something else has the address',
    { node: unreachable, stations: [{ url, answers: 'other' }] },
    'not-a-station',
    'fail',
  ],
  [
    'the station refuses',
    {
      node: node({
        devices: [reach({ seenAt: 'nowhere' })],
        stations: [{ url, state: 'unreachable', problem: 'The station refuses: full.' }],
      }),
    },
    'station-refuses',
    'fail',
  ],
  [
    'no station at all',
    { node: node({ stations: [], devices: [reach({ seenAt: 'nowhere' })] }) },
    'no-station',
    'fail',
  ],
  [
    'names on both sides, and nothing connects',
    apart(reach(unconnected([0, 2], [0, 1]))),
    'multicast-filtered',
    'fail',
  ],
  ['an address on one side, and nothing connects', apart(reach(unconnected([0, 2], [1, 0]))), 'isolation', 'fail'],
  [
    'the same, still hoping after 10 s',
    apart(
      reach({
        attempt: {
          step: 'answered',
          isOutgoing: false,
          at: now - 10_000_000,
          ours: { raw: 1, mdns: 0 },
          theirs: { raw: 1, mdns: 0 },
        },
      }),
    ),
    'isolation',
    'fail',
  ],
  ['the other one has no address', apart(reach(unconnected([0, 2], [0, 0]))), 'device-no-candidates', 'fail'],
  ['another swarm', apart(reach(failedWith('ERR_OTHER_SWARM', 'us'))), 'wrong-swarm', 'fail'],
  [
    'another swarm, by a carried code',
    { node: node({ stranger: failedWith('ERR_OTHER_SWARM', 'them').failed as AttemptStatus }) },
    'wrong-swarm',
    'warn',
  ],
  ['we are revoked, as another device says', apart(reach(failedWith('ERR_REVOKED', 'them'))), 'revoked', 'fail'],
  ['we are revoked, as we know', { node: node({ standing: 'revoked', devices: [] }) }, 'revoked', 'fail'],
  ['we are retired', { node: node({ standing: 'retired', devices: [] }) }, 'retired', 'fail'],
  ['we have left', apart(reach(failedWith('ERR_MEMBER_LEFT', 'them'))), 'left', 'fail'],
  ['our version is too old', apart(reach(failedWith('ERR_PROTOCOL_VERSION', 'them'))), 'version-old-here', 'fail'],
  [
    'our version is too old, as we see ourselves',
    apart(reach(failedWith('ERR_PROTOCOL_VERSION', 'us', {}, 'Update Shoal on this device.'))),
    'version-old-here',
    'fail',
  ],
  [
    'their version is too old',
    apart(reach(failedWith('ERR_PROTOCOL_VERSION', 'us', {}, 'Update Shoal on the other device.'))),
    'version-old-there',
    'fail',
  ],
  ['a copy of ourselves', apart(reach(failedWith('ERR_OWN_IDENTITY', 'us'))), 'cloned', 'fail'],
  ['somebody in between', apart(reach(failedWith('ERR_PROOF', 'us'))), 'in-between', 'fail'],
  ['strangers to each other', apart(reach(failedWith('ERR_NOT_A_MEMBER', 'them'))), 'not-member', 'fail'],
  [
    'its screen is off',
    apart(reach(failedWith('ERR_NO_RADIO', 'them', { step: 'offered' }))),
    'device-no-radio',
    'fail',
  ],
  ['it sleeps', apart(reach(failedWith('ERR_NO_ANSWER', 'network', { step: 'offered' }))), 'no-answer', 'fail'],
  ['it broke', apart(reach(failedWith('ERR_SILENT', 'network'))), 'dropped', 'fail'],
  ['something new', apart(reach(failedWith('ERR_TOMORROW', 'them'))), 'refused', 'fail'],
  ['it said goodbye', apart(reach({ ...failedWith('ERR_LEAVING', 'them'), seenAt: 'nowhere' })), 'device-away', 'warn'],
  ['it is away, and nobody else is there', apart(reach({ seenAt: 'nowhere' })), 'device-away', 'warn'],
  ['it is away, and others are there', apart(linked, reach({ seenAt: 'nowhere' }, gate)), 'fine', 'fine'],
  [
    'it is away, and asked about',
    { ...apart(linked, reach({ seenAt: 'nowhere' }, gate)), device: gate },
    'device-away',
    'fail',
  ],
  [
    'it is revoked, and asked about',
    { ...apart(linked, reach({ standing: 'revoked' }, gate)), device: gate },
    'device-revoked',
    'fail',
  ],
  [
    'it is retired, and asked about',
    { ...apart(linked, reach({ standing: 'closed' }, gate)), device: gate },
    'device-retired',
    'fail',
  ],
  [
    'it left, and asked about',
    { ...apart(linked, reach({ standing: 'left' }, gate)), device: gate },
    'device-left',
    'fail',
  ],
  [
    'it needs no link',
    { ...apart(linked, reach({ seenAt: 'mesh', through: [oven] }, gate)), device: gate },
    'not-needed',
    'hint',
  ],
  [
    'it has links enough',
    { ...apart(linked, reach(failedWith('ERR_FULL', 'them', { step: 'offered' }), gate)), device: gate },
    'not-needed',
    'hint',
  ],
  [
    'it is just being called',
    apart(reach({ attempt: { step: 'offered', isOutgoing: true, at: now } })),
    'trying',
    'hint',
  ],
  [
    'our clock is off, as the station says',
    { origin: { url: 'https://x', answers: 'yes', clockOffset: 7_200_000 }, ...apart() },
    'clock-off',
    'warn',
  ],
  [
    'the clock of the station is off, as another device agrees',
    { origin: { url: 'https://x', answers: 'yes', clockOffset: 7_200_000 } },
    'clock-differs',
    'warn',
  ],
  [
    'our clock is off, as two others say',
    {
      origin: { url: 'https://x', answers: 'yes' },
      ...apart(reach({ link: { ...link, clockOffset: 9e9 } }), reach({ link: { ...link, clockOffset: 9.01e9 } }, gate)),
    },
    'clock-off',
    'warn',
  ],
  [
    'its clock is off',
    apart(reach({ link: { ...link, clockOffset: 9e9 } }), reach({ link }, gate)),
    'clock-differs',
    'warn',
  ],
  [
    'one of two clocks is off',
    { origin: { url: 'https://x', answers: 'yes' }, ...apart(reach({ link: { ...link, clockOffset: -9e9 } })) },
    'clock-differs',
    'warn',
  ],
  [
    'the storage is full',
    { storage: { isWritable: true, used: 6e9, quota: 6e9, isKept: true } },
    'storage-full',
    'fail',
  ],
  [
    'nothing can be written',
    { storage: { isWritable: false, used: 1, quota: 6e9, isKept: true } },
    'storage-full',
    'fail',
  ],
  [
    'the storage is nearly full',
    { storage: { isWritable: true, used: 5.9e9, quota: 6e9, isKept: true } },
    'storage-full',
    'warn',
  ],
  ['the storage may be cleared', { storage: { isWritable: true, used: 1, quota: 6e9, isKept: false } }, 'fine', 'fine'],
  ['no swarm', { node: node({ state: 'alone', devices: [], stations: [] }) }, 'alone', 'hint'],
  ['a swarm of one', apart(), 'no-devices', 'hint'],
  [
    'a join that nobody answers',
    { node: node({ state: 'alone', devices: [], joining: { code: 'ERR_NOBODY', message: 'x', failed: false } }) },
    'device-away',
    'fail',
  ],
  [
    'a join that comes too late',
    {
      node: node({
        state: 'alone',
        devices: [],
        joining: { code: 'ERR_INVITATION_EXPIRED', message: 'x', failed: true },
      }),
    },
    'invitation',
    'fail',
  ],
]
