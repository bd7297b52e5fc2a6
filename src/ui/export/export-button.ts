/** Writes what a query finds, or the whole log, into a file; shows how far it is and can be stopped. */
import type { TemplateResult } from 'lit'
import { LitElement, css, html, nothing } from 'lit'
import type { QueryOptions, Shoal } from '../../client/contract.ts'
import { errorText } from '../error-text.ts'
import { icon } from '../icons.ts'
import type { Text } from '../text.ts'
import { controls } from '../theme.ts'
import { openDownload } from './download.ts'
import { exportEvents } from './exporter.ts'

type State =
  | { readonly type: 'idle' }
  | { readonly type: 'running'; readonly events: number; readonly abort: AbortController }
  | { readonly type: 'done'; readonly events: number }
  | { readonly type: 'failed'; readonly error: unknown }

const fileName = (): string => `shoal-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.ndjson`

export class ShoalExport extends LitElement {
  static override properties = {
    shoal: { attribute: false },
    text: { attribute: false },
    aql: { attribute: false },
    swarmId: { attribute: false },
    total: { attribute: false },
    label: { attribute: false },
    state: { state: true },
  }
  declare shoal: Shoal
  declare text: Text
  declare aql: string
  /** A former log instead of the current one. */
  declare swarmId: string | undefined
  /** How many events are expected, where that is known. */
  declare total: number | undefined
  declare label: string
  declare state: State

  constructor() {
    super()
    this.aql = 'FROM allEvents'
    this.state = { type: 'idle' }
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    if (this.state.type === 'running') this.state.abort.abort()
  }

  #start = async (): Promise<void> => {
    const abort = new AbortController()
    try {
      const sink = await openDownload(fileName())
      if (sink === undefined) return
      this.state = { type: 'running', events: 0, abort }
      const items = this.shoal.query(this.aql, { order: 'asc', ...(await this.#bounds()), signal: abort.signal })
      const events = await exportEvents(items, sink, (count) => {
        if (this.state.type === 'running') this.state = { ...this.state, events: count }
      })
      this.state = { type: 'done', events }
    } catch (error) {
      this.state = abort.signal.aborted ? { type: 'idle' } : { type: 'failed', error }
    }
  }

  /** A fixed end: events that arrive meanwhile belong to the next export. Nothing arrives in a former log. */
  async #bounds(): Promise<QueryOptions> {
    if (this.swarmId !== undefined) return { swarmId: this.swarmId }
    return { upperBound: (await this.shoal.offsets()).present }
  }

  override render(): TemplateResult {
    const { state, text } = this
    return html`<div class="bar">
      ${
        state.type === 'running'
          ? html`<progress max=${this.total ?? nothing} value=${this.total ? state.events : nothing}></progress>
              <span class="grow">${text.say('export.running', { count: state.events })}</span>
              <button @click=${() => state.abort.abort()}>${text.say('common.cancel')}</button>`
          : html`<button @click=${this.#start}>${icon('save')}${this.label}</button>`
      }
      <span role="status">
        ${state.type === 'done' ? html`<span class="done">${text.say('export.done', { count: state.events })}</span>` : nothing}
        ${state.type === 'failed' ? html`<span class="note bad">${errorText(state.error, text)}</span>` : nothing}
      </span>
    </div>`
  }

  static override styles = [
    ...controls,
    css`
      progress {
        width: 100%;
        height: 12px;
        accent-color: var(--accent);
      }
      .done {
        color: var(--good);
        font-weight: 600;
      }
    `,
  ]
}

customElements.define('shoal-export', ShoalExport)
