import { expect, it } from 'vitest'
import { writeRecoveryCode } from '../../../src/swarm/recovery-code.ts'
import { groupsOf, isLastGroup } from '../../../src/ui/welcome/recovery-sheet.ts'

const code = writeRecoveryCode(Uint8Array.from({ length: 32 }, (_, index) => index * 7))

it('shows the code in its groups', () => {
  expect(groupsOf(code).map((group) => group.length)).toEqual([...Array.from({ length: 11 }, () => 5), 3])
  expect(groupsOf(code).join('-')).toBe(code)
})

it('takes the last group however it was written down, and nothing else', () => {
  const last = groupsOf(code).at(-1) ?? ''
  for (const typed of [last, last.toLowerCase(), ` ${last} `, last.replaceAll('0', 'o').replaceAll('1', 'l')])
    expect([typed, isLastGroup(typed, code)]).toEqual([typed, true])
  for (const typed of ['', groupsOf(code)[0] ?? '', last.slice(1), code]) expect(isLastGroup(typed, code)).toBe(false)
  expect(isLastGroup('', '')).toBe(false)
  expect(isLastGroup('O1', 'AAAAA-0L')).toBe(true)
})
