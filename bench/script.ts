/** What a browser parses at every revival of the worker. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../src/station/preparation.mjs'
import type { Figure } from './figure.ts'
import { shown } from './figure.ts'

export const measureScript = (appFolder = join(root, 'dist', 'app')): Figure => {
  const script = readFileSync(join(appFolder, 'sw.js'))
  return {
    name: 'worker script, gzipped',
    measured: gzipSync(script).length / 1000,
    unit: 'kB',
    target: { type: 'at most', value: 120 },
    notes: [`${shown(script.length / 1000)} kB as it is`],
  }
}
