/** One call that is not over, as its caller, its taker or anybody else sees it. */
import type { TemplateResult } from 'lit'
import { LitElement, css, html, nothing } from 'lit'
import type { DeviceStatus } from '../../client/contract.ts'
import { icon } from '../../ui/icons.ts'
import type { Text } from '../../ui/text.ts'
import { controls } from '../../ui/theme.ts'
import type { Call } from './calls.ts'
import { elapsed, hereTime, nameOf, reachOf, reachWords, reasonWords } from './words.ts'

/** Emits `take`, `resolve` and `cancel`. */
export class ShoalAndonCall extends LitElement {
  static override properties = {
    call: { attribute: false },
    devices: { attribute: false },
    self: { attribute: false },
    text: { attribute: false },
    now: { attribute: false },
    busy: { type: Boolean },
  }
  declare call: Call
  declare devices: readonly DeviceStatus[]
  /** Node id of this device. */
  declare self: string
  declare text: Text
  /** Microseconds since the epoch. */
  declare now: number
  declare busy: boolean

  #button(type: 'take' | 'resolve' | 'cancel', isFirst: boolean): TemplateResult {
    return html`<button
      class=${isFirst ? 'main' : ''}
      ?disabled=${this.busy}
      data-test=${type}
      @click=${() => this.dispatchEvent(new CustomEvent(type))}
    >
      ${type === 'cancel' ? nothing : icon('check')}${this.text.say(`andon.${type}`)}
    </button>`
  }

  override render(): TemplateResult {
    const { call, text, devices, self } = this
    const what = reasonWords(call.what, text)
    const isOwn = call.called.by === self
    const isMine = call.taken?.by === self
    const isOthers = call.state === 'taken' && !isOwn && !isMine
    return html`<article class="${call.state} ${isOthers ? 'others' : ''}" data-call=${call.id}>
      <div class="words">
        <h2>${call.machine}${what === '' ? nothing : html`<small>${what}</small>`}</h2>
        <p class="state" data-test="state">${this.#state(isOwn, isMine)}</p>
        <p class="facts">
          ${
            isOwn
              ? html`<span data-test="reach">${reachWords(reachOf(call, devices, this.now), text)}</span>`
              : html`<span>${text.say('andon.calledBy', { name: nameOf(call.called.by, devices, text) })}</span>`
          }
          <span>${text.say('andon.waiting', { time: elapsed(this.now - hereTime(call.called, devices)) })}</span>
        </p>
      </div>
      <div class="actions">
        ${
          call.state === 'taken'
            ? html`${this.#button('resolve', isMine || isOwn)} ${isOwn ? this.#button('cancel', false) : nothing}`
            : isOwn
              ? html`${this.#button('resolve', false)} ${this.#button('cancel', false)}`
              : this.#button('take', true)
        }
      </div>
    </article>`
  }

  #state(isOwn: boolean, isMine: boolean): string {
    const { call, text, devices } = this
    if (call.state !== 'taken' || call.taken === undefined) return text.say(isOwn ? 'andon.called' : 'andon.needsHelp')
    if (isMine) return text.say('andon.takenByYou')
    const name = nameOf(call.taken.by, devices, text)
    return isOwn ? text.say('andon.takenBy', { name }) : text.say('andon.takenElse', { name })
  }

  static override styles = [
    ...controls,
    css`
      article {
        display: grid;
        gap: 1.25rem;
        padding: 1.5rem;
        border-radius: calc(var(--radius) + 4px);
        color: var(--alarm-ink);
        background: var(--alarm);
      }
      article.taken {
        background: var(--taken);
      }
      article.others {
        padding: 1rem 1.25rem;
        border: 2px solid var(--taken);
        border-left-width: 12px;
        color: var(--ink);
        background: var(--surface);
      }
      .others h2 {
        font-size: 1.625rem;
      }
      .others .state {
        font-size: 1.1875rem;
      }
      .others .facts {
        font-size: 1.0625rem;
      }
      .words {
        display: grid;
        gap: 0.35rem;
      }
      h2 {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.3em;
        font-size: clamp(2.25rem, 1.5rem + 4vw, 4rem);
        font-weight: 760;
        letter-spacing: -0.02em;
        line-height: 1.02;
      }
      small {
        font-size: 0.5em;
        font-weight: 600;
        letter-spacing: 0;
      }
      .state {
        font-size: clamp(1.5rem, 1.2rem + 1.6vw, 2.25rem);
        font-weight: 600;
        line-height: 1.2;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.75rem;
        font-size: 1.25rem;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0.9rem;
      }
      .actions button {
        flex: 1 1 9rem;
        min-height: 76px;
        padding-inline: 1rem;
        overflow-wrap: normal;
        border: 2.5px solid #fff;
        background: transparent;
        color: #fff;
        font-size: 1.375rem;
      }
      .others .actions button {
        flex: 0 1 auto;
        min-height: 64px;
        border: 1.5px solid var(--line-strong);
        color: var(--ink);
        font-size: 1.125rem;
      }
      .actions .main {
        border-color: transparent;
        background: #fff;
        color: #12303b;
      }
      .actions button:hover {
        background: rgb(255 255 255 / 16%);
      }
      .actions .main:hover {
        background: #e9f1f3;
      }
      :focus-visible {
        outline-color: #fff;
      }
      @media (max-width: 699px) {
        .actions svg {
          display: none;
        }
      }
      @media (min-width: 1000px) {
        article {
          grid-template-columns: minmax(0, 1fr) minmax(16rem, auto);
          align-items: center;
          padding: 1.75rem 2rem;
        }
        article.others {
          grid-template-columns: minmax(0, 1fr) auto;
          padding: 1rem 1.5rem;
        }
      }
    `,
  ]
}

customElements.define('shoal-andon-call', ShoalAndonCall)
