/** Pictures as their pixels, for whoever looks at them as a camera does. */
import type { Page } from 'playwright-core'

export interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green, blue and opacity of each. */
  readonly data: Uint8ClampedArray<ArrayBuffer>
}

/** Of a PNG or JPEG, unpacked by the browser. */
export const pixelsOf = async (page: Page, picture: Buffer): Promise<Pixels> => {
  const { width, height, data } = await page.evaluate(async (base64) => {
    const image = new Image()
    image.src = `data:image/png;base64,${base64}`
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0)
    const bytes = context.getImageData(0, 0, image.width, image.height).data
    let text = ''
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCodePoint(...bytes.subarray(at, at + 0x8000))
    return { width: image.width, height: image.height, data: btoa(text) }
  }, picture.toString('base64'))
  return { width, height, data: Uint8ClampedArray.from(Buffer.from(data, 'base64')) }
}
