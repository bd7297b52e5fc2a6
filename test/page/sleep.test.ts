import { expect, it } from 'vitest'
import type { Slept } from '../../src/page/contract.ts'
import { beatEvery, createSleepWatch, sleepMin } from '../../src/page/sleep.ts'
import { createManualClock } from '../api/manual-clock.ts'

const setUp = () => {
  const clock = createManualClock(0)
  const kept = { beat: undefined as number | undefined }
  const slept: Slept[] = []
  const open = (isAwake: boolean | 'unknown' = true) => {
    const tab = { isAwake: isAwake === 'unknown' ? undefined : (isAwake as boolean | undefined) }
    const watch = createSleepWatch({
      clock,
      isAwake: () => tab.isAwake,
      lastBeat: () => kept.beat,
      leaveBeat: (at) => (kept.beat = at),
      onSlept: (one) => slept.push(one),
    })
    return Object.assign(tab, watch)
  }
  return { clock, kept, slept, open }
}

it('says nothing while somebody is awake', () => {
  const { clock, slept, open } = setUp()
  open()
  clock.pass(sleepMin * 3)
  expect(slept).toEqual([])
})

it('tells from when to when nobody was', () => {
  const { clock, slept, open } = setUp()
  const tab = open()
  clock.pass(beatEvery * 4)
  tab.isAwake = false
  clock.pass(600_000)
  expect(slept).toEqual([])
  tab.isAwake = true
  tab.look()
  expect(slept.length).toBe(1)
  expect((slept[0]?.to ?? 0) - (slept[0]?.from ?? 0)).toBeGreaterThanOrEqual(600_000)
  clock.pass(beatEvery * 3)
  expect(slept.length).toBe(1)
})

it('does not mind one hidden tab while another is on the screen', () => {
  const { clock, slept, open } = setUp()
  const [hidden] = [open(), open()]
  hidden.isAwake = false
  clock.pass(sleepMin * 3)
  hidden.isAwake = true
  hidden.look()
  expect(slept).toEqual([])
})

it('counts the time in which no tab was open, once it is known what this device is', () => {
  const { clock, slept, open } = setUp()
  open().stop()
  clock.pass(3_600_000)
  const tab = open('unknown')
  expect(slept).toEqual([])
  tab.isAwake = true
  clock.pass(beatEvery)
  expect(slept).toEqual([{ from: 0, to: 3_600_000 + beatEvery }])
})

it('takes a clock that was set back for what it is', () => {
  const { kept, slept, open } = setUp()
  kept.beat = 9_000_000
  open()
  expect(slept).toEqual([])
  expect(kept.beat).toBe(0)
})
