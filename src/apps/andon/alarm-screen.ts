/** A call of another device, filling the screen: which machine, readable from afar, and one tap to go there. */
import type { TemplateResult } from 'lit'
import { LitElement, css, html, nothing } from 'lit'
import type { DeviceStatus } from '../../client/contract.ts'
import { icon } from '../../ui/icons.ts'
import type { Text } from '../../ui/text.ts'
import { controls } from '../../ui/theme.ts'
import type { Call } from './calls.ts'
import type { SoundState } from './sound.ts'
import { elapsed, hereTime, nameOf, reasonWords } from './words.ts'

/** The longest word has to fit on a line: a name that is cut in two is not read from afar. */
const lengthClass = (name: string): string => {
  const longest = Math.max(...name.split(' ').map((word) => word.length))
  return longest <= 6 ? 'short' : longest <= 9 ? 'middling' : longest <= 13 ? 'long' : 'longest'
}

/** Emits `take` and `hide` with the call as detail, and `sound` when the sound is to be unlocked. */
export class ShoalAndonAlarm extends LitElement {
  static override properties = {
    calls: { attribute: false },
    devices: { attribute: false },
    text: { attribute: false },
    sound: { attribute: false },
    now: { attribute: false },
    busy: { type: Boolean },
  }
  /** Oldest first; the first is shown large. */
  declare calls: readonly Call[]
  declare devices: readonly DeviceStatus[]
  declare text: Text
  declare sound: SoundState | 'off'
  /** Microseconds since the epoch. */
  declare now: number
  declare busy: boolean

  #emit(type: 'take' | 'hide' | 'sound', call?: Call): void {
    this.dispatchEvent(new CustomEvent(type, { detail: call }))
  }

  override render(): TemplateResult {
    const [call, ...more] = this.calls
    if (!call) return html`${nothing}`
    const { text } = this
    const what = reasonWords(call.what, text)
    return html`<section role="alert" data-call=${call.id}>
      <div class="words">
        <p class="machine ${lengthClass(call.machine)}" data-test="machine">${call.machine}</p>
        <p class="needs">${text.say('andon.needsHelp')}${what === '' ? nothing : html`: <b>${what}</b>`}</p>
        <p class="by">
          ${text.say('andon.calledBy', { name: nameOf(call.called.by, this.devices, text) })} ·
          ${text.say('andon.waiting', { time: elapsed(this.now - hereTime(call.called, this.devices)) })}
        </p>
      </div>
      ${
        more.length > 0
          ? html`<p class="more">
              ${text.say('andon.more', { count: more.length })}: ${more.map(({ machine }) => machine).join(', ')}
            </p>`
          : nothing
      }
      <div class="actions">
        <button class="take" ?disabled=${this.busy} @click=${() => this.#emit('take', call)}>
          ${icon('check')}${text.say('andon.take')}
        </button>
        ${
          this.sound === 'locked'
            ? html`<button class="other" @click=${() => this.#emit('sound')}>
                ${icon('sound')}${text.say('andon.soundOn')}
              </button>`
            : nothing
        }
        <button class="other" @click=${() => this.#emit('hide', call)}>${text.say('andon.hide')}</button>
      </div>
    </section>`
  }

  static override styles = [
    ...controls,
    css`
      section {
        position: fixed;
        inset: 0;
        z-index: 20;
        display: grid;
        grid-template-rows: minmax(0, 1fr) auto auto;
        gap: 1.5rem;
        padding: max(1.25rem, env(safe-area-inset-top)) max(1.25rem, env(safe-area-inset-right))
          max(1.25rem, env(safe-area-inset-bottom)) max(1.25rem, env(safe-area-inset-left));
        background: var(--alarm);
        color: var(--alarm-ink);
        overflow: auto;
      }
      section::before {
        content: '';
        position: fixed;
        inset: 0;
        z-index: -1;
        border: clamp(10px, 2.5vmin, 26px) solid #fff;
        animation: flash 0.9s steps(2, jump-none) infinite;
      }
      @keyframes flash {
        to {
          opacity: 0;
        }
      }
      .words {
        display: grid;
        align-content: center;
        gap: 0.5rem;
        padding: clamp(14px, 4vmin, 40px);
        text-align: center;
      }
      .machine {
        font-size: clamp(4rem, 17vmin + 4vw, 15rem);
        font-weight: 780;
        letter-spacing: -0.03em;
        line-height: 0.98;
        text-wrap: balance;
      }
      .machine.middling {
        font-size: min(14vw, 26vh, 11rem);
      }
      .machine.long {
        font-size: min(9.5vw, 20vh, 9rem);
      }
      .machine.longest {
        font-size: min(6.4vw, 16vh, 7rem);
      }
      .needs {
        font-size: clamp(1.75rem, 4vmin + 2vw, 4.5rem);
        line-height: 1.15;
      }
      .by {
        margin-top: 0.5rem;
        font-size: clamp(1.125rem, 1.2vmin + 1vw, 2rem);
      }
      .more {
        padding: 0 clamp(14px, 4vmin, 40px);
        text-align: center;
        font-size: 1.25rem;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 1rem;
        padding: 0 clamp(14px, 4vmin, 40px) clamp(14px, 4vmin, 40px);
      }
      .actions button {
        min-height: 80px;
        padding-inline: 1.75rem;
        border-width: 3px;
        font-size: 1.375rem;
      }
      .actions .take {
        flex: 1 1 16rem;
        max-width: 40rem;
        min-height: clamp(96px, 14vmin, 150px);
        border-color: transparent;
        background: #fff;
        color: #7a0f03;
        font-size: clamp(1.75rem, 2vmin + 1.5vw, 3rem);
      }
      .take svg {
        width: 1.4em;
        height: 1.4em;
        stroke-width: 3;
      }
      .actions .other {
        border-color: #fff;
        background: transparent;
        color: #fff;
      }
      :focus-visible {
        outline-color: #fff;
        outline-offset: 4px;
      }
      @media (max-width: 699px) {
        .actions .take,
        .actions .other {
          flex: 1 1 100%;
        }
        .actions .other {
          min-height: 68px;
          font-size: 1.125rem;
        }
        .actions {
          gap: 0.75rem;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        section::before {
          opacity: 1;
        }
      }
    `,
  ]
}

customElements.define('shoal-andon-alarm', ShoalAndonAlarm)
