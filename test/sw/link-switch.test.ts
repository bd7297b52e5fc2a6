import { describe, expect, it } from 'vitest'
import { createLinkSwitch } from '../../sw/link-switch.ts'
import { createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import type { OpenRelaySocket, RelaySocketListener } from '../../src/transport/contract.ts'
import { settle } from '../api/manual-clock.ts'

const setUp = (rack = createMemoryRack()) => {
  const seen: string[] = []
  const inner: RelaySocketListener[] = []
  const open: OpenRelaySocket = (url, listener) => {
    seen.push(`open ${url}`)
    inner.push(listener)
    return { send: (text) => seen.push(`send ${text}`), close: () => seen.push(`close ${url}`) }
  }
  const links = createLinkSwitch(openMemoryShelf(rack), open)
  const ask = (url: string) =>
    links.openRelaySocket(url, {
      onOpen: () => seen.push(`${url} opened`),
      onText: (text) => seen.push(`${url} said ${text}`),
      onClose: ({ code }) => seen.push(`${url} closed ${code}`),
    })
  return { rack, seen, inner, links, ask }
}

describe('the switch for links', () => {
  it('is on at first, and lets everything through', async () => {
    const { seen, inner, ask } = setUp()
    const socket = ask('a')
    expect(seen).toEqual([])
    await settle()
    inner[0]?.onOpen()
    inner[0]?.onText('hi')
    socket.send('ho')
    inner[0]?.onClose({ code: 'ERR_CHANNEL_CLOSED', message: '' })
    socket.close()
    expect(seen).toEqual(['open a', 'a opened', 'a said hi', 'send ho', 'a closed ERR_CHANNEL_CLOSED'])
  })

  it('off, ends what is open and opens nothing; on again, opens what is asked for', async () => {
    const { seen, inner, links, ask } = setUp()
    ask('a')
    const own = ask('b')
    await settle()
    own.close()
    seen.length = 0
    await links.set(false)
    await links.set(false)
    inner[0]?.onClose({ code: 'ERR_CHANNEL_CLOSED', message: '' })
    ask('c')
    await settle()
    expect(seen).toEqual(['close a', 'a closed ERR_LINKS_OFF', 'c closed ERR_LINKS_OFF'])
    await links.set(true)
    ask('d')
    await settle()
    expect(seen.at(-1)).toBe('open d')
  })

  it('is remembered by the next worker, which opens nothing before it has looked', async () => {
    const first = setUp()
    expect(await first.links.isOn()).toBe(true)
    await first.links.set(false)
    expect(await setUp(first.rack).links.isOn()).toBe(false)
    let look: () => void = () => undefined
    first.rack.delay = () => new Promise((resolve) => (look = resolve))
    const { seen, links, ask } = setUp(first.rack)
    ask('a')
    await settle()
    expect(seen).toEqual([])
    first.rack.delay = () => undefined
    look()
    await settle()
    expect(seen).toEqual(['a closed ERR_LINKS_OFF'])
    await links.set(true)
    const third = setUp(first.rack)
    third.ask('b')
    await settle()
    expect(third.seen).toEqual(['open b'])
  })

  it('a word of a page is newer than what was remembered', async () => {
    const rack = createMemoryRack()
    let look: () => void = () => undefined
    rack.delay = () => new Promise((resolve) => (look = resolve))
    const { seen, links, ask } = setUp(rack)
    rack.delay = () => undefined
    await links.set(false)
    look()
    ask('a')
    await settle()
    expect(seen).toEqual(['a closed ERR_LINKS_OFF'])
  })
})
