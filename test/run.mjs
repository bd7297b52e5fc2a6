/**
 * `npm test`: brings what the tests need (dependencies, a build, a Chromium), runs Vitest with the given arguments, and closes with
 * one line of counts. Fails when a test failed and when none ran.
 */
import '../src/station/node-version.mjs'

const { spawnSync } = await import('node:child_process')
const { existsSync, mkdirSync, readFileSync, rmSync } = await import('node:fs')
const { join } = await import('node:path')
const { ensureBuild, ensureDependencies, root } = await import('../src/station/preparation.mjs')
const { ensureChromium } = await import('./chromium.mjs')

const folder = join(root, 'node_modules', '.cache', 'shoal')
const reportFile = join(folder, `tests-${process.pid}.json`)

const runVitest = (chromium) => {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  const env = { ...process.env, CHROME_PATH: chromium }
  const args = [vitest, 'run', ...reporters, ...process.argv.slice(2)]
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status ?? 1
}

/** A file that could not even be loaded has no tests to count, but it did fail. */
const count = () => {
  if (!existsSync(reportFile)) return { passed: 0, failed: 0, skipped: 0 }
  const report = JSON.parse(readFileSync(reportFile, 'utf8'))
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(isFailed),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
const isFailed = (test) => test.status === 'failed'

ensureDependencies()
ensureBuild()
mkdirSync(folder, { recursive: true })
const status = runVitest(ensureChromium())
const { passed, failed, skipped } = count()
rmSync(reportFile, { force: true })

// Vitest also fails for what belongs to no test: an unhandled rejection, a file pattern that matches nothing.
const failures = failed === 0 && status !== 0 ? 1 : failed
if (passed + failed === 0) console.error('No test ran.')
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failures > 0 || passed === 0 ? 1 : 0)
