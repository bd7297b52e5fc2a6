/**
 * Three kinds of tests: `unit` in Node.js, `chromium-contract` (the same contract suites inside a page), `browser` (Node.js drives a
 * Chromium and a station from outside). And `net`, by `npm run test:net` only: the same in network namespaces.
 */
import { playwright } from '@vitest/browser-playwright'
import type { TestProjectConfiguration } from 'vitest/config'
import { chromiumFlags, findChromium } from './chromium.mjs'

const insidePage = 'test/**/*.chromium.test.ts'
const fromOutside = 'test/browser/**/*.test.ts'
const acrossNetworks = 'test/net/**/*.test.ts'

export const projects = (define: Record<string, string>, alias: Record<string, string>): TestProjectConfiguration[] => [
  {
    define,
    test: {
      name: 'unit',
      environment: 'node',
      include: ['test/**/*.test.ts'],
      exclude: [insidePage, fromOutside, acrossNetworks],
      // of two cores Vitest would leave one idle
      maxWorkers: 2,
      // a machine that is busy with something else is no failure
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  },
  {
    define,
    resolve: { alias },
    // Named here, so that Vite does not reload the page in the middle of a test on discovering them.
    optimizeDeps: { include: ['idb', 'cborg', '@noble/hashes/sha2.js', 'fast-check', 'simple-peer'] },
    test: {
      name: 'chromium-contract',
      include: [insidePage],
      maxWorkers: 1,
      sequence: { groupOrder: 1 },
      testTimeout: 60_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { args: chromiumFlags, ...executable() } }),
        instances: [{ browser: 'chromium' }],
      },
    },
  },
  {
    define,
    test: {
      name: 'browser',
      environment: 'node',
      include: [fromOutside],
      // they wait more than they work; still more at once would make the clock a part of the test
      maxWorkers: 3,
      sequence: { groupOrder: 2 },
      testTimeout: 120_000,
      hookTimeout: 60_000,
    },
  },
  // set by test/net/run.mjs, which has seen that it can run here
  ...(process.env['SHOAL_NET'] === undefined ? [] : [netProject(define)]),
]

function netProject(define: Record<string, string>): TestProjectConfiguration {
  return {
    define,
    test: {
      name: 'net',
      environment: 'node',
      include: [acrossNetworks],
      fileParallelism: false,
      testTimeout: 300_000,
      hookTimeout: 120_000,
    },
  }
}

function executable(): { executablePath?: string } {
  const executablePath = findChromium()
  return executablePath === undefined ? {} : { executablePath }
}
