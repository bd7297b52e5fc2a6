import { expect, it } from 'vitest'
import { currentRoute, homeView, linkTo } from '../../src/ui/route.ts'

const at = (hash: string, pathname = '/') => ({ hash, pathname, href: `https://station.example${pathname}${hash}` })

it('reads what it writes', () => {
  for (const route of [
    { view: 'devices' },
    { view: 'welcome', step: 'found' },
    { view: 'query', aql: "FROM 'a' & 'b?='" },
    { view: 'query', aql: 'FROM allEvents', swarmId: 'kd0Yq3.-' },
  ] as const)
    expect(currentRoute(at(linkTo(route)))).toEqual(route)
})

it('takes an invitation for what it is, with its whole address', () => {
  expect(currentRoute(at('#/join/abc-_'))).toEqual({
    view: 'welcome',
    step: 'join',
    invitation: 'https://station.example/#/join/abc-_',
  })
  expect(currentRoute(at('#/join/'), 'overview')).toEqual({ view: 'overview' })
})

it('leads home where nothing is named, once home is known', () => {
  expect(currentRoute(at(''))).toBeUndefined()
  expect(currentRoute(at('#/'), 'andon')).toEqual({ view: 'andon' })
  expect(currentRoute(at('#/nowhere'), 'andon')).toEqual({ view: 'andon' })
  expect(currentRoute(at('', '/check'))).toEqual({ view: 'check' })
})

it('is at home with the calls in a swarm, at the beginning before, or where one wants to look around', () => {
  const joining = { step: 'searching', swarmName: 'x', since: 0, failed: false } as const
  expect(homeView({ state: 'member' }, true)).toBe('andon')
  expect(homeView({ state: 'alone' }, false)).toBe('welcome')
  expect(homeView({ state: 'alone' }, true)).toBe('overview')
  expect(homeView({ state: 'alone', joining }, true)).toBe('welcome')
})
