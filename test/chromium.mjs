/** Where a Chromium is, for the tests, the bench and whoever renders pictures. Never downloads one by itself: see `ensureChromium`. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Nothing but the page under test may use the network or the disk, and there is no graphics card to wait for. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge']

const usualPlaces = () => {
  const { env, platform } = process
  if (platform === 'darwin') {
    const apps = ['/Applications', join(env.HOME ?? '', 'Applications')]
    return apps.flatMap((folder) =>
      ['Chromium', 'Google Chrome', 'Microsoft Edge'].map((name) =>
        join(folder, `${name}.app`, 'Contents/MacOS', name),
      ),
    )
  }
  if (platform === 'win32') {
    const folders = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter(Boolean)
    const programs = [
      'Google/Chrome/Application/chrome.exe',
      'Chromium/Application/chrome.exe',
      'Microsoft/Edge/Application/msedge.exe',
    ]
    return folders.flatMap((folder) => programs.map((program) => join(folder, program)))
  }
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin']
  return names.flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name)))
}

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** `CHROME_PATH`, else the first of the usual names; `undefined` when there is none. */
export const findChromium = () => {
  const given = process.env.CHROME_PATH
  if (given) return isProgram(given) ? given : undefined
  return usualPlaces().find(isProgram)
}

const isDebianRoot = () => process.getuid?.() === 0 && existsSync('/etc/debian_version')

const installByApt = () => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0
  console.log('Installing Debian’s Chromium for the tests (once) …')
  return run('update', '-qq') && run('install', '-y', '-qq', '--no-install-recommends', 'chromium')
}

/** Like `findChromium`, but brings one where that is possible, and otherwise ends the process saying what to install. */
export const ensureChromium = () => {
  const found = findChromium()
  if (found !== undefined) return found
  if (process.env.CHROME_PATH) {
    console.error(`CHROME_PATH names ${process.env.CHROME_PATH}, which cannot be run: correct it or unset it.`)
    process.exit(1)
  }
  const installed = isDebianRoot() && installByApt() ? findChromium() : undefined
  if (installed !== undefined) return installed
  console.error(
    'The tests need a Chromium: install Chromium or Google Chrome (Debian and Ubuntu: apt install chromium), or set CHROME_PATH to one.',
  )
  process.exit(1)
}
