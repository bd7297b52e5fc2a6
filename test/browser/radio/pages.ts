/** Serves the page and the worker of these tests, built as the app is. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'vite'
import { root } from '../../../src/station/preparation.mjs'

const bundle = async (entry: string): Promise<string> => {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    resolve: { alias: { 'simple-peer': 'simple-peer/simplepeer.min.js' } },
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: { input: join(root, 'test/browser/radio', entry), output: { format: 'iife' } },
    },
  })
  const [output] = Array.isArray(built) ? built : [built]
  if (output === undefined || !('output' in output)) throw new Error(`${entry} was not built`)
  return output.output[0].code
}

export interface RadioPages {
  readonly url: string
  close(): Promise<void>
}

export const serveRadioPages = async (): Promise<RadioPages> => {
  const [page, worker] = await Promise.all([bundle('page.ts'), bundle('worker.ts')])
  const files: Readonly<Record<string, readonly [string, string]>> = {
    '/': ['text/html', '<!doctype html><title>Radio</title><script src="/page.js"></script>'],
    '/page.js': ['text/javascript', page],
    '/worker.js': ['text/javascript', worker],
  }
  const listening = createServer(({ url = '/' }, response) => {
    const [type, body] = files[url] ?? ['text/plain', '']
    response.writeHead(files[url] === undefined ? 404 : 200, { 'Content-Type': type, 'Cache-Control': 'no-store' })
    response.end(body)
  })
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://localhost:${(listening.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        listening.closeAllConnections()
        listening.close(() => resolve())
      }),
  }
}
