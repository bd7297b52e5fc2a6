import { describe, expect, it } from 'vitest'
import { readRecoveryCode, writeRecoveryCode } from '../../../src/swarm/recovery-code.ts'
import {
  dividedCode,
  groupCount,
  groupFault,
  groupLength,
  namedGroup,
} from '../../../src/ui/welcome/recovery-typing.ts'

const seed = Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + 11) % 256)
const code = writeRecoveryCode(seed)
const groups = code.split('-')

describe('a recovery code that is typed', () => {
  it('falls into the groups it was printed in, however it is written', () => {
    expect(groups.map((group) => group.length)).toEqual(groups.map((_, index) => groupLength(index)))
    expect(dividedCode(code)).toEqual(groups)
    expect(
      dividedCode(` ${code.toLowerCase().replaceAll('-', '  ').replaceAll('0', 'o').replaceAll('1', 'l')}\n`),
    ).toEqual(groups)
    expect(dividedCode(groups.slice(3).join(' '), 3)).toEqual(groups.slice(3))
    // what is too much stays where it is seen
    expect(dividedCode(`${code}9`).at(-1)).toBe(`${groups.at(-1)}9`)
    expect(dividedCode('')).toEqual([])
  })
  it('is judged group by group', () => {
    for (const [index, group] of groups.entries()) expect(groupFault(group, index)).toBeUndefined()
    expect(groupFault('AB-DE'.replace('-', 'U'), 0)).toEqual({ type: 'char', char: 'U' })
    expect(groupFault('ABÄDE', 0)).toEqual({ type: 'char', char: 'Ä' })
    expect(groupFault('ABCD', 0)).toEqual({ type: 'length' })
    expect(groupFault('ABCD', groupCount - 1)).toEqual({ type: 'length' })
  })
  it('is marked where the checksum says that it is wrong', () => {
    for (const wrong of [0, 4, 11]) {
      const group = groups[wrong] ?? ''
      const typed = groups.with(wrong, `${group.startsWith('7') ? '8' : '7'}${group.slice(1)}`).join('-')
      let sentence = ''
      try {
        readRecoveryCode(typed)
      } catch (error) {
        sentence = error instanceof Error ? error.message : ''
      }
      expect([sentence, namedGroup(sentence)]).toEqual([sentence, wrong])
    }
    expect(namedGroup('More than one character is wrong, group by group.')).toBeUndefined()
  })
})
