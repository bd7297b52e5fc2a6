/** Events as a table, a page at a time; a row opens its event. */
import type { PropertyValues, TemplateResult } from 'lit'
import { LitElement, css, html, nothing } from 'lit'
import type { EventItem } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { jsonText } from '../json-text.ts'
import type { Path } from '../result-columns.ts'
import { cellText, pathName, resultColumns, valueAt } from '../result-columns.ts'
import type { Text } from '../text.ts'
import { controls } from '../theme.ts'
import './event-details.ts'

const rowsPerPage = 50

export class ShoalResultTable extends LitElement {
  static override properties = {
    events: { attribute: false },
    text: { attribute: false },
    at: { state: true },
    raw: { state: true },
    chosen: { state: true },
  }
  declare events: readonly EventItem[]
  declare text: Text
  declare at: number
  declare raw: boolean
  declare chosen: EventItem | undefined
  #columns: readonly Path[] = []

  constructor() {
    super()
    this.events = []
    this.at = 0
    this.raw = false
  }

  override willUpdate(changed: PropertyValues<this>): void {
    // Another answer begins on its first page; the same one growing stays where it is.
    if (changed.has('events') && changed.get('events')?.[0] !== this.events[0]) this.at = 0
    if (changed.has('events') || changed.has('at')) this.#columns = resultColumns(this.#page())
  }

  #page(): readonly EventItem[] {
    return this.events.slice(this.at, this.at + rowsPerPage)
  }
  #move(by: number): void {
    this.at = Math.max(0, Math.min(this.events.length - 1, this.at + by))
  }

  override render(): TemplateResult {
    const page = this.#page()
    if (page.length === 0) return html`<slot></slot>`
    return html`
      <div class="bar">
        <slot></slot>
        <label class="tick">
          <input type="checkbox" .checked=${this.raw} @change=${() => (this.raw = !this.raw)} />
          ${this.text.say('table.raw')}
        </label>
        <slot name="end"></slot>
        ${this.events.length > rowsPerPage ? this.#pager(page.length) : nothing}
      </div>
      ${
        this.raw
          ? html`<pre class="scroll raw">${page.map((event) => `${jsonText(event)}\n`)}</pre>`
          : html`<div class="scroll" tabindex="0" role="region" aria-label=${this.text.say('table.label')}>
              ${this.#table(page)}
            </div>`
      }
      ${
        this.chosen
          ? html`<shoal-event-details
              .event=${this.chosen}
              .text=${this.text}
              @close=${() => (this.chosen = undefined)}
            ></shoal-event-details>`
          : nothing
      }
    `
  }

  #pager(count: number): TemplateResult {
    const { at, events, text } = this
    return html`<div class="bar pager">
      <button aria-label=${text.say('table.before')} ?disabled=${at === 0} @click=${() => this.#move(-rowsPerPage)}>
        ${icon('back')}
      </button>
      <span>${text.say('table.range', { from: at + 1, to: at + count, total: events.length })}</span>
      <button
        aria-label=${text.say('table.after')}
        ?disabled=${at + count >= events.length}
        @click=${() => this.#move(rowsPerPage)}
      >
        ${icon('forward')}
      </button>
    </div>`
  }

  #table(page: readonly EventItem[]): TemplateResult {
    const { text } = this
    return html`<table>
      <thead>
        <tr>
          <th class="first">${text.say('table.time')}</th>
          ${this.#columns.map((path) => html`<th>${path.length === 0 ? text.say('table.payload') : pathName(path)}</th>`)}
          <th>${text.say('table.tags')}</th>
        </tr>
      </thead>
      <tbody>
        ${page.map(
          (event) =>
            html`<tr @click=${() => (this.chosen = event)}>
              <td class="first">
                <button class="quiet" aria-haspopup="dialog">${text.dateTime(event.timestamp)}</button>
              </td>
              ${this.#columns.map((path) => {
                const value = valueAt(event.payload, path)
                return html`<td class=${typeof value === 'number' ? 'number' : ''}>
                  ${cellText(value).slice(0, 200)}
                </td>`
              })}
              <td class="tags">${event.tags.join('  ')}</td>
            </tr>`,
        )}
      </tbody>
    </table>`
  }

  static override styles = [
    ...controls,
    css`
      .bar {
        gap: 0.5rem 1.5rem;
        margin-bottom: 0.75rem;
      }
      ::slotted(p) {
        margin: 0 auto 0 0;
      }
      .pager {
        gap: 0.75rem;
        margin: 0;
        flex-wrap: nowrap;
        white-space: nowrap;
      }
      .scroll {
        max-height: 75dvh;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
        white-space: nowrap;
      }
      td {
        white-space: nowrap;
        overflow-wrap: normal;
        vertical-align: middle;
      }
      @media (min-width: 700px) {
        td.first,
        th.first {
          position: sticky;
          left: 0;
          background: var(--surface);
        }
        th.first {
          z-index: 2;
          background: var(--sunken);
        }
      }
      td.first {
        padding: 0 0.25rem;
      }
      td.first button {
        justify-content: flex-start;
        font-size: 1rem;
        font-weight: 600;
      }
      tr:hover td {
        background: var(--accent-soft);
      }
      tbody tr {
        cursor: pointer;
      }
      .tags {
        color: var(--ink-soft);
        white-space: pre;
      }
      .raw {
        margin: 0;
        padding: 1rem;
        white-space: pre;
      }
    `,
  ]
}

customElements.define('shoal-result-table', ShoalResultTable)
