import { expect, it } from 'vitest'
import type { HeldLock } from '../../src/page/wake-lock.ts'
import { createWakeLock } from '../../src/page/wake-lock.ts'

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

const setUp = () => {
  const platform = { isVisible: true, refuses: false, asked: 0, released: 0, take: (): void => undefined }
  const lock = createWakeLock({
    request: async (): Promise<HeldLock> => {
      platform.asked++
      if (platform.refuses) throw new DOMException('low battery', 'NotAllowedError')
      return {
        release: async () => {
          platform.released++
        },
        addEventListener: (_, listener) => (platform.take = listener),
      }
    },
    isVisible: () => platform.isVisible,
    onChange: () => undefined,
  })
  return { lock, platform }
}

it('holds while it is wanted, and lets go', async () => {
  const { lock, platform } = setUp()
  expect(lock.state).toEqual({ wanted: false, held: false, supported: true })
  lock.want(true)
  await turn()
  expect(lock.state).toEqual({ wanted: true, held: true, supported: true })
  lock.want(false)
  expect(lock.state.held).toBe(false)
  expect(platform.released).toBe(1)
})

it('asks again when the page is back, once the browser has taken it away', async () => {
  const { lock, platform } = setUp()
  lock.want(true)
  await turn()
  platform.isVisible = false
  platform.take()
  expect(lock.state).toMatchObject({ wanted: true, held: false })
  lock.retry()
  await turn()
  expect(platform.asked).toBe(1)
  platform.isVisible = true
  lock.retry()
  lock.retry()
  await turn()
  expect(platform.asked).toBe(2)
  expect(lock.state.held).toBe(true)
})

it('says that it is not held when the browser refuses, and tries once more on the next occasion', async () => {
  const { lock, platform } = setUp()
  platform.refuses = true
  lock.want(true)
  await turn()
  expect(lock.state).toMatchObject({ wanted: true, held: false })
  platform.refuses = false
  lock.retry()
  await turn()
  expect(lock.state.held).toBe(true)
})

it('gives back what it no longer wants by the time it gets it', async () => {
  const { lock, platform } = setUp()
  lock.want(true)
  lock.want(false)
  await turn()
  expect(platform).toMatchObject({ asked: 1, released: 1 })
  expect(lock.state.held).toBe(false)
})

it('is not supported where the browser knows no such thing', () => {
  const lock = createWakeLock({ request: undefined, isVisible: () => true, onChange: () => undefined })
  lock.want(true)
  expect(lock.state).toEqual({ wanted: true, held: false, supported: false })
})
