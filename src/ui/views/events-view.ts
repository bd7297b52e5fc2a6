/** The log as it grows, newest first. Only what is on screen is kept: the log itself is asked with a query. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { EventItem, Item } from '../../client/contract.ts'
import { errorText } from '../error-text.ts'
import { icon } from '../icons.ts'
import { jsonText } from '../json-text.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import './event-details.ts'

/** As many as anybody scrolls through with a thumb. */
const shownMax = 200
/** Milliseconds between two paints while events pour in. */
const paintEvery = 200

const keyOf = (event: EventItem): string => `${event.stream}/${event.offset}`

/** The first values of a payload, each behind its name: enough to recognise an event in passing. */
const gist = (payload: unknown): unknown => {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return jsonText(payload).slice(0, 200)
  return Object.entries(payload)
    .slice(0, 12)
    .map(
      ([key, value]) =>
        html`<span
          ><i>${key}</i> ${typeof value === 'string' ? value.slice(0, 60) : jsonText(value).slice(0, 60)}</span
        > `,
    )
}

export class ShoalEvents extends View {
  static override properties = {
    events: { state: true },
    paused: { state: true },
    waiting: { state: true },
    chosen: { state: true },
    problem: { state: true },
    loaded: { state: true },
  }

  declare events: readonly EventItem[]
  declare paused: boolean
  /** How many arrived while paused. */
  declare waiting: number
  declare chosen: EventItem | undefined
  declare problem: unknown
  declare loaded: boolean
  #incoming: EventItem[] = []
  #stop: AbortController | undefined
  #paint: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.events = []
    this.paused = false
    this.waiting = 0
    this.loaded = false
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('active')) return
    this.#stop?.abort()
    if (this.active) void this.#follow()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop?.abort()
  }

  async #follow(): Promise<void> {
    const stop = new AbortController()
    this.#stop = stop
    const { signal } = stop
    try {
      const { present } = await this.shoal.offsets()
      const known: EventItem[] = []
      const options = { order: 'desc', upperBound: present, signal } as const
      for await (const item of this.shoal.query(`FROM allEvents ORDER DESC LIMIT ${shownMax}`, options)) {
        if (item.type === 'event') known.push(item)
      }
      if (signal.aborted) return
      this.events = known
      this.#incoming = []
      this.waiting = 0
      this.loaded = true
      this.problem = undefined
      const onError = (error: Error): void => {
        this.problem = error
      }
      const cancel = this.shoal.subscribe('FROM allEvents', { lowerBound: present, onError }, (item) =>
        this.#arrive(item),
      )
      signal.addEventListener('abort', cancel)
    } catch (error) {
      if (!signal.aborted) this.problem = error
    }
  }

  #arrive(item: Item): void {
    if (item.type !== 'event') return
    this.#incoming.push(item)
    if (this.paused) this.waiting++
    if (this.#incoming.length > shownMax * 2) this.#incoming.splice(0, this.#incoming.length - shownMax)
    if (this.#paint !== undefined) return
    this.#paint = setTimeout(() => {
      this.#paint = undefined
      if (!this.paused) this.#show()
    }, paintEvery)
  }
  #show(): void {
    if (this.#incoming.length === 0) return
    this.events = [...this.#incoming.toReversed(), ...this.events].slice(0, shownMax)
    this.#incoming = []
  }
  #toggle = (): void => {
    this.paused = !this.paused
    this.waiting = 0
    if (!this.paused) this.#show()
  }

  override render(): TemplateResult {
    return html`
      <div class="head bar">
        <h1 class="grow">${this.say('nav.events')}</h1>
        <span class="state ${this.paused ? 'paused' : ''}" role="status">
          ${this.paused ? this.say('events.paused', { count: this.waiting }) : this.say('events.live')}
        </span>
        <button @click=${this.#toggle} aria-pressed=${this.paused}>
          ${icon(this.paused ? 'play' : 'pause')}${this.say(this.paused ? 'events.resume' : 'events.pause')}
        </button>
      </div>
      ${this.problem ? html`<div class="note bad" role="alert">${errorText(this.problem, this.text)}</div>` : nothing}
      ${this.loaded && this.events.length === 0 ? html`<p class="empty soft">${this.say('events.none')}</p>` : nothing}
      <ol>
        ${repeat(this.events, keyOf, (event) => this.#event(event))}
      </ol>
      ${this.events.length >= shownMax ? html`<p class="soft small">${this.say('events.older', { count: shownMax })}</p>` : nothing}
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

  #event(event: EventItem): TemplateResult {
    const tags = event.tags.slice(0, 6)
    const more = event.tags.length - tags.length
    return html`<li>
      <button @click=${() => (this.chosen = event)} aria-haspopup="dialog">
        <time>${this.text.time(event.timestamp)}</time>
        <span class="tags">
          ${tags.map((tag) => html`<span class="chip">${tag}</span>`)}${more > 0 ? html`<span class="chip">+${more}</span>` : nothing}
        </span>
        <span class="gist">${gist(event.payload)}</span>
      </button>
    </li>`
  }

  static override styles = [
    ...controls,
    css`
      .head,
      .note {
        margin-bottom: 1rem;
      }
      .state {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
        color: var(--ink-soft);
      }
      .state::before {
        content: '';
        width: 12px;
        height: 12px;
        border-radius: 50%;
        background: var(--good);
      }
      .state.paused::before {
        background: var(--warn);
        border-radius: 2px;
      }
      .head .grow {
        flex: 1 1 auto;
      }
      .empty {
        padding: 4rem 1rem;
        text-align: center;
      }
      ol {
        margin: 0 0 1rem;
        padding: 0;
        list-style: none;
        border: 1px solid var(--line);
        border-radius: calc(var(--radius) + 4px);
        background: var(--surface);
        overflow: hidden;
      }
      ol:empty,
      ol:not(:has(li)) {
        display: none;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      li button {
        display: grid;
        grid-template-columns: 5.5rem minmax(0, 1fr);
        gap: 0.4rem 0.75rem;
        align-items: center;
        justify-content: stretch;
        width: 100%;
        padding: 0.7rem 1rem;
        border: 0;
        border-radius: 0;
        background: none;
        text-align: left;
        font-weight: 400;
      }
      li button:hover {
        background: var(--sunken);
      }
      li button:focus-visible {
        outline-offset: -3px;
      }
      time {
        font-weight: 620;
      }
      .tags {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem;
      }
      .gist {
        grid-column: 2;
        display: flex;
        gap: 0 1.1rem;
        overflow: hidden;
        font-size: 1rem;
        white-space: nowrap;
        mask-image: linear-gradient(to right, #000 92%, transparent);
      }
      .gist i {
        color: var(--ink-soft);
        font-style: normal;
      }
      @media (max-width: 699px) {
        li button {
          grid-template-columns: minmax(0, 1fr);
          gap: 0.35rem;
        }
        .gist {
          grid-column: auto;
        }
        time {
          color: var(--ink-soft);
          font-size: 0.9375rem;
        }
      }
    `,
  ]
}

customElements.define('shoal-events', ShoalEvents)
