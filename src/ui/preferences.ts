/** What the person at the device chose for the screen; kept on the device, never in the log. */
import type { Language } from './text.ts'
import { languages } from './text.ts'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** Storage may be forbidden or full; a preference is not worth an error. */
export const recall = (key: string): string | undefined => {
  try {
    return localStorage.getItem(`shoal.${key}`) ?? undefined
  } catch {
    return undefined
  }
}
export const remember = (key: string, value: string): void => {
  try {
    localStorage.setItem(`shoal.${key}`, value)
  } catch {
    // Chosen for as long as the page is open, then.
  }
}

const oneOf = <T extends string>(known: readonly T[], value: string | undefined): T | undefined =>
  known.find((item) => item === value)

export const chosenTheme = (): Theme => oneOf(themes, recall('theme')) ?? 'auto'

export const chosenLanguage = (): Language =>
  oneOf(languages, recall('language')) ??
  navigator.languages.map((tag) => oneOf(languages, tag.slice(0, 2))).find((language) => language !== undefined) ??
  'en'

export const applyTheme = (theme: Theme): void => {
  if (theme === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
