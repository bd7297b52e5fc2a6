/** The style that matters, as a failing test: who may import whom, how long a file may be, how it is named, how big the worker is. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { root } from '../src/station/preparation.mjs'

const linesMax = 400
/** The worker is parsed at every revival. Bytes, gzipped: what it has now, above the 120,000 that the bench asks for (docs/decisions/0017). */
const workerBytesMax = 131_000

/** Folder → what it may import beside itself: folders, single files, packages. What is not listed is not allowed. */
const importTable: Readonly<Record<string, readonly string[]>> = {
  core: [],
  aql: ['core'],
  crypto: ['core', '@noble/hashes', 'cborg'],
  store: ['core', 'crypto/vault.ts', 'cborg', 'idb'],
  log: ['core', 'crypto', 'store/contract.ts', 'cborg'],
  transport: ['core', 'crypto', 'simple-peer'],
  swarm: ['core', 'crypto', 'log', 'replication/contract.ts', 'store/contract.ts', 'cborg'],
  // never the store: what replicates is in the log
  replication: ['core', 'crypto', 'log/contract.ts', 'swarm/contract.ts', 'transport/contract.ts', 'cborg'],
  node: [
    'core',
    'aql',
    'crypto',
    'store/contract.ts',
    'store/shelf.ts',
    'log',
    'swarm',
    'transport/contract.ts',
    'transport/passing.ts',
    'transport/signal.ts',
    'transport/signalling.ts',
    'replication',
    'api/contract.ts',
    'cborg',
  ],
  api: ['core', 'aql', 'crypto/token.ts', 'log', 'node'],
  client: [
    'core',
    'api/contract.ts',
    'api/port-contract.ts',
    'api/outbox.ts',
    'node/contract.ts',
    'node/connectivity-contract.ts',
    'node/system-clock.ts',
  ],
  page: ['core', 'client', 'transport', 'node/system-clock.ts', 'ui', 'workbox-window'],
  // what the page knows of the browser reaches the console as a property of a documented type
  ui: ['client', 'page/contract.ts', 'apps', 'lit', 'papaparse', 'qr'],
  // apps that ship with Shoal: what any app may use, in the console's look
  apps: ['client', 'page/contract.ts', 'ui', 'lit'],
  station: [
    'core',
    'crypto',
    'store',
    'log',
    'swarm',
    'node',
    'api',
    'transport',
    'page/csp.ts',
    'node:*',
    '@peculiar/x509',
    'plist',
    'qr',
    'sirv',
    'ws',
  ],
  sw: ['core', 'aql', 'crypto', 'store', 'log', 'swarm', 'transport', 'node', 'api', 'workbox-precaching'],
}

/** Named only where a node is put together. */
const adapters = [
  'store/indexeddb.ts',
  'store/indexeddb-shelf.ts',
  'store/memory.ts',
  'transport/memory.ts',
  'transport/memory-radio.ts',
  'transport/relay-socket.ts',
  'transport/port.ts',
  'transport/webrtc.ts',
  'transport/websocket.ts',
]
const compositionRoots = ['sw', 'page', 'station']

const wordsToAvoid = new Set(
  'sync message messages database server peer peers user users service services manager helper helpers util utils common'.split(
    ' ',
  ),
)

const filesUnder = (folder: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => posix.join(entry.parentPath.slice(root.length).replaceAll('\\', '/'), entry.name))
    : []

const isCode = (file: string): boolean => /\.(?:ts|mjs|css|html)$/.test(file)
const sources = [...filesUnder('src'), ...filesUnder('sw')].filter(isCode)
const ours = [...sources, ...filesUnder('test').filter(isCode), ...filesUnder('bench').filter(isCode), 'vite.config.ts']
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** `core/event.ts` for a file of ours, `sw/worker.ts` for one of the worker, the bare name for a package. */
const importsOf = (file: string): string[] => {
  const found = textOf(file).matchAll(
    /^\s*(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|(?:^\s*import\s+|\bimport\(\s*)['"]([^'"]+)['"]/gm,
  )
  return [...found].map((match) => {
    const target = match[1] ?? match[2] ?? ''
    return target.startsWith('.') ? posix.join(dirname(file), target).replace(/^src\//, '') : target
  })
}

const folderOf = (file: string): string => file.replace(/^src\//, '').split('/')[0] ?? ''
const isIn = (target: string, allowed: string): boolean =>
  target === allowed ||
  target.startsWith(`${allowed}/`) ||
  (allowed.endsWith(':*') && target.startsWith(allowed.slice(0, -1)))

test('the sources are read', () => {
  expect(sources).toContain('src/core/event.ts')
  expect(importsOf('src/core/node-id.ts')).toEqual(['core/bytes.ts', 'core/errors.ts', 'core/event.ts'])
})

test('every import stands in the table', () => {
  const wrong = sources
    .filter((file) => file.includes('/', 4) || folderOf(file) === 'sw')
    .flatMap((file) => {
      const folder = folderOf(file)
      const allowed = [folder, ...(importTable[folder] ?? [])]
      return importsOf(file)
        .filter((target) => !allowed.some((one) => isIn(target, one)))
        .map((target) => `${file} imports ${target}`)
    })
  expect(wrong).toEqual([])
})

test('every folder has its row', () => {
  const folders = new Set(sources.filter((file) => file.split('/').length > 2).map(folderOf))
  expect([...folders].filter((folder) => importTable[folder] === undefined)).toEqual([])
})

test('adapters are named only where a node is put together', () => {
  const wrong = sources
    .filter((file) => !compositionRoots.includes(folderOf(file)))
    .flatMap((file) =>
      importsOf(file)
        // an adapter may rest on its neighbour
        .filter((target) => adapters.includes(target) && folderOf(file) !== folderOf(target))
        .map((target) => `${file} names ${target}`),
    )
  expect(wrong).toEqual([])
})

test(`no file has more than ${linesMax} lines`, () => {
  expect(ours.filter((file) => textOf(file).split('\n').length - 1 > linesMax)).toEqual([])
})

test('files are kebab-case nouns without the words to avoid', () => {
  const wrong = ours.filter((file) => {
    const [name = ''] = basename(file).split('.')
    return !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) || name.split('-').some((word) => wordsToAvoid.has(word))
  })
  expect(wrong).toEqual([])
})

/** `a.b`, for every leaf; a function counts with the number of values it is given. */
const keysOf = (value: unknown, path = ''): string[] => {
  if (typeof value === 'function') return [`${path}(${value.length})`]
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, child]) => keysOf(child, path === '' ? key : `${path}.${key}`))
}

const stringsFile = (language: string): string => join(root, 'src/ui/strings', `${language}.ts`)

test.skipIf(!existsSync(stringsFile('en')))('both languages say everything', async () => {
  const [english, german] = await Promise.all(
    ['en', 'de'].map(async (language) => {
      const module = (await import(/* @vite-ignore */ stringsFile(language))) as Record<string, unknown>
      return keysOf(module['default'] ?? module[language]).sort()
    }),
  )
  expect(english?.length).toBeGreaterThan(10)
  expect(german).toEqual(english)
})

const worker = join(root, 'dist/app/sw.js')

test.skipIf(!existsSync(worker))('the built worker is small and complete', () => {
  const script = readFileSync(worker)
  expect(gzipSync(script).length).toBeLessThanOrEqual(workerBytesMax)
  const missing = filesUnder('dist/app')
    .map((file) => file.slice('dist/app'.length))
    .filter((url) => url !== '/sw.js' && !script.includes(`\`${url}\``) && !script.includes(JSON.stringify(url)))
  expect(missing).toEqual([])
})
