/** Asks the log in AQL. A long answer is read as far as somebody wants to see it; the rest waits in the node. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { DiagnosticItem, EventItem, QueryResult } from '../../client/contract.ts'
import { errorText } from '../error-text.ts'
import '../export/export-button.ts'
import { recall, remember } from '../preferences.ts'
import { linkTo, quoted } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import './query-error.ts'
import './result-table.ts'

/** Events read before the reader is asked whether to go on. */
const readAtOnce = 5000
/** Milliseconds between two paints of the count. */
const paintEvery = 150

type State =
  | { readonly type: 'idle' }
  | { readonly type: 'running'; readonly abort: AbortController }
  | { readonly type: 'paused'; readonly abort: AbortController }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: unknown }

type QueryItem = QueryResult extends AsyncIterable<infer T> ? T : never

export class ShoalQuery extends View {
  static override properties = {
    aql: { attribute: false },
    swarmId: { attribute: false },
    former: { state: true },
    state: { state: true },
    events: { state: true },
    diagnostics: { state: true },
    seconds: { state: true },
    asked: { state: true },
    examples: { state: true },
  }

  /** From the address: a tag that was tapped. */
  declare aql: string | undefined
  /** From the address: a former log to ask instead of the current one. */
  declare swarmId: string | undefined
  /** Its name, where it is known. */
  declare former: string | undefined
  declare state: State
  declare events: readonly EventItem[]
  declare diagnostics: readonly DiagnosticItem[]
  declare seconds: number
  /** The text of the answer on screen. */
  declare asked: string
  declare examples: readonly string[]
  #items: AsyncIterator<QueryItem> | undefined
  #ran: string | undefined
  /** What stands in the box at first; from then on the box is the reader's. */
  readonly #first = recall('query') ?? 'FROM allEvents'

  constructor() {
    super()
    this.state = { type: 'idle' }
    this.events = []
    this.diagnostics = []
    this.seconds = 0
    this.asked = ''
    this.examples = ['FROM allEvents']
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('active') && this.active) void this.#findExamples()
    if (changed.has('swarmId')) {
      this.#ran = undefined
      this.#forget()
      void this.#nameLog()
    }
    if (this.aql === undefined) this.#ran = undefined
    else if (this.active && this.aql !== this.#ran) {
      this.#ran = this.aql
      void this.#ask(this.aql)
    }
  }

  async #nameLog(): Promise<void> {
    const { swarmId } = this
    this.former = undefined
    if (swarmId === undefined) return
    const logs = await this.shoal.swarm.former().catch(() => [])
    this.former = logs.find((log) => log.swarmId === swarmId)?.name || swarmId.slice(0, 8)
  }

  get #box(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea')
  }

  /** What can be asked here, from the tags that the newest events carry. */
  async #findExamples(): Promise<void> {
    const counts = new Map<string, number>()
    try {
      for await (const item of this.shoal.query('FROM allEvents ORDER DESC LIMIT 300', { order: 'desc' })) {
        if (item.type === 'event') for (const tag of item.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
      }
    } catch {
      return // Examples are a courtesy; asking itself will say what is wrong.
    }
    const tags = [...counts].toSorted((a, b) => b[1] - a[1]).map(([tag]) => tag)
    const machine = tags.find((tag) => tag.startsWith('machine:')) ?? tags[0]
    const other =
      tags.find((tag) => tag === 'alarm:1') ?? tags.find((tag) => tag !== machine && !tag.startsWith('machine:'))
    this.examples = [
      'FROM allEvents',
      ...(machine ? [`FROM ${quoted(machine)}`] : []),
      ...(machine && other ? [`FROM ${quoted(machine)} & ${quoted(other)}`] : []),
      'FROM isLocal & TIME > 1h ago LIMIT 100',
    ]
  }

  #submit = (event: Event): void => {
    event.preventDefault()
    void this.#ask(this.#box?.value ?? '')
  }
  #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#submit(event)
  }

  async #ask(aql: string): Promise<void> {
    this.#stop()
    if (this.#box) this.#box.value = aql
    remember('query', aql)
    this.asked = aql
    this.events = []
    this.diagnostics = []
    this.seconds = 0
    const abort = new AbortController()
    this.state = { type: 'running', abort }
    const log = this.swarmId === undefined ? {} : { swarmId: this.swarmId }
    this.#items = this.shoal.query(aql, { order: 'desc', signal: abort.signal, ...log })[Symbol.asyncIterator]()
    await this.#read(abort)
  }

  /** What one log answered is not shown as the answer of another. */
  #forget(): void {
    this.#stop()
    this.events = []
    this.diagnostics = []
    this.state = { type: 'idle' }
  }

  #stop = (): void => {
    if (this.state.type === 'running' || this.state.type === 'paused') {
      this.state.abort.abort()
      this.state = { type: 'done' }
    }
  }

  async #read(abort: AbortController): Promise<void> {
    const items = this.#items
    if (!items) return
    this.state = { type: 'running', abort }
    const events = [...this.events]
    const diagnostics = [...this.diagnostics]
    const goal = events.length + readAtOnce
    const started = performance.now()
    const before = this.seconds
    let painted = started
    const show = (): void => {
      if (abort.signal.aborted) return
      painted = performance.now()
      this.seconds = before + (painted - started) / 1000
      this.events = [...events]
      this.diagnostics = [...diagnostics]
    }
    try {
      while (events.length < goal) {
        const { done, value } = await items.next()
        if (done) break
        if (value.type === 'event') events.push(value)
        else if (value.type === 'diagnostic') diagnostics.push(value)
        if (performance.now() - painted > paintEvery) show()
      }
      show()
      if (!abort.signal.aborted) this.state = events.length < goal ? { type: 'done' } : { type: 'paused', abort }
    } catch (error) {
      show()
      if (!abort.signal.aborted) this.state = { type: 'failed', error }
    }
  }

  override render(): TemplateResult {
    const { state } = this
    const running = state.type === 'running'
    return html`
      <form class="stack" @submit=${this.#submit}>
        <h1>${this.say('nav.query')}</h1>
        ${
          this.former === undefined
            ? nothing
            : html`<p class="note warn bar">
                <span class="grow">${this.say('former.asked', { name: this.former })}</span>
                <a class="button" href=${linkTo({ view: 'query' })}>${this.say('former.current')}</a>
              </p>`
        }
        <label>
          <span class="unseen">${this.say('query.box')}</span>
          <textarea
            rows="2"
            spellcheck="false"
            autocapitalize="off"
            autocomplete="off"
            @keydown=${this.#onKey}
            .value=${this.#first}
          ></textarea>
        </label>
        <div class="bar">
          ${
            running
              ? html`<button type="button" @click=${this.#stop}>${this.say('common.cancel')}</button>`
              : html`<button class="first">${this.say('query.ask')}</button>`
          }
          <div class="chips examples">
            ${this.examples.map((example) => html`<button type="button" class="example" @click=${() => this.#ask(example)}><code>${example}</code></button>`)}
          </div>
        </div>
      </form>
      <div class="answer stack">${this.#answer()}</div>
    `
  }

  #answer(): TemplateResult {
    const { state, events, text } = this
    if (state.type === 'idle') return html`<p class="soft">${this.say('query.help')}</p>`
    return html`
      ${
        state.type === 'failed'
          ? html`<shoal-query-error .aql=${this.asked} .message=${errorText(state.error, text)}></shoal-query-error>`
          : nothing
      }
      ${this.diagnostics.slice(0, 20).map((item) => html`<p class="note ${item.severity === 'error' ? 'bad' : 'warn'}">${item.message}</p>`)}
      ${
        state.type === 'failed' && events.length === 0
          ? nothing
          : html`<shoal-result-table .events=${events} .text=${text}>
              <p class="count" role="status" data-test=${state.type}>
                ${this.say(state.type === 'paused' ? 'query.some' : 'query.count', { count: events.length, time: text.duration(this.seconds) })}
              </p>
              ${
                events.length > 0
                  ? html`<shoal-export
                      slot="end"
                      .shoal=${this.shoal}
                      .text=${text}
                      .aql=${this.asked}
                      .swarmId=${this.swarmId}
                      .label=${this.say('export.result')}
                    ></shoal-export>`
                  : nothing
              }
            </shoal-result-table>`
      }
      ${
        state.type === 'paused'
          ? html`<button @click=${() => this.#read(state.abort)}>
              ${this.say('query.more', { count: readAtOnce })}
            </button>`
          : nothing
      }
    `
  }

  static override styles = [
    ...controls,
    css`
      textarea {
        min-height: 5rem;
        font-size: 1.0625rem;
      }
      .example {
        font-weight: 400;
        border-color: var(--line);
        padding-inline: 0.9rem;
      }
      .count {
        font-size: 1.125rem;
        font-weight: 620;
      }
      .examples {
        flex: 1 1 20rem;
      }
      .answer {
        margin-top: 1.25rem;
      }
      @media (max-width: 699px) {
        .examples {
          flex-wrap: nowrap;
          overflow-x: auto;
          margin-inline: -1rem;
          padding-inline: 1rem;
        }
        .example {
          flex: none;
        }
        form > .bar {
          display: grid;
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ]
}

customElements.define('shoal-query', ShoalQuery)
