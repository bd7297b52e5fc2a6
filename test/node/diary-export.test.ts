/** What is written into a diary, read from one, and handed to somebody else. */
import { encode } from 'cborg'
import { describe, expect, it } from 'vitest'
import { cryptBase64 } from '../../src/core/node-id.ts'
import type { NodeId } from '../../src/core/event.ts'
import { openDiary } from '../../src/node/diary.ts'
import { exportDiary, filterDiary } from '../../src/node/diary-filter.ts'
import { withoutSecrets } from '../../src/node/redaction.ts'
import { writeHandCode } from '../../src/replication/hand-code.ts'
import { createMemoryDisk, openMemoryStore } from '../../src/store/memory.ts'
import { createSigner, makeSigningPair } from '../../src/crypto/keys.ts'
import { writeInvitation } from '../../src/swarm/invitation.ts'
import { writeRecoveryCode } from '../../src/swarm/recovery-code.ts'
import { signTicket, tokenIdOf } from '../../src/swarm/ticket.ts'
import { createManualClock } from '../api/manual-clock.ts'

const bytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))
const member = cryptBase64(bytes(32)) as NodeId
const head = { node: member, version: 'test', exportedAt: 1, isMember: (id: string) => id === member }

const open = async (disk = createMemoryDisk()) => {
  const clock = createManualClock()
  const store = await openMemoryStore(disk)()
  return { clock, disk, store, diary: await openDiary(store, clock) }
}

describe('an entry', () => {
  it('has a severity, and the device, stream and link that its sentence names', async () => {
    const { diary } = await open()
    diary.report('ERR_SILENT', `The webrtc link to ${member} was cut: Nothing has been heard of it for 15 seconds.`)
    diary.report('QUARANTINED', `Offsets 0 to 5 of ${member}-2 cannot be read.`)
    diary.report('RETENTION', 'Something was let go.')
    expect(diary.entries()).toMatchObject([
      { code: 'ERR_SILENT', severity: 'warning', device: member, link: 'webrtc' },
      { code: 'QUARANTINED', severity: 'error', device: member, stream: `${member}-2` },
      { code: 'RETENTION', severity: 'info' },
    ])
    expect(diary.entries()[2]).not.toHaveProperty('device')
  })
  it('of an earlier version is read, with the severity of its code', async () => {
    const disk = createMemoryDisk()
    const { store, clock } = await open(disk)
    const old = { time: 7, code: 'ERR_STORE_FULL', message: 'The storage of this device is full.' }
    await store.write([{ type: 'put', table: 'diary', key: '0000000000000001', value: encode(old) }], 'strict')
    const damaged = new Uint8Array([255, 1])
    await store.write([{ type: 'put', table: 'diary', key: '0000000000000002', value: damaged }], 'strict')
    expect((await openDiary(store, clock)).entries()).toEqual([{ ...old, severity: 'error' }])
  })
})

describe('a filter', () => {
  const entries = [
    { time: 1, code: 'JOINING', severity: 'info', message: 'A device asks to join.' },
    { time: 2, code: 'ERR_STATION', severity: 'warning', message: 'The Station cannot be reached.' },
    { time: 3, code: 'ERR_PROOF', severity: 'error', message: 'It could not prove it.', device: member },
  ] as const
  it.each([
    [{}, [1, 2, 3]],
    [{ severity: 'warning' }, [2, 3]],
    [{ severity: 'error' }, [3]],
    [{ codes: ['JOINING', 'ERR_PROOF'] }, [1, 3]],
    [{ codes: [] }, [1, 2, 3]],
    [{ device: member }, [3]],
    [{ text: ' station ' }, [2]],
    [{ text: member.slice(3, 12).toLowerCase() }, [3]],
    [{ text: 'err_' }, [2, 3]],
    [{ from: 2 }, [2, 3]],
    [{ to: 2 }, [1, 2]],
    [{ from: 2, to: 2, severity: 'error' }, []],
  ] as const)('%j', (filter, times) => {
    expect(filterDiary(entries, filter).map(({ time }) => time)).toEqual(times)
  })
})

const token = bytes(16)
// as base64url it begins with a dash, so that it cannot be taken for a node; one that can is below
const key = bytes(32).fill(0xfb, 0, 1)
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex')
const url64 = (value: Uint8Array): string => Buffer.from(value).toString('base64url')
const recoveryCode = writeRecoveryCode(bytes(32))
const admin = await createSigner(await makeSigningPair())
const ticketBytes = await signTicket(
  { swarm: admin.id, tokenId: await tokenIdOf(token), admin: admin.id, uses: 20, expires: 1e15, role: 'member' },
  admin,
)
const secrets: Readonly<Record<string, string>> = {
  'an invitation': writeInvitation('https://shoal.example/', {
    token,
    ticketBytes,
    swarmName: 'Hall 3',
    stations: ['wss://shoal.example/signal'],
  }),
  'a recovery code': recoveryCode,
  'a recovery code in small letters': recoveryCode.toLowerCase(),
  'a recovery code with blanks': recoveryCode.replaceAll('-', ' '),
  'a recovery code in one piece': recoveryCode.replaceAll('-', ''),
  'a token': url64(token),
  'a key in base64url': url64(key),
  'a key in base64': Buffer.from(key).toString('base64'),
  'a key in hex': hex(key),
  'a bearer token': `Bearer ${url64(bytes(90))}`,
  'a code carried by hand': writeHandCode({ type: 'offer', name: '', signal: bytes(90) }),
  'a token in an address': `https://shoal.example/?access=${url64(token)}`,
  'a password in an address': 'wss://technician:hunter2@shoal.example/signal',
}

describe('secrets', () => {
  it.each(Object.entries(secrets))('%s is not even written down', async (_, secret) => {
    const { diary, disk, store } = await open()
    diary.report('ERR_BAD_REQUEST', `"${secret}" is not understood: ${secret}. Try again.`)
    diary.report('ERR_OTHER', secret)
    await store.write([], 'strict')
    const kept = [...(disk.tables.get('diary') ?? new Map<string, Uint8Array>()).values()]
    expect(kept).toHaveLength(2)
    const text = kept.map((value) => new TextDecoder().decode(value)).join('\n')
    const end = secret.endsWith('/signal') ? secret : secret.slice(-18)
    for (const piece of [secret, end, 'hunter2', 'technician']) expect(text).not.toContain(piece)
    expect(text).toContain('is not understood')
  })

  it('and what is nobody else’s business do not leave with an export, though a diary be full of them', async () => {
    const clock = createManualClock()
    const others = {
      ...secrets,
      'a key that looks like a node': cryptBase64(key),
      'a name': '"Anna Schmidt’s tablet"',
      'a German name': '„Tablet von Anna Schmidt“',
      'an address of a person': 'anna.schmidt@plant.example',
      'a payload': '{"operator":"Anna Schmidt","torque":{"nm":12.5}}',
      'a list': '["Anna Schmidt", 12.5]',
    }
    const entries = Object.values(others).flatMap((secret, at) => [
      { time: at, code: 'ERR_X', severity: 'error', message: `Before ${secret} after, by ${member}.` } as const,
      { time: at, code: secret, severity: 'info', message: secret } as const,
      {
        time: at,
        code: 'ERR_Y',
        severity: 'info',
        message: `x(${secret}), ${secret}`,
        device: cryptBase64(key) as NodeId,
      } as const,
    ])
    const text = JSON.stringify(exportDiary(entries, { ...head, exportedAt: clock.now() }))
    for (const secret of Object.values(others)) {
      expect(text).not.toContain(secret)
      // of an address only the password is secret
      expect(text).not.toContain(secret.endsWith('/signal') ? 'technician:' : secret.slice(-20, -2))
    }
    for (const word of ['Anna', 'Schmidt', 'torque', '12.5', 'hunter2', hex(token), url64(token)])
      expect(text).not.toContain(word)
    expect(text.split('Before ')).toHaveLength(Object.keys(others).length + 1)
    expect(text).toContain(`after, by ${member}.`)
  })

  it('go, and everything else stays', () => {
    for (const sentence of [
      `The webrtc link to ${member} was cut: Nothing has been heard of it for 15 seconds.`,
      `${member}-12: 1024 events were let go, as the settings of this device say.`,
      'wss://station-hall-3.plant.example:4454/signal: The station cannot be reached: it did not answer within 10 s.',
      'ERR_FRAME_BEFORE_PROOF was told by the internationalization-of-everything at 192.168.100.200.',
      'The clock of this device was set back by 3 h; 2026-11-22T16:36:59.123Z.',
    ])
      expect(withoutSecrets(sentence)).toBe(sentence)
  })

  it('of strangers leave a number behind, so that one can be told from another', () => {
    const [a, b] = [cryptBase64(bytes(32)), cryptBase64(bytes(32))]
    const entries = [a, b, a].map(
      (id, time) => ({ time, code: 'X', severity: 'info', message: `${id} knocked.` }) as const,
    )
    expect(exportDiary(entries, head).entries.map(({ message }) => message)).toEqual([
      '[stranger 1] knocked.',
      '[stranger 2] knocked.',
      '[stranger 1] knocked.',
    ])
  })
})
