/** Replacing a device: by a new one, whose code is shown at once, or by one that is here. What became of its events is shown on its page. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { DeviceStatus, InvitationStatus, NodeId } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { qrCode } from '../qr-code.ts'
import { controls } from '../theme.ts'
import { deviceName, isInUse } from './words.ts'

/** Long enough to fetch the new device from the store room. Milliseconds. */
const codeLives = 24 * 3_600_000

type Step = { readonly type: 'choice' } | { readonly type: 'code'; readonly link: string } | { readonly type: 'here' }

export class ShoalReplacement extends Panel {
  static override properties = { device: { attribute: false }, step: { state: true }, chosen: { state: true } }
  declare device: DeviceStatus
  declare step: Step
  declare chosen: NodeId | undefined

  constructor() {
    super()
    this.step = { type: 'choice' }
  }

  get #candidates(): readonly DeviceStatus[] {
    return (this.swarm?.devices ?? []).filter((other) => isInUse(other) && other.node !== this.device.node)
  }
  /** The open invitation for this place, so that closing the page does not make another one. */
  get #invitation(): InvitationStatus | undefined {
    const now = Date.now() * 1000
    return this.swarm?.invitations.findLast(
      ({ replaces, link, isWithdrawn, expires, admitted }) =>
        replaces === this.device.node && link !== undefined && !isWithdrawn && expires > now && admitted.length === 0,
    )
  }

  #invite = async (): Promise<void> => {
    const known = this.#invitation?.link
    const link =
      known ??
      (await this.during(() => this.shoal.swarm.invite({ replaces: this.device.node, uses: 1, expiresIn: codeLives })))
    if (link !== undefined) this.step = { type: 'code', link }
  }
  #withdraw = async (): Promise<void> => {
    const id = this.#invitation?.id
    if (id !== undefined) await this.during(() => this.shoal.swarm.withdraw(id))
    this.#cancel()
  }
  #replace = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const chosen = this.chosen ?? this.#candidates[0]?.node
    if (chosen !== undefined) await this.during(() => this.shoal.swarm.replace(this.device.node, chosen))
  }
  #cancel = (): void => void this.dispatchEvent(new CustomEvent('shoal-cancel'))

  override render(): TemplateResult {
    const { step } = this
    return html`<div class="stack">
      ${step.type === 'choice' ? this.#choice() : step.type === 'code' ? this.#code(step.link) : this.#here()}
    </div>`
  }

  #choice(): TemplateResult {
    return html`<p>${this.say('act.replaceText')}</p>
      ${this.trouble()}
      <button class="way first" ?disabled=${this.busy} @click=${this.#invite} data-test="replace-new">
        ${icon('invite')}
        <span class="words">
          <strong>${this.say('act.replaceNew')}</strong><span class="small">${this.say('act.replaceNewText')}</span>
        </span>
      </button>
      <button class="way" @click=${() => (this.step = { type: 'here' })} data-test="replace-here">
        ${icon('devices')}
        <span class="words"><strong>${this.say('act.replaceOld')}</strong></span>
      </button>
      <div><button @click=${this.#cancel}>${this.say('common.cancel')}</button></div>`
  }

  #code(link: string): TemplateResult {
    const name = deviceName(this.device, this.text)
    const isCopied = this.copied === link
    return html`<h4>${this.say('replace.title', { name })}</h4>
      <div class="code">${qrCode(link, this.say('replace.title', { name }))}</div>
      <p>${this.say('replace.scan', { name })}</p>
      <p class="soft" role="status">${this.say('replace.waiting')}</p>
      ${this.trouble()}
      <div class="bar apart">
        <button @click=${() => this.copy(link)}>
          ${icon(isCopied ? 'check' : 'copy')}${this.say(isCopied ? 'recovery.copied' : 'invite.copy')}
        </button>
        <button class="quiet" ?disabled=${this.busy} @click=${this.#withdraw}>${this.say('replace.stop')}</button>
      </div>`
  }

  #here(): TemplateResult {
    const candidates = this.#candidates
    const name = deviceName(this.device, this.text)
    return html`<form class="stack" @submit=${this.#replace}>
      ${
        candidates.length === 0
          ? html`<p class="note">${this.say('act.replaceNone')}</p>`
          : html`<label>
              ${this.say('act.replaceWith')}
              <select @change=${(event: Event) => (this.chosen = (event.target as HTMLSelectElement).value as NodeId)}>
                ${candidates.map(
                  (other) =>
                    html`<option value=${other.node}>
                      ${deviceName(other, this.text)}${other.isSelf ? ` (${this.say('devices.self')})` : nothing}
                    </option>`,
                )}
              </select>
            </label>`
      }
      ${this.trouble()}
      <div class="bar apart">
        <button type="button" @click=${this.#cancel}>${this.say('common.cancel')}</button>
        <button class="danger" ?disabled=${this.busy || candidates.length === 0} data-test="replace-now">
          ${this.say('act.replaceNow', { name })}
        </button>
      </div>
    </form>`
  }

  static override styles = [
    ...controls,
    css`
      h4 {
        margin: 0;
        font-size: 1.125rem;
        font-weight: 650;
      }
      .way {
        justify-content: flex-start;
        gap: 1rem;
        width: 100%;
        min-height: 68px;
        text-align: left;
      }
      .words {
        display: grid;
      }
      .words .small {
        font-weight: 400;
      }
      .code {
        display: grid;
        justify-items: center;
      }
      .qr {
        width: min(100%, 22rem);
        border-radius: var(--radius-small);
      }
      .apart {
        justify-content: space-between;
        gap: 1.5rem;
      }
      .danger {
        border-color: var(--bad);
        color: var(--bad);
      }
    `,
  ]
}

customElements.define('shoal-replacement', ShoalReplacement)
