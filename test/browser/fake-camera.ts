/**
 * A camera for Chromium: it looks at a file of uncompressed video, whose one picture can be exchanged while it is looked at
 * (`--use-file-for-fake-video-capture`).
 */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolder, temporaryFolder } from './browser.ts'
import type { Pixels } from './pixels.ts'

const [width, height] = [640, 480]

export interface FakeCamera {
  readonly flags: readonly string[]
  /** From now on it sees this, in the middle of a grey wall. */
  show(picture: Pixels): void
  showNothing(): void
  discard(): void
}

/** As grey levels of the size of the video: as large as fits with a margin, each pixel the nearest one. */
const frameOf = (picture: Pixels | undefined): Buffer => {
  const luma = Buffer.alloc(width * height, 150)
  if (picture !== undefined) {
    const side = height * 0.9
    const scale = side / Math.max(picture.width, picture.height)
    const [across, down] = [Math.round(picture.width * scale), Math.round(picture.height * scale)]
    const [left, top] = [Math.floor((width - across) / 2), Math.floor((height - down) / 2)]
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        const at = (Math.floor(y / scale) * picture.width + Math.floor(x / scale)) * 4
        const [red = 0, green = 0, blue = 0] = picture.data.subarray(at, at + 3)
        luma[(top + y) * width + left + x] = Math.round(16 + (0.3 * red + 0.59 * green + 0.11 * blue) * 0.86)
      }
    }
  }
  return luma
}

export const createFakeCamera = (): FakeCamera => {
  const folder = temporaryFolder()
  const file = join(folder, 'camera.y4m')
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F20:1 Ip A1:1 C420jpeg\n`)
  const mark = Buffer.from('FRAME\n')
  const colour = Buffer.alloc((width * height) / 2, 128)
  const frames = 4
  const video = (luma: Buffer): Buffer =>
    Buffer.concat([head, ...Array.from({ length: frames }, () => [mark, luma, colour]).flat()])
  writeFileSync(file, video(frameOf(undefined)))
  // in place and of the same length: whoever has the file open goes on reading it
  const put = (luma: Buffer): void => {
    const handle = openSync(file, 'r+')
    writeSync(handle, video(luma), 0, undefined, 0)
    closeSync(handle)
  }
  return {
    flags: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${file}`,
    ],
    show: (picture) => put(frameOf(picture)),
    showNothing: () => put(frameOf(undefined)),
    discard: () => removeFolder(folder),
  }
}
