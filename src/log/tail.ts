/** A block over rows that are in memory anyway: what was just appended is read back without decoding. */
import type { Block } from './body.ts'
import type { Row } from './row.ts'
import { weave } from './shape.ts'

export const blockOfRows = (rows: readonly Row[], from: number, commits: readonly number[]): Block => ({
  from,
  count: rows.length,
  commits,
  lamports: rows.map(({ lamport }) => lamport),
  times: rows.map(({ timestamp }) => timestamp),
  apps: [...new Set(rows.map(({ appId }) => appId))],
  appOf: appIndexes(rows),
  tagSets: rows.map(({ tags }) => tags),
  setOf: rows.map((_, index) => index),
  payload: (index) => {
    const row = rows[index]
    return row === undefined ? 'null' : weave(row)
  },
  row: (index) => rows[index] as Row,
  bytes: 0,
})

const appIndexes = (rows: readonly Row[]): number[] | undefined => {
  const apps = [...new Set(rows.map(({ appId }) => appId))]
  return apps.length === 1 ? undefined : rows.map(({ appId }) => apps.indexOf(appId))
}
