import { describe, expect, it } from 'vitest'
import type { NodeId, StreamId } from '../../src/core/event.ts'
import type { Fork } from '../../src/log/contract.ts'
import type { DeviceStatus, DiaryEntry } from '../../src/node/contract.ts'
import type { Alert, InvitationStatus } from '../../src/node/fleet-contract.ts'
import type { AlertFacts } from '../../src/node/fleet-status.ts'
import { alertsOf, forksOf, invitationsOf } from '../../src/node/fleet-status.ts'

const id = (name: string): NodeId => name.padEnd(43, '.') as NodeId
const device = (name: string, rest: Partial<DeviceStatus> = {}): DeviceStatus => ({
  node: id(name),
  isSelf: name === 'self',
  role: 'member',
  admittedBy: 'root',
  standing: { type: 'active' },
  depth: 1,
  ...rest,
})
const entry = (code: string, about: string): DiaryEntry => ({
  time: 1,
  code,
  severity: 'warning',
  message: 'It.',
  device: id(about),
})
const facts = (rest: Partial<AlertFacts> = {}): AlertFacts => ({
  devices: [device('self', { role: 'admin' }), device('A', { role: 'admin' }), device('m')],
  invitations: [],
  diary: [],
  renewals: new Map(),
  forks: [],
  ...rest,
})
const link = (clockOffset: number) =>
  ({ kind: 'webrtc', since: 0, bytesSent: 0, bytesReceived: 0, clockOffset }) as const

describe('what an admin is told', () => {
  it('is nothing where nothing is the matter', () => {
    expect(alertsOf(facts())).toEqual([])
  })

  const retired = { standing: { type: 'retired' } } as const
  const invitation: InvitationStatus = {
    id: 'poster',
    admin: id('A'),
    role: 'member',
    uses: 1,
    admitted: [id('m'), id('n')],
    expires: 1,
    isWithdrawn: false,
  }
  it.each<[string, Partial<AlertFacts>, Alert[]]>([
    [
      'one admin is left: a retired one does not count',
      { devices: [device('self', { role: 'admin' }), device('A', { role: 'admin', standing: { type: 'revoked' } })] },
      [{ type: 'second-admin' }],
    ],
    [
      'retired and not closed',
      { devices: [...facts().devices, device('x', retired)] },
      [{ type: 'unclosed', node: id('x') }],
    ],
    [
      'an invitation let in more than it was for',
      { invitations: [invitation, { ...invitation, uses: 2 }] },
      [{ type: 'overused', invitation: 'poster', uses: 1, admitted: [id('m'), id('n')] }],
    ],
    [
      'a clock more than a minute off',
      {
        devices: [
          ...facts().devices,
          device('x', { link: link(-61_000_000) }),
          device('y', { link: link(59_000_000) }),
        ],
      },
      [{ type: 'clock', node: id('x'), offset: -61_000_000 }],
    ],
    [
      'two of one name, of which none was retired',
      {
        devices: [
          ...facts().devices,
          device('y', { displayName: 'Saw' }),
          device('x', { displayName: 'Saw' }),
          device('z', { displayName: 'Gate' }),
          device('w', { displayName: 'Gate', standing: { type: 'closed' } }),
        ],
      },
      [{ type: 'same-name', name: 'Saw', nodes: [id('x'), id('y')] }],
    ],
    [
      'one that goes on under another name, until the old one is retired',
      { renewals: new Map([[id('m'), [id('n')]], [id('gone'), [id('o')]]]) }, // prettier-ignore
      [{ type: 'renewed', node: id('n'), was: id('m') }],
    ],
    [
      'a fork',
      { forks: [{ node: id('m'), stream: 'm-0', alias: 'z-0', from: 4 }] },
      [{ type: 'fork', node: id('m'), stream: 'm-0', alias: 'z-0', from: 4 }],
    ],
    [
      'what no honest device sends, counted; not what a stranger sends, nor what is no fault of it',
      {
        diary: [
          entry('ERR_FORGED', 'm'),
          entry('ERR_FORGED', 'm'),
          entry('ERR_LAMPORT_LEAP', 'A'),
          entry('ERR_FORGED', 'stranger'),
          entry('ERR_FORGED', 'self'),
          entry('ERR_SILENT', 'm'),
        ],
      },
      [
        { type: 'hostile', node: id('m'), code: 'ERR_FORGED', count: 2 },
        { type: 'hostile', node: id('A'), code: 'ERR_LAMPORT_LEAP', count: 1 },
      ],
    ],
  ])('%s', (_, change, alerts) => {
    expect(alertsOf(facts(change))).toEqual(alerts)
  })
})

it('a fork is that of who signed it, also where a branch has branches', () => {
  const [stream, branch, twig] = [`${id('m')}-0`, `${id('first')}-0`, `${id('second')}-0`] as [
    StreamId,
    StreamId,
    StreamId,
  ]
  const digest = new Uint8Array(32)
  const fork = (of: StreamId, alias: StreamId, from: number): Fork => ({
    stream: of,
    alias,
    from,
    chain: digest,
    kept: digest,
    other: digest,
  })
  const all = [fork(stream, branch, 4), fork(branch, twig, 2)]
  const told = forksOf({ forks: () => all, originOf: (alias) => all.find((one) => one.alias === alias) })
  expect(told).toEqual([
    { node: id('m'), stream, alias: branch, from: 4 },
    { node: id('m'), stream: branch, alias: twig, from: 2 },
  ])
})

it('invitations are told until they expire, and after that where they were overused; the newest first', () => {
  const ticket = (fill: number, expires: number, uses: number) => ({
    swarm: id('root'),
    tokenId: new Uint8Array(32).fill(fill),
    admin: id('A'),
    uses,
    expires,
    role: 'member' as const,
  })
  const told = invitationsOf({
    tickets: [ticket(1, 5, 1), ticket(2, 5, 2), ticket(3, 50, 2), ticket(4, 60, 1)],
    now: 10,
    link: (name) => (name.startsWith('AwMD') ? 'https://shoal.example/#/join/x' : undefined),
    admitted: () => [id('m'), id('n')],
    isWithdrawn: (tokenId) => tokenId[0] === 4,
  })
  expect(told.map(({ uses, expires, isWithdrawn }) => [uses, expires, isWithdrawn])).toEqual([
    [1, 60, true],
    [2, 50, false],
    [1, 5, false],
  ])
  expect(told.map((one) => one.link)).toEqual([undefined, 'https://shoal.example/#/join/x', undefined])
})
