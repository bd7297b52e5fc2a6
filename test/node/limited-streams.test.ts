/** RULES 8: each node drops whole seals of an ephemeral stream by its own settings, also of another node's. */
import { expect, test } from 'vitest'
import { planRouting, limitedStreamsOf, retentionOfName } from '../../src/node/routing.ts'
import { readSwarmEvent, appendSwarmEvents } from '../../src/swarm/swarm-event.ts'
import { drafts, newSigner, openDevice, publish, readAll, recordsOf } from '../log/fixture.ts'
import type { StreamId } from '../../src/core/event.ts'

test('what a node says of its limited streams is what its settings say, and is read back as said', async () => {
  const { signer, log } = await openDevice()
  const eventRouting = { streams: { telemetry: { maxEvents: 5000, maxAge: '1h' }, orders: {} } }
  const { numbers } = planRouting(eventRouting, {}, signer.id)
  const streams = limitedStreamsOf({ eventRouting, streamNumbers: numbers })
  expect(streams).toEqual([{ number: 4, name: 'telemetry', eventsMax: 5000, ageMax: 3_600_000 }])
  await appendSwarmEvents(log, [{ type: 'described', displayName: 'Press', streams }])
  const { events } = await readAll(log)
  expect(events.map((event) => readSwarmEvent(event)?.said)).toEqual([
    { type: 'described', displayName: 'Press', streams },
  ])
  // a lie in it is left out, the rest counts
  await log.append(
    [
      {
        tags: ['shoal:swarm'],
        payload: {
          type: 'described',
          displayName: 'P',
          streams: [{ number: -1.5 }, 7, { number: 4, name: 'x', ageMax: '1' }, { number: 9, name: 'y' }],
        },
      },
    ],
    {
      appId: 'com.shoal' as never,
      streamNumber: 2,
    },
  )
  const last = (await readAll(log)).events.at(-1)
  expect(last && readSwarmEvent(last)?.said).toEqual({
    type: 'described',
    displayName: 'P',
    streams: [{ number: 9, name: 'y' }],
  })
  expect(retentionOfName({ eventRouting }, 'constructor')).toBeUndefined()
  expect(retentionOfName({ eventRouting }, 'orders')).toBeUndefined()
})

test('a foreign stream is kept by this device’s rule for it, and whole where there is none', async () => {
  const author = await openDevice({
    signer: await newSigner(),
    routing: {
      routes: [{ filter: { type: 'tag', tag: 'telemetry' }, streamNumber: 4 }],
      retention: new Map([[4, { eventsMax: 1e6 }]]),
    },
  })
  for (let run = 0; run < 4; run++) await publish(author.log, drafts(1024, 'telemetry', run * 1024))
  const stream = `${author.signer.id}-4` as StreamId
  const records = await recordsOf(author.log, stream)
  const asked: StreamId[] = []
  const limited = await openDevice({
    routing: {
      routes: [],
      // of this node's own stream 4: says nothing of another node's
      retention: new Map([[4, { eventsMax: 1 }]]),
      foreignRetention: (of) => {
        asked.push(of)
        return of === stream ? { eventsMax: 2000 } : undefined
      },
    },
  })
  const whole = await openDevice({ routing: { routes: [], retention: new Map([[4, { eventsMax: 1 }]]) } })
  for (const { log } of [limited, whole]) {
    await log.ingest(records)
    await log.maintain()
  }
  expect(asked).toContain(stream)
  expect(limited.log.heads().get(stream)).toMatchObject({ from: 2048, count: 4096 })
  expect(whole.log.heads().get(stream)).toMatchObject({ from: 0, count: 4096 })
})
