/**
 * The console before a node in memory, to look at while working on it, and for the tests of its views: `npx vite test/ui/page`. `?events=1500`
 * begins with a full log, `?swarm=eight` in a swarm, `?day` with a day of calls for help, `?alarm` with one that is open.
 */
import type { PageSnapshot, PageState } from '../../../src/page/contract.ts'
import '../../../src/ui/console.ts'
import { newAndonEvent } from '../../../src/apps/andon/events.ts'
import { checkScenes, fakeConnectivity, fakeDiary, fakeProbes } from '../fake-probes.ts'
import type { FakeShoal } from '../fake-shoal.ts'
import { createFakeShoal } from '../fake-shoal.ts'
import { otherId, scenes, selfId } from '../fake-scenes.ts'

declare global {
  interface Window {
    /** For the tests, which let things happen to it. */
    fake: { readonly shoal: FakeShoal; readonly otherId: typeof otherId; readonly andonEvent: typeof newAndonEvent }
  }
}

const options = new URLSearchParams(location.search)
const minutes = 60_000
let current: PageSnapshot = {
  worker: 'running',
  controlled: true,
  installed: false,
  installability: options.has('apple') ? 'by-hand' : 'prompt',
  persistence: 'refused',
  storage: { used: 18_400_000, quota: 6_200_000_000 },
  update: options.has('update') ? { deadline: Date.now() + 3_600_000, apply: () => undefined } : undefined,
  reloadPending: false,
  problem: undefined,
  wake: { wanted: true, held: options.get('wake') !== 'refused', supported: options.get('wake') !== 'none' },
  wakeSetting: true,
  links: 'on',
  slept: options.has('slept') ? { from: Date.now() - 31 * minutes, to: Date.now() - 3 * minutes } : undefined,
}
const listeners = new Set<(snapshot: PageSnapshot) => void>()
const change = (changes: Partial<PageSnapshot>): void => {
  current = { ...current, ...changes }
  for (const listener of listeners) listener(current)
}
const checkScene = checkScenes.find((name) => name === options.get('check'))
const page: PageState = {
  get current() {
    return current
  },
  onChange: (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  setWake: (isOn) => change({ wakeSetting: isOn, wake: { ...current.wake, held: isOn && current.wake.supported } }),
  setLinks: (links) => change({ links }),
  dismissSlept: () => change({ slept: undefined }),
  install: async () => true,
  persist: async () => 'refused',
  measure: async () => undefined,
  reload: () => location.reload(),
  probes: fakeProbes(checkScene ?? 'fine'),
}

const states = ['idle', 'manual', 'automatic', 'alarm']
const scene = scenes.find((name) => name === options.get('swarm'))
const shoal = createFakeShoal({
  ...(scene ? { scene } : {}),
  ...(options.has('diary') ? { details: { diary: fakeDiary(Date.now() * 1000) } } : {}),
  ...(checkScene ? { connectivity: fakeConnectivity(checkScene, Date.now() * 1000) } : {}),
  ...(options.has('fast') ? { stepTime: 60 } : {}),
  ...(options.has('slow') ? { stepTime: 60_000 } : {}),
  ...(options.has('profile') ? { details: { profile: { home: '/events', language: 'de-DE' } } } : {}),
  ...(options.has('trouble')
    ? {
        details: {
          quarantined: [
            {
              stream: 'V1n8Zb0kQ7mT.eR4sYw2LxJ5uHcG9dAfP3iKoNtB6vE-0',
              from: 2048,
              count: 1024,
              reason: 'body hash differs',
            },
          ],
          diary: [
            {
              time: Date.now() * 1000,
              code: 'CLOCK_SET_BACK',
              severity: 'warning',
              message: 'The clock of this device was set back by 3 h.',
            },
          ],
        },
      }
    : {}),
})
const events = Array.from({ length: Number(options.get('events') ?? 0) }, (_, n) => {
  const machine = n % 3
  const state = (n * 7919) % 17 === 0 ? 3 : machine === 0 ? 2 : (n * 31) % 3
  return {
    tags: ['machine-readings', `machine:${machine}`, `status:${state}`, `alarm:${state === 3 ? 1 : 0}`],
    payload: {
      ts: new Date(1661983200000 + n * 300_000).toISOString(),
      asset: machine,
      items: (n * 7) % 13,
      status: states[state] ?? 'idle',
      status_time: (n * 37) % 300,
      power_avg: ((n * 53) % 400) / 10,
      cycle_time: ((n * 11) % 70) / 2,
      alarm: state === 3,
      product: `P-${1000 + (n % 5)}`,
    },
  }
})
if (events.length > 0) await shoal.publish(events)
setInterval(() => {
  if (options.has('live'))
    void shoal.publish([{ tags: ['machine:1', 'heartbeat'], payload: { up: true, at: Date.now() } }])
}, 900)

/** As `by` (0 is this device) says it, so many minutes ago. */
const say = (
  by: number,
  type: 'called' | 'seen' | 'taken' | 'resolved' | 'cancelled',
  call: number,
  machine: string,
  ago: number,
  what?: string,
): void =>
  shoal.arrive(by === 0 ? selfId : otherId(by), newAndonEvent(type, `call-000${call}`, machine, what), {
    timestamp: (Date.now() - ago * minutes) * 1000,
  })
if (options.has('day')) {
  say(0, 'called', 1, 'Press 2', 190)
  for (const by of [1, 2, 3, 4, 6]) say(by, 'seen', 1, 'Press 2', 189.9)
  say(2, 'taken', 1, 'Press 2', 188.7)
  say(2, 'resolved', 1, 'Press 2', 171)
  say(3, 'called', 2, 'Milling 4', 95, 'material')
  say(5, 'taken', 2, 'Milling 4', 94.2)
  say(5, 'resolved', 2, 'Milling 4', 88)
  say(0, 'called', 3, 'Saw', 52, 'fault')
  say(0, 'cancelled', 3, 'Saw', 51.5)
  say(1, 'called', 4, 'Press 1', 40)
  say(1, 'resolved', 4, 'Press 1', 12)
  say(4, 'called', 5, 'Packing line 2', 30, 'setup')
  say(6, 'taken', 5, 'Packing line 2', 28)
  for (const [index, machine] of ['Lathe 1', 'Lathe 2', 'Paint shop'].entries()) {
    say(0, 'called', 20 + index, machine, 60 * 26)
    say(0, 'resolved', 20 + index, machine, 60 * 25)
  }
}
if (options.has('own')) {
  say(0, 'called', 6, 'Press 2', 1.4, 'fault')
  if (options.get('own') !== 'lonely') for (const by of [1, 2, 3, 4, 6]) say(by, 'seen', 6, 'Press 2', 1.3)
  if (options.get('own') === 'taken') say(3, 'taken', 6, 'Press 2', 0.9)
}
if (options.has('alarm')) {
  say(1, 'called', 7, options.get('alarm') || 'Press 2', 0.4, 'fault')
  if (options.has('two')) say(2, 'called', 8, 'Saw', 0.2)
}
if (options.has('late')) {
  say(1, 'called', 9, 'Lathe 1', 3)
  say(4, 'taken', 9, 'Lathe 1', 2)
  say(0, 'taken', 9, 'Lathe 1', 1.9)
}

window.shoal = shoal
window.fake = { shoal, otherId, andonEvent: newAndonEvent }
document.body.append(Object.assign(document.createElement('shoal-console'), { shoal, page }))
