/** The real input: the machine readings through the import as the screen proposes it, and what they weigh. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../src/station/preparation.mjs'
import type { Outcome } from './figure.ts'
import { shown } from './figure.ts'
import type { Ground } from './ground.ts'
import { onScene } from './ground.ts'
import { weigh, weightFigure, whenSummarised } from './importing.ts'

const name = 'machine-readings.csv'
const bytesMax = 3.5

export const measureReadings = async (ground: Ground): Promise<Outcome> => {
  const path = join(root, '..', 'shared', 'data', name)
  if (!existsSync(path))
    return {
      name: 'stored bytes per event, sealed, of the machine readings',
      why: `there is no ../shared/data/${name}`,
    }
  const text = readFileSync(path, 'utf8')
  return onScene(ground, async (scene) => {
    const page = await scene.openConsole()
    const before = await weigh(await scene.openLab())
    const mapping = await page.evaluate(([csv, file]) => window.lab.importCsv(csv, file), [text, name] as const)
    const chars = await page.evaluate(async () => {
      const items = await window.shoal.query('FROM allEvents')
      const events = items.filter((item) => item.type === 'event')
      return (
        events.reduce((sum, { payload, tags }) => sum + JSON.stringify({ tags, payload }).length, 0) / events.length
      )
    })
    const figure = weightFigure('of the machine readings', await whenSummarised(scene), before, bytesMax)
    const tags = mapping.type === 'csv' ? mapping.tags.join(', ') : ''
    return { ...figure, notes: [...figure.notes, `${shown(chars)} B of JSON each (tags and payload); tags ${tags}`] }
  })
}
