/**
 * `npm run bench`: brings what it needs, as `npm test` does, and prints the figures of the node in a headless Chromium, each beside its
 * target. `npm run bench -- --help` says what can be chosen.
 */
import '../src/station/node-version.mjs'

const { ensureBuild, ensureDependencies, root } = await import('../src/station/preparation.mjs')
const { ensureChromium } = await import('../test/chromium.mjs')

ensureDependencies()
const { runnerImport } = await import('vite')
const { module } = await runnerImport('/bench/main.ts', { root, configFile: false, logLevel: 'warn' })
const options = module.readOptions(process.argv.slice(2))
if (options === undefined) process.exit(1)
if (options.appFolder === undefined) ensureBuild()
process.env.CHROME_PATH = ensureChromium()
try {
  await module.runBench(options)
} catch (error) {
  console.error(error)
  console.error('The bench broke off: what is above is all that was measured.')
  process.exit(1)
}
