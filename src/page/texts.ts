/** What is said where the console cannot run: the words are those of the screens, without the library of the console. */
import { de } from '../ui/strings/de.ts'
import { en } from '../ui/strings/en.ts'

/** What keeps Shoal from running here at all. */
export type Obstacle = 'insecure' | 'no-worker' | 'not-registered' | 'untrusted' | 'no-storage' | 'failed'

export interface Words {
  readonly title: string
  readonly text: string
  /** What to do, one step each. */
  readonly steps: readonly string[]
  /** On the link to where the station tells how a device comes to trust it. */
  readonly open: string
  /** On the button. */
  readonly reload: string
}

export const obstacleWords = (obstacle: Obstacle, language: string): Words => {
  const strings: Readonly<Record<keyof typeof en, string>> = language.toLowerCase().startsWith('de') ? de : en
  return {
    title: strings[`blocked.${obstacle}.title`],
    text: strings[`blocked.${obstacle}.text`],
    steps: strings[`blocked.${obstacle}.steps`].split('\n'),
    open: strings['blocked.untrusted.open'],
    reload: strings['blocked.reload'],
  }
}
