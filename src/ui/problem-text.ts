/** Why a line of a file could not be taken, as a sentence. */
import type { Problem } from './import/record.ts'
import type { Text } from './text.ts'

export const problemText = ({ code, values }: Problem, text: Text): string => text.say(`bad.${code}`, values)
