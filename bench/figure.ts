/** One figure: what was measured, what it is to reach, and what else is worth knowing. */

export interface Figure {
  readonly name: string
  readonly measured: number
  readonly unit: string
  readonly target: { readonly type: 'at least' | 'at most'; readonly value: number }
  /** Measured in the same run; `measured` is a ratio to it. */
  readonly limit?: string
  /** How `measured` came about, for people. */
  readonly notes: readonly string[]
}

/** In place of a figure that could not be measured. */
export interface Skipped {
  readonly name: string
  readonly why: string
}

export type Outcome = Figure | Skipped

export const isFigure = (outcome: Outcome): outcome is Figure => 'measured' in outcome

export const isReached = ({ measured, target }: Figure): boolean =>
  target.type === 'at least' ? measured >= target.value : measured <= target.value

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** The smallest value that `share` of all values do not exceed. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** Three digits that matter, thousands apart. */
export const shown = (value: number): string =>
  value >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : value.toLocaleString('en-US', { maximumSignificantDigits: 3 })

export const shownAll = (values: readonly number[]): string => values.map(shown).join(' ')

export const perSecond = ({ events, milliseconds }: { events: number; milliseconds: number }): number =>
  (events / milliseconds) * 1000

export const lines = (outcome: Outcome): string[] => {
  if (!isFigure(outcome)) return [`SKIPPED  ${outcome.name}: ${outcome.why}`]
  const { name, measured, unit, target, limit, notes } = outcome
  const sign = target.type === 'at least' ? '≥' : '≤'
  const verdict = isReached(outcome) ? 'reached ' : 'MISSED  '
  const head = `${verdict} ${name}: ${shown(measured)} ${unit} (to reach: ${sign} ${shown(target.value)} ${unit})`
  return [
    head,
    ...(limit === undefined ? [] : [`           limit: ${limit}`]),
    ...notes.map((note) => `           ${note}`),
  ]
}
