import { expect, test } from 'vitest'
import { watchWaking } from '../../src/page/radio-wake.ts'
import { createManualClock } from '../api/manual-clock.ts'

const setUp = () => {
  const inner = createManualClock()
  let slept = 0
  const clock = { ...inner, now: () => inner.now() + slept * 1000 }
  let wakes = 0
  const stop = watchWaking(clock, () => wakes++)
  return {
    stop,
    pass: inner.pass,
    sleep: (ms: number) => {
      slept += ms
      inner.pass(1000)
    },
    wakes: () => wakes,
  }
}

test('what may have killed connections wakes: back on the screen, shown again, thawed, another network', () => {
  const { wakes, stop } = setUp()
  document.dispatchEvent(new Event('visibilitychange'))
  window.dispatchEvent(new Event('pageshow'))
  window.dispatchEvent(new Event('online'))
  document.dispatchEvent(new Event('resume'))
  expect(wakes()).toBe(4)
  if ('connection' in navigator) (navigator.connection as EventTarget).dispatchEvent(new Event('change'))
  expect(wakes()).toBe(5)
  stop()
  window.dispatchEvent(new Event('online'))
  expect(wakes()).toBe(5)
})

test('a device that slept is noticed by its clock; one that is only slow is not', () => {
  const { wakes, pass, sleep, stop } = setUp()
  pass(60_000)
  sleep(3000)
  expect(wakes()).toBe(0)
  sleep(20_000)
  expect(wakes()).toBe(1)
  pass(60_000)
  expect(wakes()).toBe(1)
  stop()
  sleep(20_000)
  expect(wakes()).toBe(1)
})
