/** Where in the console one is: the part of the address behind `#`, so that every view can be linked to and works offline. */
import type { SwarmStatus } from '../client/contract.ts'

export const viewNames = [
  'welcome',
  'recovery',
  'recover',
  'invite',
  'andon',
  'devices',
  'overview',
  'events',
  'query',
  'publish',
  'import',
  'check',
  'diary',
] as const
export type ViewName = (typeof viewNames)[number]

export const welcomeSteps = ['found', 'join'] as const
export type WelcomeStep = (typeof welcomeSteps)[number]

export interface Route {
  readonly view: ViewName
  /** The device that the check is about, that the diary shows, or whose page it is. */
  readonly device?: string
  /** The invitation that is shown. */
  readonly poster?: string
  /** A query to run. */
  readonly aql?: string
  /** The former log to ask. */
  readonly swarmId?: string
  /** How far into the first start. */
  readonly step?: WelcomeStep
  /** The whole address, when it is that of an invitation. */
  readonly invitation?: string
}

/**
 * The view of an address that names none. `hasLooked`: the operator chose to look around before beginning or joining. `chosen`: what the
 * device was set up to open with.
 */
export const homeView = (
  swarm: Pick<SwarmStatus, 'state' | 'joining'>,
  hasLooked: boolean,
  chosen?: ViewName,
): ViewName => {
  if (swarm.state === 'member') return chosen ?? 'andon'
  return hasLooked && swarm.joining === undefined ? 'overview' : 'welcome'
}

/** `home`: what an address that names no view means; undefined while that is not known. */
export const currentRoute = (at: Pick<Location, 'hash' | 'pathname' | 'href'>, home?: ViewName): Route | undefined => {
  const [path = '', search = ''] = at.hash.replace(/^#\/?/, '').split('?')
  const [first = '', second = ''] = path.split('/')
  if (first === 'join' && second !== '') return { view: 'welcome', step: 'join', invitation: at.href }
  const named = viewNames.find((name) => name === first)
  // `/check` is an address of its own: it has to open on a device where nothing else works.
  const view = named ?? (at.pathname.replace(/\/$/, '') === '/check' ? 'check' : home)
  if (view === undefined) return undefined
  const step = view === 'welcome' ? welcomeSteps.find((name) => name === second) : undefined
  const asked = new URLSearchParams(search)
  const [aql, swarmId, device, poster] = ['q', 'log', 'device', 'poster'].map((name) => asked.get(name) ?? undefined)
  return {
    view,
    ...(step === undefined ? {} : { step }),
    ...(aql === undefined ? {} : { aql }),
    ...(swarmId === undefined ? {} : { swarmId }),
    ...(device === undefined ? {} : { device }),
    ...(poster === undefined ? {} : { poster }),
  }
}

/** Where an address without a view leads. */
export const homeLink = '#/'

export const linkTo = ({ view, step, aql, swarmId, device, poster }: Route): string => {
  const asked = new URLSearchParams({
    ...(aql === undefined ? {} : { q: aql }),
    ...(swarmId === undefined ? {} : { log: swarmId }),
    ...(device === undefined ? {} : { device }),
    ...(poster === undefined ? {} : { poster }),
  }).toString()
  return `#/${view}${step === undefined ? '' : `/${step}`}${asked === '' ? '' : `?${asked}`}`
}

/** A tag as AQL writes it. */
export const quoted = (tag: string): string => `'${tag.replaceAll("'", "''")}'`
