/** `npm run icons`: the pictures in public/icons and the favicon, drawn by Chromium from the one drawing. Committed, not built. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { root } from '../src/station/preparation.mjs'
import { chromiumFlags, ensureChromium } from './chromium.mjs'

const icons = join(root, 'public', 'icons')
const drawing = readFileSync(join(icons, 'shoal.svg'), 'utf8')
/** The platform cuts its own shape: the ground to the edge, the fish within the inner circle of 80 %. */
const fullBleed = drawing
  .replace('rx="112"', '')
  .replace('rotate(-30 256 256)', 'translate(256 256) scale(.86) rotate(-30) translate(-256 -256)')

const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags })

const draw = async (svg, size) => {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
  await page.setContent(
    `<body style="margin:0"><img src="${source}" width="${size}" height="${size}" style="display:block">`,
  )
  await page.locator('img').evaluate((image) => image.decode())
  const picture = await page.screenshot({ omitBackground: true })
  await page.close()
  return picture
}

/** An .ico is a directory of pictures; browsers accept a PNG in it. */
const favicon = (picture, size) => {
  const head = Buffer.alloc(22)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(1, 4)
  head.writeUInt8(size, 6)
  head.writeUInt8(size, 7)
  head.writeUInt16LE(1, 10)
  head.writeUInt16LE(32, 12)
  head.writeUInt32LE(picture.length, 14)
  head.writeUInt32LE(head.length, 18)
  return Buffer.concat([head, picture])
}

for (const size of [192, 512]) {
  writeFileSync(join(icons, `shoal-${size}.png`), await draw(drawing, size))
  writeFileSync(join(icons, `maskable-${size}.png`), await draw(fullBleed, size))
}
writeFileSync(join(icons, 'touch-180.png'), await draw(fullBleed, 180))
writeFileSync(join(root, 'public', 'favicon.ico'), favicon(await draw(drawing, 32), 32))
await browser.close()
