/** Shutting a device out: since when, and a tick that nobody sets by accident. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { DeviceStatus, RevokeOptions } from '../../client/contract.ts'
import { errorText } from '../error-text.ts'
import { icon } from '../icons.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import { deviceName } from './words.ts'

/** As the field for a local time wants it. */
const localTime = (at: Date): string => {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}

export class ShoalRevocation extends View {
  static override properties = {
    device: { attribute: false },
    needsCode: { attribute: false },
    sending: { attribute: false },
    refusal: { attribute: false },
    isBefore: { state: true },
    ticked: { state: true },
    isFuture: { state: true },
  }
  declare device: DeviceStatus
  /** Only with the recovery code, since it ranks too high for this device. */
  declare needsCode: boolean
  declare sending: boolean
  /** What the node said against it. */
  declare refusal: unknown
  declare isBefore: boolean
  declare ticked: boolean
  declare isFuture: boolean

  constructor() {
    super()
    this.isBefore = false
    this.ticked = false
    this.isFuture = false
  }

  #field(id: string): string {
    return this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)?.value.trim() ?? ''
  }
  #revoke = (event: SubmitEvent): void => {
    event.preventDefault()
    if (!this.ticked) return
    const since = this.isBefore ? new Date(this.#field('since')).getTime() : undefined
    this.isFuture = since !== undefined && !(since <= Date.now())
    if (this.isFuture) return
    const options: RevokeOptions = {
      ...(since === undefined ? {} : { since: since * 1000 }),
      ...(this.needsCode ? { recoveryCode: this.#field('code') } : {}),
    }
    this.dispatchEvent(new CustomEvent<RevokeOptions>('shoal-revoke', { detail: options }))
  }
  #cancel = (): void => void this.dispatchEvent(new CustomEvent('shoal-cancel'))

  override render(): TemplateResult {
    const name = deviceName(this.device, this.text)
    return html`<form class="stack" @submit=${this.#revoke}>
      <p>${this.say('act.revokeText')}</p>
      <fieldset>
        <legend>${this.say('act.revokeSince')}</legend>
        ${this.#choice('now', false, this.say('act.revokeSinceNow'))}
        ${this.#choice('before', true, this.say('act.revokeSinceTime'))}
      </fieldset>
      ${
        this.isBefore
          ? html`<label>
                ${this.say('act.revokeTime')}
                <input
                  id="since"
                  type="datetime-local"
                  required
                  max=${localTime(new Date())}
                  .value=${localTime(new Date(Date.now() - 3_600_000))}
                  aria-describedby="since-hint"
                />
                <span id="since-hint" class="soft small hint">${this.say('act.revokeTimeHint')}</span>
              </label>
              ${this.isFuture ? html`<p class="note warn" role="alert">${this.say('act.revokeFuture')}</p>` : nothing}`
          : nothing
      }
      ${
        this.needsCode
          ? html`<label>
              ${this.say('act.code')}
              <input
                id="code"
                required
                class="mono"
                autocomplete="off"
                autocapitalize="characters"
                spellcheck="false"
                maxlength="200"
                aria-describedby="code-hint"
              />
              <span id="code-hint" class="soft small hint">${this.say('act.codeHint')}</span>
            </label>`
          : nothing
      }
      <label class="tick sure">
        <input
          type="checkbox"
          .checked=${this.ticked}
          @change=${(event: Event) => (this.ticked = (event.target as HTMLInputElement).checked)}
          data-test="sure"
        />
        <span>${this.say('act.revokeTick', { name })}</span>
      </label>
      ${
        this.refusal === undefined
          ? nothing
          : html`<p class="note bad" role="alert">${errorText(this.refusal, this.text)}</p>`
      }
      <div class="bar apart">
        <button type="button" @click=${this.#cancel}>${this.say('common.cancel')}</button>
        <button class="danger" ?disabled=${!this.ticked || this.sending} data-test="revoke-now">
          ${icon('ban')}${this.say('act.revokeNow')}
        </button>
      </div>
    </form>`
  }

  #choice(value: string, isBefore: boolean, words: string): TemplateResult {
    return html`<label class="choice">
      <input
        type="radio"
        name="when"
        value=${value}
        .checked=${this.isBefore === isBefore}
        @change=${() => (this.isBefore = isBefore)}
      />
      <span>${words}</span>
    </label>`
  }

  static override styles = [
    ...controls,
    css`
      fieldset {
        display: grid;
        gap: 0.25rem;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        font-weight: 600;
      }
      .choice {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        min-height: var(--target);
        font-weight: 500;
        cursor: pointer;
      }
      .choice input {
        flex: none;
        width: 1.75rem;
        min-height: 1.75rem;
        height: 1.75rem;
        margin: 0;
        padding: 0;
        accent-color: var(--accent);
      }
      .hint {
        font-weight: 400;
      }
      label {
        grid-template-columns: minmax(0, 1fr);
      }
      input[type='datetime-local'] {
        min-width: 0;
        padding-inline: 0.6rem;
      }
      .sure {
        padding: 0.5rem 1rem;
        border: 1.5px solid var(--line-strong);
        border-radius: var(--radius);
        font-weight: 600;
      }
      .sure input {
        flex: none;
      }
      .sure:has(:checked) {
        border-color: var(--bad);
        background: var(--bad-soft);
      }
      .apart {
        justify-content: space-between;
        gap: 1.5rem;
      }
      .danger:not(:disabled) {
        border-color: transparent;
        background: var(--bad);
        color: var(--surface);
      }
    `,
  ]
}

customElements.define('shoal-revocation', ShoalRevocation)
