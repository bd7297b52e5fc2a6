/** `npm run check`: format, lint, three type-checks, dead code. All at once; each reports when it ends, quietly when it is content. */
import '../src/station/node-version.mjs'

const { spawn } = await import('node:child_process')
const { join } = await import('node:path')
const { ensureDependencies, root } = await import('../src/station/preparation.mjs')

const checks = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings', '.'],
  ['types of the whole', 'tsc', '-p', 'tsconfig.json'],
  ['types of the core', 'tsc', '-p', 'src/core/tsconfig.json'],
  ['types of the worker', 'tsc', '-p', 'sw/tsconfig.json'],
  ['dead code', 'knip', '--no-progress'],
]

const run = (name, program, ...args) =>
  new Promise((resolve) => {
    const began = performance.now()
    const path = join(root, 'node_modules', '.bin', program)
    const child = spawn(path, args, { cwd: root, shell: process.platform === 'win32' })
    let output = ''
    const collect = (chunk) => (output += chunk)
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (error) => (output += error.message))
    child.on('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
      if (code !== 0) console.log(output)
      resolve(code === 0)
    })
  })

ensureDependencies()
const results = await Promise.all(checks.map((check) => run(...check)))
process.exitCode = results.every(Boolean) ? 0 : 1
