import { describe, expect, it } from 'vitest'
import type { UpdateOffer } from '../../src/page/contract.ts'
import type { TabChannel } from '../../src/page/update.ts'
import { createUpdates, updateTimes as times } from '../../src/page/update.ts'
import { createManualClock } from '../api/manual-clock.ts'

const setUp = (tabs: number) => {
  const clock = createManualClock(0)
  const { pass } = clock
  const channels: TabChannel[] = []
  const done: string[] = []
  const made = Array.from({ length: tabs }, (_, index) => {
    const channel: TabChannel = {
      onmessage: null,
      postMessage: (data) => {
        for (const other of channels) if (other !== channel) other.onmessage?.({ data } as MessageEvent)
      },
    }
    channels.push(channel)
    const tab = {
      touchedAt: -Infinity,
      typedAt: -Infinity,
      offer: undefined as UpdateOffer | undefined,
      isPending: false,
      type: () => {
        tab.touchedAt = clock.monotonic()
        tab.typedAt = clock.monotonic()
      },
    }
    const updates = createUpdates({
      clock,
      channel,
      times,
      attention: {
        idleFor: () => clock.monotonic() - tab.touchedAt,
        typedBefore: () => clock.monotonic() - tab.typedAt,
      },
      takeOver: () => done.push(`${index} takes over`),
      reload: () => done.push(`${index} reloads`),
      onOffer: (offer) => (tab.offer = offer),
      onReloadPending: () => (tab.isPending = true),
    })
    return Object.assign(tab, updates)
  })
  return { tabs: made as [(typeof made)[0], (typeof made)[0]], done, pass, clock }
}

describe('an update', () => {
  it('is offered with its deadline, and applied by a tap at once, also while somebody types', () => {
    const { tabs, done } = setUp(2)
    const [tapped, other] = tabs
    for (const tab of tabs) tab.waiting()
    expect(tapped.offer?.deadline).toBe(times.deadline)
    other.type()
    tapped.offer?.apply()
    expect(done).toEqual(['0 takes over'])
    expect([tapped.offer, other.offer]).toEqual([undefined, undefined])
  })

  it('does not apply itself before the deadline, then does when nobody is there', () => {
    const { tabs, done, pass } = setUp(2)
    for (const tab of tabs) tab.waiting()
    pass(times.deadline - 1)
    expect(done).toEqual([])
    pass(times.look + times.objection)
    expect(done.filter((what) => what.endsWith('takes over'))).toHaveLength(1)
  })

  it('does not apply itself while any tab is touched, however late', () => {
    const { tabs, done, pass } = setUp(2)
    const [unattended, used] = tabs
    for (const tab of tabs) tab.waiting()
    for (let minute = 0; minute < 60; minute++) {
      used.type()
      pass(60_000)
    }
    expect(done).toEqual([])
    expect(unattended.offer).toBeDefined()
    pass(times.idle - 60_000 + times.look + times.objection)
    expect(done).toHaveLength(1)
  })

  it.each([true, false])('heeds a touch between the question and the end of its time: %s', (isTouched) => {
    const { tabs, done, pass } = setUp(1)
    const [tab] = tabs
    tab.waiting()
    pass(times.deadline)
    // the question is out
    if (isTouched) tab.type()
    pass(times.objection)
    expect(done).toEqual(isTouched ? [] : ['0 takes over'])
  })

  it('is offered again when no worker took over', () => {
    const { tabs, done, pass } = setUp(2)
    for (const tab of tabs) tab.waiting()
    tabs[0].offer?.apply()
    pass(times.takeOver)
    expect(tabs.map((tab) => tab.offer?.deadline)).toEqual([times.deadline, times.deadline])
    tabs[1].offer?.apply()
    expect(done).toEqual(['0 takes over', '1 takes over'])
  })

  it('reloads all tabs together, but one in which somebody types only when that has ended', () => {
    const { tabs, done, pass } = setUp(2)
    const [idle, typing] = tabs
    typing.type()
    for (const tab of tabs) tab.replaced()
    expect(done).toEqual(['0 reloads'])
    expect([idle.isPending, typing.isPending]).toEqual([false, true])
    pass(times.typingEnd - times.look)
    typing.type()
    pass(times.typingEnd - times.look)
    expect(done).toEqual(['0 reloads'])
    pass(2 * times.look)
    expect(done).toEqual(['0 reloads', '1 reloads'])
  })

  it('keeps its first deadline when a still newer one arrives', () => {
    const { tabs, pass } = setUp(1)
    const [tab] = tabs
    tab.waiting()
    pass(60_000)
    tab.waiting()
    expect(tab.offer?.deadline).toBe(times.deadline)
  })
})
