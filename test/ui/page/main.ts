/** The console before a node in memory, to look at while working on it: `npx vite test/ui/page`. `#?events=1500` begins with a full log. */
import type { PageSnapshot, PageState } from '../../../src/page/contract.ts'
import '../../../src/ui/console.ts'
import { createFakeShoal } from '../fake-shoal.ts'

const options = new URLSearchParams(location.search)
const current: PageSnapshot = {
  worker: 'running',
  controlled: true,
  installed: false,
  installability: 'prompt',
  persistence: 'refused',
  storage: { used: 18_400_000, quota: 6_200_000_000 },
  update: options.has('update') ? { deadline: Date.now() + 3_600_000, apply: () => undefined } : undefined,
  reloadPending: false,
  problem: undefined,
}
const page: PageState = {
  current,
  onChange: () => () => undefined,
  install: async () => true,
  persist: async () => 'refused',
  measure: async () => undefined,
  reload: () => location.reload(),
}

const states = ['idle', 'manual', 'automatic', 'alarm']
const shoal = createFakeShoal({
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
            { time: Date.now() * 1000, code: 'ERR_CLOCK', message: 'The clock of this device was set back by 3 h.' },
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

document.body.append(Object.assign(document.createElement('shoal-console'), { shoal, page }))
