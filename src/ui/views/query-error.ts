/** A query that could not be read, with a mark under the place where it stopped making sense. */
import type { TemplateResult } from 'lit'
import { LitElement, css, html, nothing } from 'lit'
import { controls } from '../theme.ts'

export interface Place {
  /** From 1; columns count code points. */
  readonly line: number
  readonly column: number
}

export const placeIn = (message: string): Place | undefined => {
  const found = /(?:line|Zeile) (\d+),? (?:column|Spalte) (\d+)/i.exec(message)
  return found ? { line: Number(found[1]), column: Number(found[2]) } : undefined
}

export class ShoalQueryError extends LitElement {
  static override properties = { aql: { attribute: false }, message: { attribute: false } }
  declare aql: string
  declare message: string

  override render(): TemplateResult {
    const place = placeIn(this.message)
    const line = place ? this.aql.split('\n')[place.line - 1] : undefined
    return html`<div class="note bad" role="alert">
      <p>${this.message}</p>
      ${
        place && line !== undefined
          ? html`<pre aria-hidden="true">${line}
${' '.repeat([...line].slice(0, place.column - 1).length)}<b>▲</b></pre>`
          : nothing
      }
    </div>`
  }

  static override styles = [
    ...controls,
    css`
      pre {
        overflow-x: auto;
        white-space: pre;
        line-height: 1.3;
      }
      b {
        color: var(--bad);
      }
    `,
  ]
}

customElements.define('shoal-query-error', ShoalQueryError)
