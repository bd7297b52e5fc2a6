import { expect, it } from 'vitest'
import { layMesh } from '../../../src/ui/devices/mesh.ts'
import { createFakeSwarm } from '../fake-swarm.ts'

it.each([
  ['two', 2, 1],
  ['eight', 8, 15],
  ['forty', 40, undefined],
] as const)(
  'lays %s devices on a circle, this one at the bottom, of two on the left, each link once',
  (scene, count, links) => {
    const mesh = layMesh(createFakeSwarm({ scene }).current.devices, 100)
    expect(mesh.nodes.length).toBe(count)
    for (const { x, y } of mesh.nodes) expect(Math.hypot(x, y)).toBeCloseTo(100)
    expect(mesh.nodes[0]?.device.isSelf).toBe(true)
    expect(mesh.nodes[0]?.[count === 2 ? 'x' : 'y']).toBeCloseTo(count === 2 ? -100 : 100)
    const keys = mesh.links.map(({ a, b }) => [a.device.node, b.device.node].toSorted().join())
    expect(new Set(keys).size).toBe(keys.length)
    expect(mesh.links.every(({ a, b }) => a !== b)).toBe(true)
    expect(links ?? mesh.links.length).toBe(mesh.links.length)
  },
)

it('believes itself about its own links, and others about theirs', () => {
  const { devices } = createFakeSwarm({ scene: 'eight' }).current
  const { links } = layMesh(devices, 100)
  const own = links.filter(({ a, b }) => a.device.isSelf || b.device.isSelf)
  expect(own.length).toBe(devices.filter((device) => device.link).length)
  expect(own.every(({ kind }) => kind !== undefined)).toBe(true)
  expect(links.filter((link) => !own.includes(link)).every(({ kind }) => kind === undefined)).toBe(true)
})

it('leaves out whom it does not know', () => {
  const [self, other] = createFakeSwarm({ scene: 'two' }).current.devices
  if (!self || !other) throw new Error('two devices')
  const stranger = { ...other, link: undefined, neighbours: ['nobody'] } as unknown as typeof other
  expect(layMesh([self, stranger], 100).links).toEqual([])
  expect(layMesh([], 100)).toEqual({ nodes: [], links: [] })
})
