/** Calling: a tile for each known machine, one tap each, and a field for one that is new. */
import type { TemplateResult } from 'lit'
import { LitElement, css, html, nothing } from 'lit'
import { icon } from '../../ui/icons.ts'
import type { Text } from '../../ui/text.ts'
import { controls } from '../../ui/theme.ts'
import { machineCharsMax, machineName } from './events.ts'
import type { Reason } from './words.ts'
import { reasons } from './words.ts'

/** More tiles than this are asked for by a tap: nobody searches two hundred. */
const shownMax = 12

/** Emits `call` with `{ machine, what }` as detail. */
export class ShoalAndonMachines extends LitElement {
  static override properties = {
    machines: { attribute: false },
    text: { attribute: false },
    busy: { type: Boolean },
    /** Machines whose call is open: a second one would only confuse. */
    called: { attribute: false },
    reason: { state: true },
    typing: { state: true },
    typed: { state: true },
    all: { state: true },
  }
  declare machines: readonly string[]
  declare text: Text
  declare busy: boolean
  declare called: ReadonlySet<string>
  declare reason: Reason | undefined
  declare typing: boolean
  declare typed: string
  declare all: boolean

  constructor() {
    super()
    this.called = new Set()
    this.typing = false
    this.typed = ''
    this.all = false
  }

  #call(machine: string): void {
    this.dispatchEvent(new CustomEvent('call', { detail: { machine, what: this.reason } }))
    this.reason = undefined
    this.typing = false
    this.typed = ''
  }
  #submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const name = machineName(this.typed)
    if (name !== '') this.#call(name)
  }
  #type = async (): Promise<void> => {
    this.typing = true
    await this.updateComplete
    this.renderRoot.querySelector('input')?.focus()
  }

  override render(): TemplateResult {
    const { text, machines } = this
    const isFirst = machines.length === 0
    const shown = this.all ? machines : machines.slice(0, shownMax)
    return html`
      ${isFirst ? nothing : this.#reasons()}
      <div class="tiles">
        ${shown.map(
          (machine) =>
            html`<button
              class="tile ${machine.length > 12 ? 'long' : ''}"
              ?disabled=${this.busy || this.called.has(machine)}
              @click=${() => this.#call(machine)}
            >
              ${machine}
            </button>`,
        )}
        ${
          machines.length > shown.length
            ? html`<button class="tile more" @click=${() => (this.all = true)}>
                +${machines.length - shown.length}
              </button>`
            : nothing
        }
        ${
          isFirst || this.typing
            ? nothing
            : html`<button class="tile new" @click=${this.#type}>
                ${icon('plus')}${text.say('andon.newMachine')}
              </button>`
        }
      </div>
      ${isFirst || this.typing ? this.#form(isFirst) : nothing}
    `
  }

  #reasons(): TemplateResult {
    const { text } = this
    const choice = (reason: Reason | undefined, words: string): TemplateResult =>
      html`<button aria-pressed=${this.reason === reason} @click=${() => (this.reason = reason)}>${words}</button>`
    return html`<div class="reasons" role="group" aria-label=${text.say('andon.with')}>
      ${choice(undefined, text.say('andon.what.any'))}
      ${reasons.map((reason) => choice(reason, text.say(`andon.what.${reason}`)))}
    </div>`
  }

  #form(isFirst: boolean): TemplateResult {
    const { text } = this
    return html`<form @submit=${this.#submit}>
      <label>
        ${text.say(isFirst ? 'andon.firstMachine' : 'andon.machineName')}
        <input
          maxlength=${machineCharsMax}
          autocomplete="off"
          .value=${this.typed}
          @input=${(event: InputEvent) => (this.typed = (event.target as HTMLInputElement).value)}
        />
      </label>
      <button class="go" ?disabled=${this.busy || machineName(this.typed) === ''}>${text.say('andon.callNow')}</button>
    </form>`
  }

  static override styles = [
    ...controls,
    css`
      :host {
        display: grid;
        gap: 1rem;
      }
      .reasons {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
      }
      .reasons button {
        min-height: 64px;
        padding-inline: 1.25rem;
        border-radius: 32px;
      }
      .reasons [aria-pressed='true'] {
        border-color: transparent;
        background: var(--accent);
        color: var(--accent-ink);
      }
      .tiles {
        display: grid;
        gap: 0.9rem;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 10.5rem), 1fr));
      }
      .tile {
        min-height: 128px;
        padding: 0.75rem;
        border-width: 2px;
        border-color: var(--line);
        border-bottom: 8px solid var(--alarm);
        border-radius: calc(var(--radius) + 4px);
        box-shadow: var(--shade);
        font-size: clamp(1.625rem, 1.3rem + 1.4vw, 2.25rem);
        font-weight: 700;
        line-height: 1.1;
        text-wrap: balance;
      }
      .tile.long {
        font-size: 1.3125rem;
      }
      .tile.more,
      .tile.new {
        border-style: dashed;
        border-color: var(--line-strong);
        border-bottom-width: 2px;
        background: transparent;
        box-shadow: none;
        color: var(--ink-soft);
        font-size: 1.125rem;
        font-weight: 600;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.9rem;
      }
      label {
        flex: 1 1 16rem;
        font-size: 1.125rem;
      }
      input {
        min-height: 72px !important;
        font-size: 1.625rem !important;
      }
      .go {
        flex: 1 1 12rem;
        min-height: 72px;
        border-color: transparent;
        background: var(--alarm);
        color: var(--alarm-ink);
        font-size: 1.375rem;
      }
      .go:hover {
        background: color-mix(in srgb, var(--alarm) 86%, #000);
      }
      @media (max-width: 699px) {
        .tiles {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .tile {
          min-height: 112px;
        }
      }
    `,
  ]
}

customElements.define('shoal-andon-machines', ShoalAndonMachines)
