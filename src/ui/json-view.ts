/** JSON made readable: indented, its parts in colours. */
import type { TemplateResult } from 'lit'
import { css, html } from 'lit'
import { jsonText } from './json-text.ts'

const part = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g
/** A longer text is shown plain: thousands of coloured pieces make a tablet stutter. */
const colouredChars = 50_000
const shownChars = 400_000

export const jsonView = (value: unknown): TemplateResult => {
  const text = jsonText(value, 2)
  if (text.length > colouredChars) return html`<pre class="json">${text.slice(0, shownChars)}</pre>`
  const pieces: unknown[] = []
  let at = 0
  for (const match of text.matchAll(part)) {
    const [whole, string, colon, number] = match
    pieces.push(text.slice(at, match.index))
    const kind =
      colon !== undefined ? 'key' : string !== undefined ? 'string' : number !== undefined ? 'number' : 'word'
    pieces.push(html`<span class=${kind}>${string ?? whole}</span>${colon ?? ''}`)
    at = match.index + whole.length
  }
  pieces.push(text.slice(at))
  return html`<pre class="json">${pieces}</pre>`
}

export const jsonStyle = css`
  .json .key {
    color: var(--ink-soft);
  }
  .json .string {
    color: var(--good);
  }
  .json .number {
    color: var(--accent);
  }
  .json .word {
    color: var(--warn);
  }
`
