/**
 * `npm run test:sim`: the simulated worlds, longer than `npm test` runs them, or one of them again.
 *   --seeds N   seeds 1 to N of each kind of world
 *   --seed n    that seed alone
 *   --budget S  as many storms as fit into so many seconds
 * Anything else goes to Vitest; without a file, all of `test/sim` runs.
 */
import '../../src/station/node-version.mjs'

const { spawnSync } = await import('node:child_process')
const { join } = await import('node:path')
const { parseArgs } = await import('node:util')
const { ensureDependencies, root } = await import('../../src/station/preparation.mjs')

const options = { seeds: { type: 'string' }, seed: { type: 'string' }, budget: { type: 'string' } }
const { values, positionals, tokens } = parseArgs({ options, strict: false, tokens: true, allowPositionals: true })
const known = new Set(Object.keys(options))
const passedOn = tokens.flatMap((token) => (token.kind === 'option' && !known.has(token.name) ? token.rawName : []))

for (const [name, value] of Object.entries(values)) {
  if (!known.has(name) || (/^\d+$/.test(String(value)) && Number(value) > 0)) continue
  console.error(
    `--${name} takes a whole number: npm run test:sim -- --seeds 100, or --seed 17, or --budget 600 (seconds).`,
  )
  process.exit(1)
}
const env = { ...process.env }
if (values.seeds !== undefined) env.SHOAL_SIM_SEEDS = values.seeds
if (values.seed !== undefined) env.SHOAL_SIM_SEED = values.seed
if (values.budget !== undefined) env.SHOAL_SIM_BUDGET = String(Number(values.budget) * 1000)

ensureDependencies()
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const files = positionals.length > 0 ? positionals : ['test/sim']
const args = [vitest, 'run', '--project', 'unit', ...passedOn, ...files]
process.exit(spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status ?? 1)
