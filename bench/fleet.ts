/**
 * A fleet: a poster that brings in twenty tablets, one after the other, as a technician goes from one to the next; a broken tablet replaced; and, of
 * the real core on simulated time (`test/sim`), how quickly everybody knows that a device was shut out.
 */
import type { NodeId } from '../src/core/event.ts'
import { runRevocation } from '../test/sim/swarm-revocation.ts'
import type { Figure } from './figure.ts'
import { median, quantile, shown } from './figure.ts'
import type { Ground } from './ground.ts'
import type { Tablet, Tablets } from './tablets.ts'
import { invite, join, openFounder, withTablets } from './tablets.ts'

const step = 10
const plant = { nodes: 50, forming: 30_000, step, atMost: 30_000 }
const seeds = [7, 8, 9]

export const measureRevocation = async (): Promise<Figure> => {
  const outcomes = []
  for (const seed of seeds) outcomes.push(await runRevocation({ seed, ...plant }))
  const times = outcomes.map(({ knownAfter }) => knownAfter)
  return {
    name: 'simulated: a revocation known everywhere in a connected mesh of 50',
    measured: Math.max(...times),
    unit: 'ms',
    target: { type: 'at most', value: 2000 },
    notes: [
      `the slowest of ${seeds.length} meshes (${times.join(', ')}), to the last node that knew it and had cut its link; looked at every ${step} ms`,
      `of the events that the device was writing all the while ${outcomes.map(({ counted, written }) => `${counted} of ${written}`).join(', ')} count, on every node the same`,
    ],
  }
}

const uses = 20
const pattern = 'Line 3 – {n}'

/** From asking for the page on until it is a member under its name, by the taps of a person who does not hesitate. Milliseconds. */
const comeIn = async (tablets: Tablets, poster: string, name: string): Promise<number> => {
  const { context } = await tablets.unpack()
  const page = await context.newPage()
  const from = performance.now()
  await page.goto(poster, { waitUntil: 'commit' })
  await page.locator('shoal-join [data-test=join]').click()
  await page.waitForFunction(async (expected) => {
    const { state, devices } = await window.shoal.swarm.status()
    return state === 'member' && devices.some(({ isSelf, displayName }) => isSelf && displayName === expected)
  }, name)
  return performance.now() - from
}

export const measurePoster = (ground: Ground): Promise<Figure> =>
  withTablets(ground, async (tablets) => {
    const founder = await openFounder(tablets)
    const options = { uses, profile: { name: pattern } }
    const poster = await founder.page.evaluate((asked) => window.shoal.swarm.invite(asked), options)
    const seconds: number[] = []
    for (let number = 1; number <= uses; number++)
      seconds.push((await comeIn(tablets, poster, pattern.replace('{n}', String(number)))) / 1000)
    await founder.page.waitForFunction(
      async (all) => (await window.shoal.swarm.status()).devices.length === all,
      uses + 1,
    )
    return {
      name: `${uses} tablets joined from one poster, the slowest of its own time`,
      measured: Math.max(...seconds),
      unit: 's',
      target: { type: 'at most', value: 5 },
      notes: [
        'Chromium processes with fresh profiles, one after the other, all on to the end; from opening the link to being a member under its own name',
        `median ${shown(median(seconds))} s, 90 % ${shown(quantile(seconds, 0.9))} s, the last ${shown(seconds.at(-1) ?? 0)} s`,
      ],
    }
  })

const events = 100_000
const seed = 13
/** Milliseconds. */
const patience = 120_000

/** The broken tablet is retired, and what is known of its events is on the founder's and on the new one. */
const isSafe = (tablet: Tablet, broken: NodeId): Promise<unknown> =>
  tablet.page.waitForFunction(
    async ([node, count]) => {
      const { swarm } = window.shoal
      const [{ known, held, devices }, status] = await Promise.all([swarm.remains(node), swarm.status()])
      const isRetired = status.devices.some((device) => device.node === node && device.standing.type === 'retired')
      return isRetired && held === known && known > count && devices >= 2
    },
    [broken, events] as const,
    { timeout: patience, polling: 50 },
  )

export const measureReplacement = (ground: Ground): Promise<Figure> =>
  withTablets(ground, async (tablets) => {
    const founder = await openFounder(tablets)
    const old = await tablets.open()
    await join(old, await invite(founder))
    await old.page.evaluate(([count, from]) => window.lab.fill(count, from, []), [events, seed] as const)
    const stream = await old.page.evaluate(() => window.lab.ownStream())
    await founder.page.evaluate(([name, count]) => window.lab.whenWhole(name, count), [stream, events] as const)
    const broken = await old.page.evaluate(async () => (await window.shoal.swarm.status()).node)
    await old.browser.kill()
    const link = await founder.page.evaluate((node) => window.shoal.swarm.invite({ replaces: node }), broken)
    const { context } = await tablets.unpack()
    const page = await context.newPage()
    page.setDefaultTimeout(patience)
    const from = performance.now()
    await page.goto(link, { waitUntil: 'commit' })
    await page.locator('shoal-join [data-test=join]').click()
    await isSafe(founder, broken)
    const seconds = (performance.now() - from) / 1000
    return {
      name: `replacement of a broken tablet with ${shown(events)} events, from opening its invitation to "nothing lost"`,
      measured: seconds,
      unit: 's',
      target: { type: 'at most', value: 10 },
      notes: [
        'until the founder knows that all events of the broken one are here and on the new one; loading the page included',
      ],
    }
  })
