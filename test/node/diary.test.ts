/** The diary under those who would fill it. */
import { describe, expect, it } from 'vitest'
import { openDiary } from '../../src/node/diary.ts'
import { createMemoryDisk, openMemoryStore } from '../../src/store/memory.ts'
import { createManualClock } from '../api/manual-clock.ts'

const open = async () => {
  const clock = createManualClock()
  const disk = createMemoryDisk()
  const store = await openMemoryStore(disk)()
  return { clock, disk, store, diary: await openDiary(store, clock) }
}

describe('a diary that somebody fills', () => {
  it('of one code keeps the newest only, and everything else as well; so after a restart', async () => {
    const { clock, disk, store, diary } = await open()
    diary.report('CLOCK_SET_BACK', 'It matters.')
    for (let at = 0; at < 500; at++) {
      diary.report('ERR_NOT_A_MEMBER', `Stranger ${at} was refused.`)
      clock.pass(5000)
    }
    const entries = diary.entries()
    expect(entries.map(({ code }) => code).filter((code) => code === 'ERR_NOT_A_MEMBER')).toHaveLength(40)
    expect(entries[0]?.code).toBe('CLOCK_SET_BACK')
    expect(entries.at(-1)?.message).toBe('Stranger 499 was refused.')
    await store.write([], 'strict')
    expect(disk.tables.get('diary')?.size).toBe(41)
    expect((await openDiary(store, clock)).entries()).toEqual(entries)
  })

  it('too fast: what is too much is counted, not written', async () => {
    const { clock, disk, diary } = await open()
    for (let at = 0; at < 10_000; at++) diary.report(`ERR_${at % 100}`, `Number ${at}.`)
    expect(diary.entries()).toHaveLength(60)
    clock.pass(4000)
    diary.report('STARTED', 'It goes on.')
    expect(diary.entries().slice(-2)).toMatchObject([
      { code: 'DIARY', message: expect.stringContaining('9940 entries') },
      { code: 'STARTED' },
    ])
    expect(disk.tables.get('diary')?.size ?? 0).toBeLessThanOrEqual(62)
  })

  it('with codes of their own making: never more than 200', async () => {
    const { clock, diary } = await open()
    for (let at = 0; at < 1000; at++) {
      diary.report(`ERR_${at}`, 'Again.')
      clock.pass(2000)
    }
    expect(diary.entries()).toHaveLength(200)
  })
})
