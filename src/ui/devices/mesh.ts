/** Where the devices of a mesh stand in its drawing: on a circle, this one at the bottom (alone: in the middle; of two: on the left), and a line for each link. */
import type { DeviceStatus } from '../../client/contract.ts'

export interface MeshNode {
  readonly device: DeviceStatus
  readonly x: number
  readonly y: number
  /** Radians; 0 is to the right, a quarter is down. */
  readonly angle: number
}

export interface MeshLink {
  readonly a: MeshNode
  readonly b: MeshNode
  /** Known for our own links only. */
  readonly kind: 'webrtc' | 'websocket' | 'port' | 'memory' | undefined
}

export interface Mesh {
  readonly nodes: readonly MeshNode[]
  readonly links: readonly MeshLink[]
}

/** `devices`: this one first. What two devices say of each other is one link, whoever says it. */
export const layMesh = (devices: readonly DeviceStatus[], circle: number): Mesh => {
  const radius = devices.length === 1 ? 0 : circle
  const nodes = devices.map((device, index): MeshNode => {
    // two beside each other need half the height
    const first = devices.length === 2 ? Math.PI : Math.PI / 2
    const angle = first + (2 * Math.PI * index) / Math.max(1, devices.length)
    return { device, angle, x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
  })
  const byId = new Map(nodes.map((node) => [node.device.node as string, node]))
  const links = new Map<string, MeshLink>()
  const add = (a: MeshNode, b: MeshNode | undefined, kind: MeshLink['kind']): void => {
    if (b === undefined || a === b) return
    const key = [a.device.node, b.device.node].toSorted().join(' ')
    if (kind !== undefined || !links.has(key)) links.set(key, { a, b, kind })
  }
  const self = nodes.find(({ device }) => device.isSelf)
  for (const node of nodes) {
    for (const other of node.device.neighbours ?? []) {
      const to = byId.get(other)
      // of our own links we know ourselves
      if (!node.device.isSelf && to?.device.isSelf !== true) add(node, to, undefined)
    }
    if (self && node.device.link) add(self, node, node.device.link.kind)
  }
  return { nodes, links: [...links.values()] }
}
