/** What an invitation says a device begins with, applied once: the language of its screen, and what its icon opens. */
import type { Shoal } from '../../client/contract.ts'
import { recall, remember } from '../preferences.ts'
import type { ViewName } from '../route.ts'
import { viewNames } from '../route.ts'
import type { Language } from '../text.ts'
import { languages } from '../text.ts'

/** Views that make sense as the first thing on a screen. */
const homes: readonly ViewName[] = viewNames.filter((view) => !['welcome', 'recovery', 'recover'].includes(view))

/** `/events`, `events` or `/#/events`: the view it names; undefined for what this console does not have. */
export const homeOfProfile = (home: string | undefined): ViewName | undefined => {
  const name = home?.replace(/^\/?(?:#\/)?/, '').replace(/\/$/, '')
  return homes.find((view) => view === name)
}

/** The first part of a BCP 47 tag, where this console speaks it. */
export const languageOfProfile = (language: string | undefined): Language | undefined =>
  languages.find((known) => known === language?.toLowerCase().split('-')[0])

/** The view that this device was set up to open with. */
export const chosenHome = (): ViewName | undefined => homeOfProfile(recall('begins'))

/**
 * Once for each swarm: what somebody chooses on the device afterwards stands. Answers the language to switch to. Undefined where there is
 * nothing to apply, or the node could not be asked; then it is asked the next time.
 */
export const applyProfile = async (shoal: Pick<Shoal, 'info'>, swarmId: string): Promise<Language | undefined> => {
  if (recall('profiled') === swarmId) return undefined
  try {
    const { profile } = await shoal.info()
    remember('profiled', swarmId)
    const home = homeOfProfile(profile?.home)
    remember('begins', home ?? '')
    const language = languageOfProfile(profile?.language)
    if (language !== undefined) remember('language', language)
    return language
  } catch {
    return undefined
  }
}
