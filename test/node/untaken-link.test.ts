/** A link that this node itself cannot take, by whatever mistake of its own: it ends, is not listed, and the next one is none the worse for it. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Plant } from './plant.ts'
import { codesOf, createPlant } from './plant.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let plant: Plant
beforeAll(async () => {
  plant = await createPlant()
})
afterAll(() => plant.close())

test.each(['replicator', 'vectors'] as const)('the %s cannot take it up: it is not listed', async (part) => {
  const { gate, oven } = plant
  await plant.expectAlive()
  const taken = vi.spyOn(gate.network[part], 'attach').mockImplementation(() => {
    throw new RangeError('offset is out of bounds')
  })
  const diary = await plant.diaryOf(gate, async (told) => {
    gate.network.links.get(oven.id)?.link.close({ code: 'ERR_LEAVING', message: 'For a test.' })
    await told('ERR_INTERNAL')
    await plant.pass(1000)
    expect(taken).toHaveBeenCalled()
    expect([...gate.network.links.keys()]).toEqual([])
    taken.mockRestore()
  })
  expect(codesOf(diary)).toContain('ERR_INTERNAL')
  await plant.expectAlive()
})
