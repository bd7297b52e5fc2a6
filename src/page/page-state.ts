/** Composes what the page knows into the one object the console reads. */
import type { Shoal, SwarmStatus } from '../client/contract.ts'
import { replaceWorker } from '../client/dial.ts'
import { systemClock } from '../node/system-clock.ts'
import { watchAttention } from './attention.ts'
import type { PageState } from './contract.ts'
import { watchInstalling } from './install.ts'
import { askPersistence, readPersistence, readStorage } from './persistence.ts'
import { watchLinkSetting } from './link-setting.ts'
import { probes } from './probes.ts'
import { registerWorker } from './registration.ts'
import { watchSleep } from './sleep.ts'
import { createSnapshots } from './state.ts'
import { createUpdates, updateTimes } from './update.ts'
import { readWakeSetting, writeWakeSetting } from './wake-setting.ts'
import { watchWakeLock } from './wake-lock.ts'

export interface StartedPage {
  readonly page: PageState
  /** Resolves when the app may start; rejects when the browser refuses the worker. */
  readonly controlled: Promise<void>
}

const workerStates = { connecting: 'restarting', connected: 'running', refused: 'refused', closed: 'refused' } as const

export const startPage = (shoal: Shoal): StartedPage => {
  const installing = watchInstalling(() => readInstall())
  const linkSetting = watchLinkSetting((links) => snapshots.set({ links }))
  const snapshots = createSnapshots({
    worker: 'starting',
    controlled: navigator.serviceWorker.controller !== null,
    installed: installing.isInstalled(),
    installability: installing.installability(),
    persistence: 'unasked',
    storage: undefined,
    update: undefined,
    reloadPending: false,
    problem: undefined,
    wake: { wanted: false, held: false, supported: false },
    wakeSetting: readWakeSetting(),
    slept: undefined,
    links: linkSetting.current,
  })
  const readInstall = (): void =>
    snapshots.set({ installed: installing.isInstalled(), installability: installing.installability() })
  const measure = async (): Promise<void> => snapshots.set({ storage: await readStorage() })

  shoal.onState((state) => {
    const isFirstTry = state === 'connecting' && snapshots.current.worker === 'starting'
    snapshots.set({ worker: isFirstTry ? 'starting' : workerStates[state], problem: shoal.problem })
    if (state === 'connected') void measure()
  })
  void readPersistence().then((persistence) => snapshots.set({ persistence }))

  const wakeLock = watchWakeLock((wake) => snapshots.set({ wake }))
  snapshots.set({ wake: wakeLock.state })
  let swarm: SwarmStatus | undefined
  const wantWake = (): void => wakeLock.want(snapshots.current.wakeSetting && swarm?.state === 'member')
  const sleep = watchSleep({
    clock: systemClock,
    isAwake: () => {
      if (swarm === undefined) return undefined
      // a hidden tab still receives while some tab holds the links and the worker answers
      const receives = swarm.radio === 'ready' && shoal.state === 'connected'
      return document.visibilityState === 'visible' || receives
    },
    onSlept: (slept) => {
      if (swarm?.state === 'member') snapshots.set({ slept })
    },
  })
  shoal.swarm.watch((status) => {
    const isFirst = swarm === undefined
    swarm = status
    wantWake()
    if (isFirst) sleep.look()
  })

  const updates = createUpdates({
    clock: systemClock,
    attention: watchAttention(systemClock),
    channel: new BroadcastChannel('shoal-page'),
    times: updateTimes,
    takeOver: () => void replaceWorker(),
    reload: () => location.reload(),
    onOffer: (update) => snapshots.set({ update }),
    onReloadPending: () => snapshots.set({ reloadPending: true }),
  })
  const controlled = registerWorker({
    onWaiting: () => updates.waiting(),
    onReplaced: () => updates.replaced(),
    onControlled: () => snapshots.set({ controlled: true }),
  })
  return {
    page: {
      get current() {
        return snapshots.current
      },
      onChange: snapshots.onChange,
      install: () => installing.install(),
      persist: async () => {
        const persistence = await askPersistence()
        snapshots.set({ persistence })
        return persistence
      },
      measure,
      setWake: (isOn) => {
        writeWakeSetting(isOn)
        snapshots.set({ wakeSetting: isOn })
        wantWake()
      },
      dismissSlept: () => snapshots.set({ slept: undefined }),
      setLinks: (links) => linkSetting.set(links),
      reload: () => location.reload(),
      probes,
    },
    controlled,
  }
}
