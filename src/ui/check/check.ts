/** What a measurement of the check page is, and what it answers. */
import type { PageState } from '../../page/contract.ts'
import type { Shoal } from '../../client/contract.ts'
import type { StringKey, Text } from '../text.ts'

export interface CheckTools {
  /** Undefined where no node could be reached; the measurements that need one say so. */
  readonly shoal: Shoal | undefined
  readonly page: PageState | undefined
  readonly text: Text
}

export interface Outcome {
  readonly state: 'ok' | 'warn' | 'fail'
  readonly say: StringKey
  readonly values?: Readonly<Record<string, string | number>>
  /** For the report: figures with their units in the names. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface Check {
  readonly id: string
  readonly title: StringKey
  run(tools: CheckTools): Promise<Outcome>
}

export type CheckState =
  | { readonly type: 'waiting' }
  | { readonly type: 'running' }
  | { readonly type: 'finished'; readonly outcome: Outcome }

export const now = (): number => performance.now()
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
export const rounded = (value: number): number => Math.round(value * 100) / 100

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

/** A measurement that throws is an answer too. */
export const settled = async (check: Check, tools: CheckTools): Promise<Outcome> => {
  try {
    return await check.run(tools)
  } catch (error) {
    const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { state: 'fail', say: 'check.threw', values: { problem }, data: { problem } }
  }
}
