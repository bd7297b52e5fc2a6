/**
 * What must be there before anything of ours can run, brought by `npm start` and `npm test` alike: the locked dependencies and a
 * build of the present sources. Plain JavaScript without dependencies, since it runs before any are there.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const at = (...parts) => join(root, ...parts)

const buildInputs = [
  'index.html',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
  'public',
  'src',
  'sw',
]
const stampFile = at('dist', 'stamp')

const filesUnder = (path) => {
  if (!existsSync(path)) return []
  const entries = readdirSync(path, { withFileTypes: true })
  return entries.flatMap((entry) => {
    const child = join(path, entry.name)
    return entry.isDirectory() ? filesUnder(child) : [child]
  })
}

/** One hash over everything the build reads. By content, since a checkout or a copy changes times and not the build. */
export const sourceHash = () => {
  const hash = createHash('sha256')
  for (const input of buildInputs) {
    const files = /\.\w+$/.test(input) ? [at(input)] : filesUnder(at(input)).sort()
    for (const file of files) {
      if (!existsSync(file)) continue
      const bytes = readFileSync(file)
      hash.update(`${relative(root, file).replaceAll('\\', '/')}\n${bytes.length}\n`).update(bytes)
    }
  }
  return hash.digest('hex')
}

export const writeBuildStamp = (hash) => {
  mkdirSync(at('dist'), { recursive: true })
  const file = openSync(stampFile, 'w')
  writeSync(file, hash)
  closeSync(file)
}

/** Called when a build begins, so that one that is cut short is not taken for finished. */
export const dropBuildStamp = () => rmSync(stampFile, { force: true })

const isBuilt = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sourceHash()

/** npm keeps a list of what it installed; every package we locked must be on it in the locked version. */
const dependenciesAreThere = () => {
  const installedList = at('node_modules', '.package-lock.json')
  if (!existsSync(installedList)) return false
  const locked = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedList, 'utf8')).packages
  return Object.entries(locked).every(([path, entry]) => {
    const found = installed[path]
    if (path === '' || (found === undefined && (entry.optional || entry.devOptional || entry.peer))) return true
    return found?.version === entry.version
  })
}

/** Ends the process with one sentence, for what a person in front of the terminal can put right. */
export const giveUp = (sentence) => {
  console.error(sentence)
  process.exit(1)
}

/** Runs npm as it was started, or the one on the path; on Windows npm is a script and needs a shell. */
const npm = (...args) => {
  const started = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : undefined
  const options = { cwd: root, stdio: 'inherit' }
  return started === undefined
    ? spawnSync('npm', args, { ...options, shell: process.platform === 'win32' }).status
    : spawnSync(process.execPath, [started, ...args], options).status
}

export const ensureDependencies = () => {
  if (dependenciesAreThere()) return
  console.log('Installing the locked dependencies (once) …')
  // The build needs the development dependencies too, whatever NODE_ENV says.
  if (npm('ci', '--include=dev', '--no-audit', '--no-fund') !== 0)
    giveUp('The dependencies could not be installed: see above; is the npm registry reachable? Then start again.')
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Runs `action` while no other process of this clone does; a lock whose holder is gone is taken over. */
const alone = (action) => {
  const lock = at('node_modules', '.shoal-build')
  for (let announced = false; ;) {
    try {
      const file = openSync(lock, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0
    if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true })
    else {
      if (!announced) console.log('Waiting for another build of this folder …')
      announced = true
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    }
  }
  try {
    action()
  } finally {
    rmSync(lock, { force: true })
  }
}

export const ensureBuild = () => {
  if (isBuilt()) return
  alone(() => {
    if (isBuilt()) return
    console.log('Building (only when sources changed) …')
    const vite = at('node_modules', 'vite', 'bin', 'vite.js')
    const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' })
    if (built.status !== 0) giveUp('The build failed: see above.')
  })
}
