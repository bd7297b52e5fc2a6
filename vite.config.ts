/**
 * Three builds in one: the app (dist/app), then its worker (dist/app/sw.js, which must know every file of the app), then the
 * station (dist/station). Also the development pages, and the test projects under Vitest.
 */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createBuilder, defineConfig } from 'vite'
import type { InlineConfig, Plugin, UserConfig } from 'vite'
import { noWorker } from './src/station/answers.ts'
import { metaPolicy } from './src/page/csp.ts'
import { createSignalling } from './src/station/signalling.ts'
import { dropBuildStamp, sourceHash, writeBuildStamp } from './src/station/preparation.mjs'

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string }
const appFolder = 'dist/app'

/** Hashed names need no revision: other content would have another name. */
const precacheEntries = () =>
  readdirSync(appFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'sw.js')
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const url = path.slice(appFolder.length).replaceAll('\\', '/')
      const revision = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)
      return { url, revision: url.startsWith('/assets/') ? null : revision }
    })
    .sort((a, b) => (a.url < b.url ? -1 : 1))

/** Late, so that declarations are gone and what remains of the name is a use of it. */
const precacheList = (entries: () => unknown[]): Plugin => ({
  name: 'shoal-precache-list',
  enforce: 'post',
  applyToEnvironment: (environment) => environment.name === 'worker',
  transform: (code) =>
    code.includes('__SHOAL_PRECACHE__')
      ? { code: code.replaceAll('__SHOAL_PRECACHE__', JSON.stringify(entries())), map: null }
      : undefined,
})

/** Also for whoever serves dist/app by other means than our station. Not while developing: Vite needs inline styles then. */
const policyInPage: Plugin = {
  name: 'shoal-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: metaPolicy }, injectTo: 'head-prepend' },
  ],
}

/** Its plain entry wants Node's globals; this one runs in a browser as it is. */
const alias = { 'simple-peer': 'simple-peer/simplepeer.min.js' }

const workerBuild = {
  outDir: appFolder,
  emptyOutDir: false,
  copyPublicDir: false,
  rolldownOptions: { input: 'sw/worker.ts', output: { format: 'iife', entryFileNames: 'sw.js' } },
} as const

/** `/sw.js` while developing: built on the first request and after every change of a source, precaching nothing. */
const developmentWorker = (base: InlineConfig): Plugin => ({
  name: 'shoal-development-worker',
  apply: 'serve',
  configureServer(development) {
    let script: Promise<string> | undefined
    const build = async (): Promise<string> => {
      const plugins = [precacheList(() => [])]
      const environments = {
        worker: { consumer: 'client', build: { ...workerBuild, write: false, minify: false } },
      } as const
      const builder = await createBuilder({ ...base, configFile: false, logLevel: 'warn', plugins, environments })
      const output = await builder.build(builder.environments['worker']!)
      if (!('output' in output)) throw new Error('the worker was not built into one file')
      return output.output[0].code
    }
    development.watcher.on('all', () => (script = undefined))
    development.middlewares.use('/sw.js', (_request, response) => {
      script ??= build()
      script.then(
        (code) => {
          response.writeHead(200, {
            'Content-Type': 'text/javascript',
            'Cache-Control': 'no-cache',
            'Service-Worker-Allowed': '/',
          })
          response.end(code)
        },
        (error: unknown) => {
          script = undefined
          development.config.logger.error(String(error))
          response.writeHead(500).end()
        },
      )
    })
    development.middlewares.use('/api/v2', (_request, response) => noWorker(response))
    const signalling = createSignalling()
    development.httpServer?.on('upgrade', (request, socket, head) => {
      if (request.url === '/signal') signalling.upgrade(request, socket, head)
    })
    development.httpServer?.on('close', () => signalling.close())
  },
})

export default defineConfig(async (): Promise<UserConfig> => {
  const hash = sourceHash()
  const define = { __SHOAL_BUILD__: JSON.stringify(`${version}-${hash.slice(0, 12)}`) }
  if (process.env['VITEST'] !== undefined) {
    const { projects } = await import('./test/projects.ts')
    return { test: { projects: projects(define, alias) } }
  }
  const target = 'es2022'
  const build = { target, modulePreload: { polyfill: false }, reportCompressedSize: false, assetsInlineLimit: 0 }
  return {
    define,
    build,
    resolve: { alias },
    plugins: [policyInPage, precacheList(precacheEntries), developmentWorker({ define, build })],
    server: { port: 4454, strictPort: true },
    environments: {
      client: { build: { outDir: appFolder, emptyOutDir: true } },
      worker: { consumer: 'client', build: workerBuild },
      station: {
        consumer: 'server',
        build: {
          ssr: true,
          target: 'node20',
          outDir: 'dist/station',
          emptyOutDir: true,
          copyPublicDir: false,
          rolldownOptions: { input: 'src/station/main.ts' },
        },
      },
    },
    builder: {
      async buildApp(builder) {
        dropBuildStamp()
        for (const name of ['client', 'worker', 'station']) await builder.build(builder.environments[name]!)
        writeBuildStamp(hash)
      },
    },
  }
})
