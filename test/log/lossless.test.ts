/** What was published is what is read, to the last character of its JSON text, wherever the event has been in between. */
import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { jsonText } from '../../src/core/json-text.ts'
import { payloadDepthMax, payloadCharsMax } from '../../src/core/limits.ts'
import { normaliseTags } from '../../src/core/tags.ts'
import type { EventDraft, Json } from '../../src/core/event.ts'
import { tailIdleSeal } from '../../src/core/limits.ts'
import { isSealed } from '../../src/log/run.ts'
import type { Device } from './fixture.ts'
import { appId, headersOf, openDevice, publish, readAll, recordsOf } from './fixture.ts'
import { nested, publication } from './payload.ts'

const expected = (drafts: readonly EventDraft[]): string[] =>
  drafts.map(({ tags, payload }) => `${normaliseTags(tags).join('\n')}\n${jsonText(payload)}`)

const held = async (device: Device): Promise<string[]> => {
  const { events, gaps } = await readAll(device.log)
  expect(gaps).toEqual([])
  return events.map(({ tags, payload }) => `${tags.join('\n')}\n${payload}`)
}

/** Idle for long enough that even a short tail is sealed: filler events make it long enough. */
const seal = async (device: Device): Promise<void> => {
  for (let count = 0; count < 64; count++) await publish(device.log, [{ tags: ['filler'], payload: count }])
  device.clock.pass(tailIdleSeal)
  await device.log.maintain()
}

const throughEverything = async (publications: readonly (readonly EventDraft[])[]): Promise<string[]> => {
  let device = await openDevice()
  const wanted: string[] = []
  const agrees = async (): Promise<void> => {
    const all = await held(device)
    expect(all.filter((text) => !text.startsWith('filler\n'))).toEqual(wanted)
  }
  for (const drafts of publications) {
    await publish(device.log, drafts)
    wanted.push(...expected(drafts))
  }
  await agrees() // small runs, from memory
  device = await device.reopen()
  await agrees() // small runs, from their records
  await seal(device)
  expect((await headersOf(device.log, device.stream)).every(isSealed)).toBe(true)
  await agrees() // sealed
  device = await device.reopen()
  await agrees() // sealed, from its record
  await seal(device)
  await agrees() // sealed again, with more
  const other = await openDevice()
  const answers = await other.log.ingest(await recordsOf(device.log, device.stream))
  expect(answers.map(({ type }) => type)).not.toContain('refused')
  const fromOther = (await held(other)).filter((text) => !text.startsWith('filler\n'))
  expect(fromOther).toEqual(wanted)
  return fromOther
}

vi.setConfig({ testTimeout: 30_000 })

describe('RULES 13: lossless for every JSON value', () => {
  it('through small runs, seals, seals of seals, reopening, and the gate of another node', async () => {
    const through = fc.asyncProperty(fc.array(publication, { minLength: 1, maxLength: 3 }), async (publications) => {
      expect(await throughEverything(publications)).toHaveLength(publications.flat().length)
    })
    await fc.assert(through, { numRuns: 25, endOnFailure: true })
  })

  it('down to the limit of nesting, and no further', async () => {
    const deepest = [
      nested(payloadDepthMax),
      nested(payloadDepthMax, 'object'),
      nested(payloadDepthMax - 8, 'object', nested(8)),
    ]
    expect(await throughEverything([deepest.map((payload) => ({ tags: [], payload }))])).toHaveLength(3)
    const { log } = await openDevice()
    for (const kind of ['list', 'object'] as const) {
      const tooDeep = nested(payloadDepthMax + 1, kind)
      await expect(publish(log, [{ tags: [], payload: tooDeep }])).rejects.toMatchObject({ code: 'ERR_NOT_JSON' })
    }
    expect(log.present()).toEqual({})
  })

  it('up to the limit of size, in the widest characters there are, and no further', async () => {
    const largest = '界'.repeat(payloadCharsMax - 2)
    await throughEverything([[{ tags: ['large'], payload: largest }]])
    const { log } = await openDevice()
    await expect(publish(log, [{ tags: [], payload: `${largest}x` }])).rejects.toMatchObject({
      code: 'ERR_PAYLOAD_TOO_LARGE',
    })
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['undefined inside', { a: { b: undefined } }],
    ['NaN', { a: Number.NaN }],
    ['infinity', [Infinity]],
    ['a bigint', { a: 1n }],
    ['a function', { a: () => 1 }],
    ['a symbol', [Symbol('s')]],
  ])('refuses what JSON cannot say: %s', async (_, payload) => {
    const { log } = await openDevice()
    await expect(publish(log, [{ tags: [], payload: payload as Json }])).rejects.toMatchObject({ code: 'ERR_NOT_JSON' })
    expect(log.present()).toEqual({})
  })

  it('a polluted prototype changes nothing', async () => {
    const prototype = Object.prototype as unknown as Record<string, unknown>
    prototype['polluted'] = 'by a library'
    onTestFinished(() => {
      delete prototype['polluted']
    })
    const text = '{"__proto__":{"a":1},"constructor":{},"b":{}}'
    expect(await throughEverything([[{ tags: [], payload: JSON.parse(text) as Json }]])).toEqual([`\n${text}`])
  })
})

describe('what stands beside a payload', () => {
  it('many tags of the greatest length are read back after a restart: a run is never larger than a header may say', async () => {
    const device = await openDevice()
    const wide = Array.from({ length: 30 }, (_, event): EventDraft => ({
      tags: Array.from({ length: 100 }, (_event, tag) => `${'界'.repeat(1000)}${event}.${tag}`),
      payload: event,
    }))
    await publish(device.log, wide)
    const { events, gaps } = await readAll((await device.reopen()).log)
    expect(gaps).toEqual([])
    expect(events.map(({ payload }) => payload)).toEqual(wide.map((_, event) => String(event)))
  })

  it('large events that shrink well are merged into seals that can still be read', async () => {
    let device = await openDevice()
    const large = { text: '界'.repeat(330_000) }
    for (let round = 0; round < 9; round++) {
      await publish(device.log, [{ tags: [], payload: large }])
      await seal(device)
    }
    device = await device.reopen()
    const { events, gaps } = await readAll(device.log, { filter: { type: 'appId', appId } })
    expect(gaps).toEqual([])
    expect(events.filter(({ tags }) => tags.length === 0).map(({ payload }) => payload.length)).toEqual(
      Array.from({ length: 9 }, () => jsonText(large).length),
    )
    const other = await openDevice()
    const answers = await other.log.ingest(await recordsOf(device.log, device.stream))
    expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['stored']))
  })
})
