/** The bench: chooses, measures, prints. A figure that is missed says so and is no failure; one that could not be measured is. */
import { cpus } from 'node:os'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measureCatchingUp } from './catching-up.ts'
import { measureDelivery } from './delivery.ts'
import { measurePoster, measureReplacement, measureRevocation } from './fleet.ts'
import type { Outcome } from './figure.ts'
import { isFigure, isReached, lines, shown } from './figure.ts'
import type { Ground } from './ground.ts'
import { prepareGround } from './ground.ts'
import { measureImporting, profileImporting } from './importing.ts'
import { measureJoining } from './joining.ts'
import { manyLinks, measureLinkedPublishing } from './linked-publishing.ts'
import { measureOpening, profileQueries } from './opening.ts'
import { measurePublishing, profilePublishing } from './publishing.ts'
import { measureReadings } from './readings.ts'
import { measureScript } from './script.ts'
import { measureSimulatedHundred, measureSimulatedThousand } from './simulated.ts'

const nodeParts = ['publish', 'import', 'stored', 'read', 'open', 'query', 'worker'] as const
const swarmParts = ['catch-up', 'rivals', 'live', 'join', 'links', 'poster', 'replace'] as const
/** The last takes many minutes, and is measured only when named. */
const simulatedParts = ['revoke', 'simulated', 'simulated-1000'] as const
const parts = [...nodeParts, ...swarmParts, ...simulatedParts] as const
type Part = (typeof parts)[number]

export interface BenchOptions {
  readonly only: ReadonlySet<Part>
  /** Of the log that is opened; of the import a tenth, as the figures have it. */
  readonly events: number
  readonly jsonFile: string | undefined
  readonly appFolder: string | undefined
  readonly isProfile: boolean
}

const usage = `npm run bench [-- OPTIONS]
  --only ${parts.join(',')}   some of the figures
  --events 1000000   of the log that is opened; a tenth of it is imported. Fewer for a quick look, which says nothing about the targets
  --json FILE        also write what was measured there
  --app FOLDER       measure another built app than dist/app
  --profile          instead of figures, where the time of worker and page goes: publish, import, query`

const complain = (sentence: string): undefined => {
  console.error(`${sentence}\n${usage}`)
  return undefined
}

/** `undefined` when there is nothing to do; what is wrong has been said. */
export const readOptions = (args: string[]): BenchOptions | undefined => {
  const flags = {
    only: { type: 'string' },
    events: { type: 'string' },
    json: { type: 'string' },
    app: { type: 'string' },
    profile: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const
  let values
  try {
    values = parseArgs({ args, options: flags }).values
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error))
  }
  if (values.help === true) return complain('The figures of the node, measured in a headless Chromium.')
  const chosen = values.only?.split(',') ?? parts.filter((part) => part !== 'simulated-1000')
  const unknown = chosen.find((part) => !parts.some((known) => known === part))
  if (unknown !== undefined) return complain(`There is no figure called "${unknown}".`)
  const events = Number(values.events ?? 1_000_000)
  if (!Number.isSafeInteger(events) || events < 50_000) return complain('--events is a whole number from 50,000 on.')
  return {
    only: new Set(chosen as readonly Part[]),
    events,
    jsonFile: values.json,
    appFolder: values.app,
    isProfile: values.profile === true,
  }
}

type Add = (measured: readonly Outcome[]) => void
type Has = (...some: readonly Part[]) => boolean

const measureNode = async (ground: Ground, { events, appFolder }: BenchOptions, has: Has, add: Add): Promise<void> => {
  if (has('publish')) add(await measurePublishing(ground))
  if (has('import', 'stored', 'read')) {
    const choice = { isImport: has('import'), isStored: has('stored'), isRead: has('read') }
    add(await measureImporting(ground, { events: Math.ceil(events / 10), ...choice }))
  }
  if (has('stored')) add([await measureReadings(ground)])
  if (has('open', 'query')) add(await measureOpening(ground, { events, isOpen: has('open'), isQuery: has('query') }))
  if (has('worker')) add([measureScript(appFolder)])
}

const measureSwarm = async (ground: Ground, { events, appFolder }: BenchOptions, has: Has, add: Add): Promise<void> => {
  if (has('catch-up', 'rivals')) {
    const choice = { isCatchUp: has('catch-up'), isRivals: has('rivals') }
    add(await measureCatchingUp(ground, { events: Math.ceil(events / 10), ...choice }))
  }
  if (has('live')) add(await measureDelivery(ground))
  if (has('join')) add(await measureJoining(ground))
  if (has('poster')) add([await measurePoster(ground)])
  if (has('replace')) add([await measureReplacement(ground)])
  if (!has('links')) return
  const linked = await prepareGround({ appFolder, isReadable: false, limits: manyLinks })
  try {
    add(await measureLinkedPublishing(linked))
  } finally {
    await linked.end()
  }
}

const measure = async (ground: Ground, options: BenchOptions): Promise<Outcome[]> => {
  const outcomes: Outcome[] = []
  const add: Add = (measured) => {
    for (const outcome of measured) console.log(lines(outcome).join('\n'))
    outcomes.push(...measured)
  }
  const has: Has = (...some) => some.some((part) => options.only.has(part))
  await measureNode(ground, options, has, add)
  await measureSwarm(ground, options, has, add)
  if (has('revoke')) add([await measureRevocation()])
  if (has('simulated')) add(await measureSimulatedHundred())
  if (has('simulated-1000')) add(await measureSimulatedThousand())
  return outcomes
}

export const runBench = async (options: BenchOptions): Promise<void> => {
  const began = performance.now()
  const ground = await prepareGround({ appFolder: options.appFolder, isReadable: options.isProfile })
  try {
    if (options.isProfile) {
      if (options.only.has('publish')) await profilePublishing(ground)
      if (options.only.has('import')) await profileImporting(ground, Math.ceil(options.events / 10))
      if (options.only.has('query')) await profileQueries(ground, Math.ceil(options.events / 10))
      return
    }
    const outcomes = await measure(ground, options)
    const seconds = Math.round((performance.now() - began) / 1000)
    const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`
    const figures = outcomes.filter(isFigure)
    const missed = figures.filter((figure) => !isReached(figure)).length
    const skipped = outcomes.length - figures.length
    console.log(
      `${figures.length - missed} reached, ${missed} missed${skipped > 0 ? `, ${skipped} skipped` : ''} (${shown(seconds)} s, ${machine})`,
    )
    if (options.jsonFile !== undefined) {
      const date = new Date().toISOString()
      writeFileSync(options.jsonFile, `${JSON.stringify({ date, machine, seconds, outcomes }, undefined, 2)}\n`)
    }
  } finally {
    await ground.end()
  }
}
