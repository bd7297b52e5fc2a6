/** Das Tagebuch des Knotens. */
import type { diary as english } from '../en/diary.ts'

export const diary: Readonly<Record<keyof typeof english, string>> = {
  'diary.title': 'Tagebuch',
}
