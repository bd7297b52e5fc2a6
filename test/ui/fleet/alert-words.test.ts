import { expect, it } from 'vitest'
import { adminCandidates, alertKey, alertWords, sortedAlerts } from '../../../src/ui/fleet/alert-words.ts'
import { createText } from '../../../src/ui/text.ts'
import { everyAlert } from '../fake-fleet.ts'
import { otherId, statusOf } from '../fake-scenes.ts'

const now = 1_700_000_000_000_000
const { devices } = statusOf('alerts', now)
const text = createText('en')
const alerts = everyAlert(otherId)

it('says of every alert what it is, without a hole in the sentence, and the worst first', () => {
  const titles = sortedAlerts(alerts).map((alert) => alertWords(alert, devices, text).title)
  expect(titles).toEqual([
    'Fork lift 2 sends what no proper device would send',
    'Quality desk wrote two histories under one name',
    'Make a second device an admin',
    '4 devices came in by an invitation for 3',
    'The clock of Shift lead is 1 hr 35 min behind',
    'Gate is out of service and not closed',
    '2 devices are called “Assembly 1”',
    'Old warehouse tablet goes on as a new device',
  ])
  expect(new Set(alerts.map(alertKey)).size).toBe(alerts.length)
})

it('gives the evidence in full, to be compared and handed on', () => {
  const fork = alerts.find(({ type }) => type === 'fork')
  if (fork?.type !== 'fork') throw new Error('There is no fork among them.')
  const { evidence } = alertWords(fork, devices, text)
  expect(evidence.map(([, value]) => value)).toEqual([fork.stream, fork.alias, '2,048'])
})

it('suggests as a second admin who is linked longest, and never who is gone, an admin, or this device', () => {
  const suggested = adminCandidates(devices, now)
  expect(suggested.map(({ displayName }) => displayName)).toEqual(['Quality desk', 'Shift lead', 'Assembly 2'])
  expect(adminCandidates(statusOf('founded', now).devices, now)).toEqual([])
  const [gone] = devices.filter(({ standing }) => standing.type !== 'active')
  expect(adminCandidates(gone === undefined ? [] : [gone], now)).toEqual([])
})
