import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeId, StreamId } from '../../src/core/event.ts'
import type { Admission } from '../../src/swarm/contract.ts'
import type { StandingSaid, Standings, Word } from '../../src/swarm/standing.ts'
import { cutOf, isShut, judgeStandings, tokenOf } from '../../src/swarm/standing.ts'

const id = (name: string): NodeId => name.padEnd(43, '.') as NodeId
const root = id('root')
const tokenId = (name: string): Uint8Array => new TextEncoder().encode(name.padEnd(32, '-')).slice(0, 32)

/** `node` came in, or up, by a ticket of `admin`; by the root where there is none. */
const came = (
  node: string,
  admin: string | undefined,
  role: 'admin' | 'member',
  token = `${node} by ${admin} ${role}`,
  replaces?: string,
): Admission => ({
  certificate: {
    swarm: root,
    node: id(node),
    boxKey: new Uint8Array(32),
    role,
    token: admin === undefined ? new Uint8Array() : tokenId(token),
    admittedBy: admin === undefined ? root : id('anybody'),
    admittedAtLamport: 1,
  },
  ticket:
    admin === undefined
      ? undefined
      : {
          swarm: root,
          tokenId: tokenId(token),
          admin: id(admin),
          uses: 1,
          expires: 1,
          role,
          ...(replaces !== undefined && { replaces: id(replaces) }),
        },
  bytes: new TextEncoder().encode(token),
})

const word = (author: string, offset: number, said: StandingSaid, lamport = offset): Word => ({
  author: id(author),
  offset,
  key: { lamport, stream: `${id(author)}-1` as StreamId },
  at: 1000 + lamport,
  said,
})
const revoke = (node: string, cuts: [number, number][] = [], isByRoot = false): StandingSaid => ({
  type: 'revoked',
  node: id(node),
  cuts: new Map(cuts),
  isByRoot,
})
const close = (node: string, cuts: [number, number][] = []): StandingSaid => ({
  type: 'closed',
  node: id(node),
  cuts: new Map(cuts),
})
const retire = (node: string): StandingSaid => ({ type: 'retired', node: id(node) })

/** Which token was told by its admin, and at which offset. */
type Told = Record<string, number>

const judge = (admissions: readonly Admission[], words: readonly Word[] = [], told: Told = {}): Standings => {
  const byNode = new Map<NodeId, Admission[]>()
  for (const one of admissions) byNode.set(one.certificate.node, [...(byNode.get(one.certificate.node) ?? []), one])
  const places = new Map(Object.entries(told).map(([token, offset]) => [tokenOf(tokenId(token)), offset]))
  return judgeStandings({ swarm: root, admissions: byNode, words, toldAt: (_, token) => places.get(token) })
}
const standing = ({ placed }: Standings, node: string) => placed.get(id(node))?.standing
const typeOf = (standings: Standings, node: string) => standing(standings, node)?.type

const founder = came('F', undefined, 'admin')
/** F founded; A and B were made admins by F, C by A; m came in by F's poster. */
const plant = [
  founder,
  came('A', 'F', 'member'),
  came('A', 'F', 'admin'),
  came('B', 'F', 'admin'),
  came('C', 'A', 'admin'),
  came('m', 'F', 'member'),
]

describe('ranks', () => {
  it('are the steps from the root by those who made each what it is; members rank below all admins', () => {
    const { placed } = judge(plant)
    expect(['F', 'A', 'B', 'C'].map((name) => placed.get(id(name))?.rank)).toEqual([0, 1, 1, 2])
    expect(placed.get(id('A'))?.role).toBe('admin')
    expect(placed.get(id('m'))?.role).toBe('member')
  })

  it.each([
    ['an admin revokes any member', 'C', 'm', 'revoked'],
    ['and an admin that ranks lower', 'A', 'C', 'revoked'],
    ['not one of its own rank', 'A', 'B', 'active'],
    ['nor one above', 'C', 'F', 'active'],
    ['a member revokes nobody', 'm', 'C', 'active'],
    ['nor a stranger', 'x', 'm', 'active'],
  ])('%s', (_, author, node, type) => {
    expect(typeOf(judge(plant, [word(author, 3, revoke(node))]), node)).toBe(type)
  })

  it('the root revokes all, whoever carries it', () => {
    const standings = judge(plant, [word('m', 3, revoke('F', [[0, 7]], true))])
    expect(standing(standings, 'F')).toEqual({ type: 'revoked', by: root, at: 1003, cuts: new Map([[0, 7]]) })
  })

  it('a promotion by somebody low takes nobody out of the reach of those above', () => {
    const raised = [...plant, came('m', 'C', 'admin')]
    expect(judge(raised).placed.get(id('m'))).toMatchObject({ role: 'admin', rank: 3 })
    expect(typeOf(judge(raised, [word('B', 0, revoke('m'))]), 'm')).toBe('revoked')
    expect(judge([...raised, came('m', 'F', 'admin')]).placed.get(id('m'))).toMatchObject({ role: 'admin', rank: 1 })
  })
})

describe('a cut', () => {
  it('is the word of the highest rank, within a rank the lowest of each stream, 0 where one does not name it', () => {
    const low = word('C', 0, revoke('m', [[0, 1]]))
    const one = word('A', 0, revoke('m', [[0, 9], [1, 5], [3, 2]])) // prettier-ignore
    const other = word('B', 0, revoke('m', [[0, 4], [1, 8]])) // prettier-ignore
    expect(standing(judge(plant, [low, one, other]), 'm')?.cuts).toEqual(new Map([[0, 4], [1, 5]])) // prettier-ignore
    const top = word('F', 0, revoke('m', [[0, 50]]))
    const cut = standing(judge(plant, [low, one, other, top]), 'm')
    expect([0, 1, 2].map((number) => cutOf(cut ?? { type: 'active' }, number))).toEqual([50, 0, 0])
  })

  it('also ends what its node says of others', () => {
    const words = [word('C', 2, revoke('m')), word('F', 0, revoke('C', [[1, 2]]))]
    expect(typeOf(judge(plant, words), 'm')).toBe('active')
    expect(typeOf(judge(plant, [word('C', 1, revoke('m')), words[1] as Word]), 'm')).toBe('revoked')
  })

  it('that is itself beyond a cut is none: who was revoked out of spite is back', () => {
    const spite = word('A', 5, revoke('C', [[0, 3]]))
    expect(typeOf(judge(plant, [spite]), 'C')).toBe('revoked')
    const told = { 'C by A admin': 0 }
    expect(typeOf(judge(plant, [spite, word('F', 9, revoke('A', [[1, 5]]))], told), 'C')).toBe('active')
  })
})

describe('what a revoked admin gave', () => {
  const given = [...plant, came('n', 'A', 'member', 'poster of A'), came('B', 'A', 'admin', 'promotion by A')]
  const cut = word('F', 0, revoke('A', [[1, 4]]))

  it('counts where it had told the swarm before its cut', () => {
    const told = { 'poster of A': 3, 'C by A admin': 0, 'promotion by A': 1 }
    const standings = judge(given, [cut], told)
    expect(typeOf(standings, 'n')).toBe('active')
    expect(standings.placed.get(id('C'))).toMatchObject({ role: 'admin', rank: 2 })
  })

  it('counts no more where it had not: who came in by it is cut off, who was raised is what it was', () => {
    const lowB = [...plant.filter(({ certificate }) => certificate.node !== id('B')), came('B', 'F', 'member')]
    const standings = judge(
      [...lowB, came('n', 'A', 'member', 'poster of A'), came('B', 'A', 'admin', 'late')],
      [cut],
      {
        'poster of A': 4,
      },
    )
    expect(standing(standings, 'n')).toEqual({ type: 'revoked', by: id('F'), at: 1000, cuts: new Map() })
    expect(typeOf(standings, 'C')).toBe('revoked')
    expect(standings.placed.get(id('B'))).toMatchObject({ role: 'member', standing: { type: 'active' } })
  })

  it('and what those gave in turn goes with it', () => {
    const chain = [...plant, came('x', 'C', 'member', 'poster of C')]
    const standings = judge(chain, [cut], { 'poster of C': 0 })
    expect(standing(standings, 'x')).toEqual({ type: 'revoked', by: id('F'), at: 1000, cuts: new Map() })
  })
})

describe('who goes on under another name', () => {
  const renewed: Admission = {
    ...came('m2', undefined, 'member'),
    renewal: { swarm: root, was: id('m'), node: id('m2'), boxKey: new Uint8Array(32), lamport: 1 },
  }
  const all = [...plant, renewed]

  it('is a member as before', () => {
    expect(judge(all).placed.get(id('m2'))).toMatchObject({ role: 'member', rank: 1, standing: { type: 'active' } })
    expect(typeOf(judge(all, [word('A', 0, retire('m'))]), 'm2')).toBe('active')
  })

  it('is cut off with its old one, from 0 where no word says otherwise', () => {
    const old = word('A', 4, revoke('m', [[0, 5]]))
    expect(standing(judge(all, [old]), 'm2')).toEqual({ type: 'revoked', by: id('A'), at: 1004, cuts: new Map() })
    const named = word('A', 5, revoke('m2', [[0, 7]]))
    expect(standing(judge(all, [old, named]), 'm2')?.cuts).toEqual(new Map([[0, 7]]))
    expect(typeOf(judge(all, [named]), 'm')).toBe('active')
  })
})

describe('retired and closed', () => {
  it('any admin may retire, also who ranks higher; it still counts what that one says', () => {
    const words = [word('C', 0, retire('F')), word('F', 9, revoke('m'))]
    const standings = judge(plant, words)
    expect(standing(standings, 'F')).toEqual({ type: 'retired', by: id('C'), at: 1000 })
    expect(typeOf(standings, 'm')).toBe('revoked')
  })

  it('of two closings each stream ends at the higher', () => {
    const words = [word('A', 0, close('m', [[0, 5], [1, 2]])), word('B', 4, close('m', [[0, 3], [1, 7], [2, 1]]))] // prettier-ignore
    expect(standing(judge(plant, words), 'm')).toEqual({
      type: 'closed',
      by: id('A'),
      at: 1000,
      cuts: new Map([[0, 5], [1, 7], [2, 1]]), // prettier-ignore
    })
  })

  it('nobody is silenced from below: the closing of an admin by one no higher leaves its word on membership', () => {
    const words = [word('C', 0, close('F', [[0, 5]])), word('F', 9, revoke('C', [[1, 0]]))]
    const standings = judge(plant, [words[0] as Word])
    expect(cutOf(standing(standings, 'F') ?? { type: 'active' }, 0)).toBe(5)
    expect(cutOf(standing(standings, 'F') ?? { type: 'active' }, 1)).toBe(Number.MAX_SAFE_INTEGER)
    // and what it answers undoes it
    expect(typeOf(judge(plant, words), 'F')).toBe('active')
    const byHigher = judge(plant, [word('F', 0, close('C', [[1, 2]])), word('C', 2, revoke('m'))])
    expect(typeOf(byHigher, 'm')).toBe('active')
  })

  it('who was retired from below keeps its links, so that it can answer; others get none', () => {
    const shut = (words: readonly Word[], node: string, by: string): boolean => {
      const { placed } = judge(plant, words)
      return isShut(placed.get(id(node)), placed.get(id(by)))
    }
    expect(shut([word('C', 0, retire('F'))], 'F', 'C')).toBe(false)
    expect(shut([word('A', 0, retire('B'))], 'B', 'A')).toBe(true)
    expect(shut([word('F', 0, retire('A'))], 'A', 'F')).toBe(true)
    expect(shut([word('C', 0, retire('m'))], 'm', 'C')).toBe(true)
    expect(shut([word('m', 0, { type: 'left' })], 'm', 'm')).toBe(true)
    expect(shut([], 'm', 'm')).toBe(false)
  })

  it('revoked goes before closed, closed before retired, retired before left', () => {
    const left = word('m', 0, { type: 'left' })
    const all = [left, word('A', 1, retire('m')), word('A', 2, close('m')), word('A', 3, revoke('m'))]
    expect([1, 2, 3, 4].map((count) => typeOf(judge(plant, all.slice(0, count)), 'm'))).toEqual([
      'left',
      'retired',
      'closed',
      'revoked',
    ])
  })

  it('who is replaced is retired, by an admin or by an invitation that says so', () => {
    const replaced = word('A', 2, { type: 'replaced', old: id('m'), node: id('n') })
    const members = [...plant, came('n', 'B', 'member')]
    expect(standing(judge(members, [replaced]), 'm')).toEqual({
      type: 'retired',
      by: id('A'),
      at: 1002,
      replacedBy: id('n'),
    })
    const invited = judge([...plant, came('n', 'B', 'member', 'for m', 'm')])
    expect(standing(invited, 'm')).toEqual({ type: 'retired', by: id('B'), replacedBy: id('n') })
    expect(typeOf(judge(members, [word('n', 0, { type: 'replaced', old: id('m'), node: id('n') })]), 'm')).toBe(
      'active',
    )
  })

  it('an invitation is withdrawn by any admin, and by nobody else', () => {
    const token = tokenOf(tokenId('poster'))
    expect(judge(plant, [word('B', 0, { type: 'withdrawn', token })]).withdrawn).toEqual(new Set([token]))
    expect(judge(plant, [word('m', 0, { type: 'withdrawn', token })]).withdrawn).toEqual(new Set())
  })
})

describe('of the same admissions and words', () => {
  const names = ['F', 'A', 'B', 'C', 'm', 'n', 'x']
  const name = fc.constantFrom(...names)
  const cuts = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 6 })), { maxLength: 4 })
  const said: fc.Arbitrary<StandingSaid> = fc.oneof(
    fc.constant<StandingSaid>({ type: 'left' }),
    name.map(retire),
    fc.tuple(name, cuts).map(([node, list]) => close(node, list)),
    fc.tuple(name, cuts, fc.integer({ min: 0, max: 9 })).map(([node, list, dice]) => revoke(node, list, dice === 0)),
    fc.tuple(name, name).map(([old, node]): StandingSaid => ({ type: 'replaced', old: id(old), node: id(node) })),
    name.map((one): StandingSaid => ({ type: 'withdrawn', token: tokenOf(tokenId(one)) })),
  )
  const admission = fc
    .tuple(name, name, fc.constantFrom('admin' as const, 'member' as const), fc.option(name, { nil: undefined }))
    .map(([node, admin, role, replaces]) =>
      came(node, admin, role, `${node} by ${admin} ${role} ${replaces}`, replaces),
    )
  const story = fc.record({
    admissions: fc.uniqueArray(admission, { maxLength: 14, selector: ({ bytes }) => tokenOf(tokenId(String(bytes))) }),
    words: fc
      .array(fc.tuple(name, said), { maxLength: 24 })
      // each author's offsets without gaps
      .map((list) => list.map(([author, one], at) => word(author, list.slice(0, at).filter(([a]) => a === author).length, one, at))), // prettier-ignore
    told: fc.dictionary(fc.constantFrom('none'), fc.integer({ min: 0, max: 6 })),
  })
  const plain = (standings: Standings) => ({
    placed: [...standings.placed]
      .map(
        ([
          node,
          {
            role,
            rank,
            standing: { cuts: cut, ...rest },
            admission: one,
          },
        ]) => {
          const sorted = cut === undefined ? undefined : [...cut].toSorted(([a], [b]) => a - b)
          return { node, role, rank, rest, sorted, bytes: [...one.bytes].join() }
        },
      )
      .toSorted((a, b) => (a.node < b.node ? -1 : 1)),
    withdrawn: [...standings.withdrawn].toSorted(),
  })

  it('every node makes the same, whatever arrived first', () => {
    fc.assert(
      fc.property(
        story,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        ({ admissions, words }, dice) => {
          const shuffled = <T>(list: readonly T[]): T[] =>
            list
              .map((one) => [dice.next().value as number, one] as const)
              .toSorted(([a], [b]) => a - b)
              .map(([, one]) => one)
          const told: Told = Object.fromEntries(
            admissions.map(({ bytes }, at) => [new TextDecoder().decode(bytes), at % 5]),
          )
          const all = [founder, ...admissions]
          expect(plain(judge(shuffled(all), shuffled(words), told))).toEqual(plain(judge(all, words, told)))
        },
      ),
      { numRuns: 400 },
    )
  })

  it('a word that lies beyond what counts of its author changes nothing: who holds it and who does not agree', () => {
    fc.assert(
      fc.property(story, ({ admissions, words }) => {
        const all = [founder, ...admissions]
        const full = judge(all, words)
        const counted = words.filter(({ author, offset, said: one }) => {
          const cut = cutOf(full.placed.get(author)?.standing ?? { type: 'active' }, 1)
          return offset < cut || (one.type === 'revoked' && one.isByRoot)
        })
        expect(plain(judge(all, counted))).toEqual(plain(full))
      }),
      { numRuns: 400 },
    )
  })
})
