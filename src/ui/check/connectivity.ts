/** Looks, step by step, at everything between this device and others; each look adds to what was observed. */
import type { Connectivity, Shoal } from '../../client/contract.ts'
import type { PageState } from '../../page/contract.ts'
import { pause } from './check.ts'
import { causeOfDevice } from './device-diagnosis.ts'
import type { Observations, PageFacts, Step } from './observations.ts'

/** A worker that sleeps is awake within a second, on a slow device in a few. Milliseconds. */
const answerMax = 8000
/** As long as a connection may take to come about, and a little. Milliseconds. */
const linkMax = 24_000
/** What has failed before is given so long to do better. Milliseconds. */
const againMax = 6000
const lookEvery = 500
const stationsMax = 8

export interface LookOptions {
  readonly shoal: Shoal
  readonly page: PageState
  readonly device?: string
  readonly signal: AbortSignal
  /** A step has begun, or has come to its end. */
  onStep(step: Step, state: 'running' | 'done', seen: Observations): void
}

const factsOf = ({ current }: PageState): PageFacts => ({
  links: current.links,
  isOnline: navigator.onLine,
  now: Date.now(),
  age: performance.now(),
  ...(current.problem !== undefined && {
    refusal: { code: current.problem.code, message: current.problem.message },
  }),
})

const ask = async (shoal: Shoal, tryNow = false): Promise<Connectivity | 'silent'> => {
  const silence = pause(answerMax).then(() => 'silent' as const)
  return Promise.race([shoal.connectivity({ tryNow }), silence]).catch(() => 'silent')
}

const isSettled = (node: Connectivity, device: string | undefined, waited: number): boolean => {
  const asked = node.devices.filter(
    (reach) => reach.standing === 'active' && (device === undefined || reach.node === device),
  )
  const causes = asked.map((reach) => causeOfDevice(reach, node))
  // of one, its link counts; of all, that somebody is linked and nobody is being tried
  const isLinked = causes.some((cause) => cause === undefined)
  const isTrying = causes.includes('trying')
  if (isLinked && !isTrying) return true
  if (asked.length === 0 && node.joining === undefined) return true
  return !isTrying && waited > againMax
}

/** Rejects with the signal's reason when it aborts. */
export const look = async ({ shoal, page, device, signal, onStep }: LookOptions): Promise<Observations> => {
  const { probes } = page
  let seen: Observations = { page: factsOf(page), ...(device !== undefined && { device }) }
  const step = async (name: Step, observe: () => Promise<Partial<Observations>>): Promise<void> => {
    signal.throwIfAborted()
    onStep(name, 'running', seen)
    const observed = await observe()
    signal.throwIfAborted()
    seen = { ...seen, ...observed, page: factsOf(page) }
    onStep(name, 'done', seen)
  }

  await step('node', async () => ({ node: await ask(shoal) }))
  await step('network', async () => {
    const [addresses, localNetwork] = await Promise.all([probes.addresses(signal), probes.localNetwork()])
    return { addresses, localNetwork }
  })
  await step('address', async () => ({ origin: await probes.origin(signal) }))
  const node = seen.node === 'silent' ? undefined : seen.node
  await step('stations', async () => {
    const urls = (node?.stations ?? []).slice(0, stationsMax).map(({ url }) => url)
    return { stations: await Promise.all(urls.map((url) => probes.station(url, signal))) }
  })
  await step('devices', async () => {
    if (node === undefined) return { isTried: true }
    let latest = await ask(shoal, true)
    const from = performance.now()
    for (;;) {
      const waited = performance.now() - from
      if (latest === 'silent' || waited > linkMax || isSettled(latest, device, waited)) break
      await pause(lookEvery)
      signal.throwIfAborted()
      latest = await ask(shoal)
    }
    return { node: latest, isTried: true }
  })
  // both by what the steps before have seen
  await step('clock', async () => ({}))
  await step('storage', async () => {
    const storage = await probes.storage()
    return storage === undefined ? {} : { storage }
  })
  return seen
}
