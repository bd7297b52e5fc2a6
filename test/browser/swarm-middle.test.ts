/**
 * The man in the middle, with real connections: he carries the codes of two tablets that stand face to face, puts in signals of his own, and
 * hands every frame on between two connections that both came about. RULES 20: both tablets see that the certificates are not those.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { byeByte, helloByte, proofByte } from '../../src/replication/frame.ts'
import { readHandCode, offerName, writeHandCode } from '../../src/replication/hand-code.ts'
import { packSignal, unpackSignal } from '../../src/transport/signal.ts'
import type { TestBrowser, TestStation } from './browser.ts'
import { launchChromium, startStation } from './browser.ts'
import type { Tablet } from './tablets.ts'
import { linkByHand, linked, startTablet } from './tablets.ts'

interface Middle {
  /** Answers the offer of one end. */
  answer(sdp: string): Promise<string>
  /** An offer of his own for the other. */
  offer(): Promise<string>
  accept(sdp: string): Promise<void>
  /** First byte of each frame, from either end. */
  readonly seen: number[]
  readonly opened: number
}

declare global {
  interface Window {
    middle: Middle
  }
}

let station: TestStation
let browser: TestBrowser
let page: Page
let gate: Tablet
let oven: Tablet

beforeAll(async () => {
  station = await startStation()
  ;[gate, oven] = await Promise.all([startTablet('gate', station.url), startTablet('oven', station.url)])
  browser = await launchChromium()
  page = await browser.open(`${station.url}favicon.ico`)
  await gate.found('Hall 3')
  await oven.join(await gate.invite())
  await oven.untilLinked([gate])
  // from now on nothing but people brings them together
  for (const tablet of [gate, oven]) await tablet.page.evaluate(() => window.shoal.swarm.stations([]))
  for (const links of ['off', 'on'] as const) {
    for (const tablet of [gate, oven]) {
      await tablet.setLinks(links)
      await tablet.until('alone', (status) => linked(status).length === 0)
    }
  }
  await page.evaluate(() => {
    const ends: RTCDataChannel[] = []
    const early: ArrayBuffer[][] = [[], []]
    const seen: number[] = []
    const made = [new RTCPeerConnection(), new RTCPeerConnection()] as const
    const take = (index: 0 | 1, channel: RTCDataChannel): void => {
      const other = index === 0 ? 1 : 0
      channel.binaryType = 'arraybuffer'
      channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
        seen.push(new Uint8Array(data)[0] ?? -1)
        const there = ends[other]
        if (there?.readyState === 'open') there.send(data)
        else early[other]?.push(data)
      })
      channel.addEventListener('close', () => ends[other]?.close())
      const open = (): void => {
        ends[index] = channel
        for (const data of early[index]?.splice(0) ?? []) channel.send(data)
      }
      if (channel.readyState === 'open') open()
      else channel.addEventListener('open', open)
    }
    made[0].addEventListener('datachannel', ({ channel }) => take(0, channel))
    take(1, made[1].createDataChannel('shoal'))
    const describe = async (index: 0 | 1, description: RTCSessionDescriptionInit): Promise<string> => {
      await made[index].setLocalDescription(description)
      if (made[index].iceGatheringState !== 'complete')
        await new Promise<void>((resolve) => {
          made[index].addEventListener('icegatheringstatechange', () => {
            if (made[index].iceGatheringState === 'complete') resolve()
          })
        })
      return made[index].localDescription?.sdp ?? ''
    }
    window.middle = {
      answer: async (sdp) => {
        await made[0].setRemoteDescription({ type: 'offer', sdp })
        return describe(0, await made[0].createAnswer())
      },
      offer: async () => describe(1, await made[1].createOffer()),
      accept: (sdp) => made[1].setRemoteDescription({ type: 'answer', sdp }),
      seen,
      get opened() {
        return ends.filter((end) => end !== undefined).length
      },
    }
  })
})
afterAll(async () => {
  await Promise.all([gate.discard(), oven.discard(), browser.close()])
  await station.stop()
})

const codesOf = async ({ page: tab }: Tablet): Promise<string[]> =>
  (await tab.evaluate(() => window.shoal.info())).diary.map(({ code }) => code)

test('signals that are swapped on the way: both connections open, both tablets refuse with ERR_PROOF, and nothing was to be seen', async () => {
  const code = await gate.page.evaluate(() => window.shoal.swarm.code())
  const offer = readHandCode(code)
  const answerSdp = await page.evaluate((sdp) => window.middle.answer(sdp), (await unpackSignal(offer.signal)).sdp)
  const ownOffer = await packSignal({ type: 'offer', sdp: await page.evaluate(() => window.middle.offer()) })
  const ownCode = writeHandCode({ type: 'offer', name: offerName(ownOffer), signal: ownOffer })
  const answer = readHandCode(await oven.page.evaluate((text) => window.shoal.swarm.code(text), ownCode))
  await page.evaluate((sdp) => window.middle.accept(sdp), (await unpackSignal(answer.signal, ownOffer)).sdp)
  const signal = await packSignal({ type: 'answer', sdp: answerSdp }, offer.signal)
  const backCode = writeHandCode({ type: 'answer', name: offer.name, signal })
  await gate.page.evaluate((text) => window.shoal.swarm.code(text), backCode)

  await page.waitForFunction(() => window.middle.opened === 2)
  const deadline = performance.now() + 20_000
  const hasRefused = async (tablet: Tablet): Promise<boolean> => (await codesOf(tablet)).includes('ERR_PROOF')
  while (!(await hasRefused(gate)) || !(await hasRefused(oven))) {
    if (performance.now() > deadline) throw new Error(JSON.stringify([await codesOf(gate), await codesOf(oven)]))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  for (const tablet of [gate, oven]) expect(linked(await tablet.status())).toEqual([])
  const seen = await page.evaluate(() => window.middle.seen)
  expect(seen.filter((byte) => byte === helloByte)).toHaveLength(2)
  expect(seen.filter((byte) => ![helloByte, proofByte, byeByte].includes(byte))).toEqual([])
})

test('the same codes carried by an honest hand link them', async () => {
  await linkByHand(gate, oven)
  await gate.untilLinked([oven])
  await gate.publish('after all')
  expect(await oven.untilHas(['after all'])).toBeGreaterThan(0)
})
