import { afterEach, expect, test, vi } from 'vitest'
import { watchAttention } from '../../src/page/attention.ts'
import { createManualClock } from '../api/manual-clock.ts'

afterEach(() => vi.unstubAllGlobals())

test('work that an app announced counts as attention until it has ended', () => {
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  const clock = createManualClock()
  const attention = watchAttention(clock)
  const say = (detail: boolean): boolean => page.dispatchEvent(new CustomEvent('shoal-working', { detail }))
  clock.pass(5000)
  expect(attention.idleFor()).toBe(5000)
  say(true)
  say(true)
  clock.pass(600_000)
  expect(attention.idleFor()).toBe(0)
  say(false)
  clock.pass(1000)
  expect(attention.idleFor()).toBe(0)
  say(false)
  clock.pass(1000)
  expect(attention.idleFor()).toBe(1000)
  page.dispatchEvent(new Event('pointerdown'))
  expect(attention.idleFor()).toBe(0)
})
