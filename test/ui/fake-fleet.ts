/** The fleet of the fake swarm: invitations in every state, devices that are gone, and every alert there is. */
import type { Alert, DeviceStatus, InvitationStatus } from '../../src/client/contract.ts'
import type { NodeId } from '../../src/core/event.ts'

const minute = 60_000_000
const hour = 60 * minute
const day = 24 * hour

/** As long as a real one. */
export const invitationLink = (count: number): string => {
  const fragment =
    'pGV0b2tlblDq8fXb7l0ZT4m9aJ2uZ6c1WXRpY2tldFkBBqRlc3dhcm1Ya2QwWXEzSm1CN2VVNXhSMXdUekgybkxmVmdDOWFTb1A4aUU0dUt5'
  return `https://station.works.example/#/join/${fragment.repeat(3)}${count}`
}

export const fleetInvitations = (
  selfId: NodeId,
  otherId: (index: number) => NodeId,
  now: number,
): readonly InvitationStatus[] => [
  {
    id: 'expired',
    admin: otherId(6),
    role: 'member',
    uses: 5,
    admitted: [otherId(1), otherId(2)],
    expires: now - 3 * day,
    isWithdrawn: false,
  },
  {
    id: 'used',
    link: invitationLink(2),
    admin: selfId,
    role: 'member',
    uses: 3,
    admitted: [otherId(3), otherId(4), otherId(5)],
    expires: now + day,
    isWithdrawn: false,
    profile: { name: 'Halle 3 – {n}' },
  },
  {
    id: 'withdrawn',
    link: invitationLink(3),
    admin: selfId,
    role: 'admin',
    uses: 1,
    admitted: [],
    expires: now + day,
    isWithdrawn: true,
  },
  {
    id: 'elsewhere',
    admin: otherId(6),
    role: 'admin',
    uses: 1,
    admitted: [],
    expires: now + 5 * hour,
    isWithdrawn: false,
  },
  {
    id: 'poster',
    link: invitationLink(5),
    admin: selfId,
    role: 'member',
    uses: 20,
    admitted: Array.from({ length: 12 }, (_, index) => otherId(index + 7)),
    expires: now + 20 * hour,
    isWithdrawn: false,
    profile: { name: 'Linie 3 – {n}', language: 'de' },
  },
]

/** Who left, was retired, closed and shut out, after those that are in use. */
export const goneDevices = (
  selfId: NodeId,
  otherId: (index: number) => NodeId,
  now: number,
): readonly DeviceStatus[] => {
  const gone = (
    index: number,
    displayName: string,
    standing: DeviceStatus['standing'],
    rest: Partial<DeviceStatus> = {},
  ): DeviceStatus => ({
    node: otherId(index),
    isSelf: false,
    displayName,
    role: 'member',
    admittedBy: selfId,
    standing,
    depth: 1,
    lastSeen: now - index * day,
    ...rest,
  })
  return [
    gone(61, 'Old warehouse tablet', { type: 'retired', by: otherId(6), at: now - 9 * day, replacedBy: otherId(5) }),
    gone(62, 'Gate', { type: 'retired', by: selfId, at: now - 2 * day }),
    gone(63, 'Handheld 7', { type: 'closed', by: selfId, at: now - 40 * day }),
    gone(64, 'Fork lift 2', { type: 'revoked', by: otherId(6), at: now - 5 * hour }),
    gone(65, 'Device AbCd', { type: 'left' }),
  ]
}

export const everyAlert = (otherId: (index: number) => NodeId): readonly Alert[] => [
  { type: 'second-admin' },
  { type: 'overused', invitation: 'used', uses: 3, admitted: [otherId(3), otherId(4), otherId(5), otherId(2)] },
  { type: 'unclosed', node: otherId(62) },
  { type: 'fork', node: otherId(4), stream: `${otherId(4)}-0`, alias: `${otherId(33)}-0`, from: 2048 },
  { type: 'renewed', node: otherId(5), was: otherId(61) },
  { type: 'clock', node: otherId(3), offset: -95 * 60 * 1_000_000 },
  { type: 'same-name', name: 'Assembly 1', nodes: [otherId(1), otherId(2)] },
  { type: 'hostile', node: otherId(64), code: 'ERR_FORGED', count: 17 },
]
