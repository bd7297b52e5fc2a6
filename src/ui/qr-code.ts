/** A QR code as markup of our own: black on white in every theme, with the quiet zone that scanners need. */
import type { TemplateResult } from 'lit'
import { html, svg } from 'lit'
import { encodeQR } from 'qr'

export interface QrDrawing {
  /** Modules on a side, without the quiet zone. */
  readonly size: number
  /** The dark modules, one unit each. */
  readonly path: string
}

/** Modules of white around it; the standard asks for four. */
export const quietZone = 4

/** From the least that survives a scratched screen; more where it costs no larger code. */
const corrections = ['medium', 'quartile', 'high'] as const

/** Rows of modules, true for dark, without a quiet zone. */
const modulesOf = (text: string): readonly (readonly boolean[])[] => {
  let modules: boolean[][] | undefined
  for (const ecc of corrections) {
    let more: boolean[][]
    try {
      more = encodeQR(text, 'raw', { ecc, border: 1 })
    } catch (error) {
      // too much text for that much correction
      if (modules !== undefined) break
      throw error
    }
    if (modules !== undefined && more.length > modules.length) break
    modules = more
  }
  return (modules ?? []).slice(1, -1).map((row) => row.slice(1, -1))
}

/** Dark modules of a row that touch are one rectangle: fewer edges for a printer to get wrong. */
export const drawQr = (text: string): QrDrawing => {
  const modules = modulesOf(text)
  const size = modules.length
  let path = ''
  for (const [y, row] of modules.entries()) {
    for (let x = 0; x < size; x++) {
      if (row[x] !== true) continue
      let width = 1
      while (row[x + width] === true) width++
      path += `M${x} ${y}h${width}v1h-${width}z`
      x += width
    }
  }
  return { size, path }
}

export const qrCode = (text: string, label: string): TemplateResult => {
  const { size, path } = drawQr(text)
  const side = size + 2 * quietZone
  return html`<svg
    class="qr"
    viewBox="${-quietZone} ${-quietZone} ${side} ${side}"
    role="img"
    aria-label=${label}
    shape-rendering="crispEdges"
  >
    ${svg`<rect x=${-quietZone} y=${-quietZone} width=${side} height=${side} fill="#fff" /><path d=${path} fill="#000" />`}
  </svg>`
}
