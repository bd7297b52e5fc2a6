/**
 * Nodes of the real core with a store in memory and a radio of this page, by which a tablet gets as many real WebRTC links as it is to have
 * without as many browsers. Each takes one link only, to whoever lets it in: as if it could reach nobody else. So what they do for each
 * event, which falls on the same machine, stays small, and the tablet has a link to every one of them.
 */
import type { StreamId } from '../../src/core/event.ts'
import type { Node } from '../../src/node/contract.ts'
import { createNode } from '../../src/node/node.ts'
import { systemClock } from '../../src/node/system-clock.ts'
import { createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import type { Radio } from '../../src/transport/contract.ts'
import { openRelaySocket } from '../../src/transport/relay-socket.ts'
import { createWebRtcDial } from '../../src/transport/webrtc.ts'
import type { Crowd } from './contract.ts'

interface Member {
  node: Node
  isOver: boolean
}

const dial = createWebRtcDial({ clock: systemClock })
const isLinked = (node: Node): boolean => node.swarm.status().devices.some(({ link }) => link !== undefined)

/** Ready until there is a link. */
const createRadio = (): Radio & { set(isLinked: boolean): void } => {
  let isReady = true
  const listeners = new Set<(isReady: boolean) => void>()
  return {
    get isReady() {
      return isReady
    },
    onReady: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onWake: () => () => undefined,
    onAdopt: () => () => undefined,
    dial,
    set: (linked) => {
      if (isReady !== linked) return
      isReady = !linked
      for (const listener of listeners) listener(isReady)
    },
  }
}

const createMember = async (): Promise<Member> => {
  const rack = createMemoryRack()
  let member: Member | undefined
  const open = async (): Promise<Node> => {
    const radio = createRadio()
    const node = await createNode({
      shelf: openMemoryShelf(rack),
      clock: systemClock,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      build: 'bench',
      radio,
      openRelaySocket,
      onReplaced: () => void follow(),
    })
    node.swarm.onStatus(() => radio.set(isLinked(node)))
    return node
  }
  const follow = async (): Promise<void> => {
    if (member === undefined || member.isOver) return
    await member.node.close()
    member.node = await open()
  }
  member = { node: await open(), isOver: false }
  return member
}

const until = async (isSo: () => boolean): Promise<void> => {
  for (const giveUpAt = performance.now() + 60_000; !isSo();) {
    if (performance.now() > giveUpAt) throw new Error('a node of the crowd was not linked within a minute')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const members: Member[] = []

const crowd: Crowd = {
  add: async (invitation) => {
    const member = await createMember()
    members.push(member)
    await member.node.swarm.join(invitation)
    await until(() => member.node.swarm.status().state === 'member' && isLinked(member.node))
  },

  clear: async () => {
    for (const member of members.splice(0)) {
      member.isOver = true
      await member.node.close()
    }
  },

  least: (stream: StreamId) => Math.min(...members.map(({ node }) => (node.log.present()[stream] ?? -1) + 1)),
}

window.crowd = crowd
