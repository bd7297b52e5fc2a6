/** What an admin may do about a device: each with what it means, disabled with the reason where it cannot be done; nothing happens at the first tap. */
import type { PropertyValues, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { DeviceStatus, Remains, RevokeOptions } from '../../client/contract.ts'
import type { IconName } from '../icons.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { controls } from '../theme.ts'
import { deviceActionsStyle } from './device-actions-style.ts'
import './replacement-panel.ts'
import './revocation-form.ts'
import type { Action, ActionName } from './standing-words.ts'
import { actionsOf } from './standing-words.ts'
import { deviceName } from './words.ts'

const signs: Readonly<Record<ActionName, IconName>> = {
  promote: 'star',
  replace: 'swap',
  retire: 'off',
  close: 'lock',
  revoke: 'ban',
}

export class ShoalDeviceActions extends Panel {
  static override properties = {
    device: { attribute: false },
    remains: { attribute: false },
    asked: { state: true },
    done: { state: true },
  }
  declare device: DeviceStatus
  declare remains: Remains | undefined
  /** The action whose confirmation is open. */
  declare asked: ActionName | undefined
  /** What was done, as a sentence. */
  declare done: string | undefined

  override willUpdate(changed: PropertyValues<this>): void {
    const before: DeviceStatus | undefined = changed.get('device')
    if (!before || before.node === this.device.node) return
    this.asked = undefined
    this.done = undefined
    this.problem = undefined
  }

  #ask = async (name: ActionName): Promise<void> => {
    this.asked = name
    this.done = undefined
    this.problem = undefined
    await this.updateComplete
    const panel = this.renderRoot.querySelector<HTMLElement>('.asked')
    panel?.focus()
    panel?.scrollIntoView({ block: 'nearest' })
  }
  #cancel = async (): Promise<void> => {
    const { asked } = this
    this.asked = undefined
    this.problem = undefined
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>(`[data-test=${asked}]`)?.focus()
  }
  async #do(action: () => Promise<void>, sentence: () => string | Promise<string>): Promise<void> {
    const done = await this.during(async () => {
      await action()
      return sentence()
    })
    if (done === undefined) return
    this.done = done
    this.asked = undefined
  }
  #simple = (name: 'promote' | 'retire' | 'close'): Promise<void> => {
    const { swarm } = this.shoal
    const words = { name: deviceName(this.device, this.text) }
    const key = name === 'promote' ? 'act.promoted' : name === 'retire' ? 'act.retired' : 'act.closed'
    return this.#do(
      () => swarm[name](this.device.node),
      () => this.say(key, words),
    )
  }
  #revoke = (event: CustomEvent<RevokeOptions>): Promise<void> => {
    const { node } = this.device
    const name = deviceName(this.device, this.text)
    return this.#do(
      () => this.shoal.swarm.revoke(node, event.detail),
      async () => this.say('act.revoked', { name, count: (await this.shoal.swarm.remains(node)).known }),
    )
  }

  override render(): TemplateResult {
    const { device, swarm } = this
    if (!swarm) return html`${nothing}`
    if (device.isSelf) return html`<p class="soft">${this.say('act.self')}</p>`
    const actions = actionsOf(device, swarm, this.text)
    const shared = actions.every(({ obstacle, byCode }) => obstacle !== undefined && !byCode)
    return html`
      <div role="status">
        ${this.done === undefined ? nothing : html`<p class="note good" data-test="done">${this.done}</p>`}
      </div>
      ${shared && actions[0]?.obstacle ? html`<p class="note" data-test="obstacle">${actions[0].obstacle}</p>` : nothing}
      <ul>
        ${actions.map((action) => html`<li>${this.#action(action, shared)}</li>`)}
      </ul>
    `
  }

  #action(action: Action, isSaid: boolean): TemplateResult {
    const { name, obstacle, byCode } = action
    if (this.asked === name)
      return html`<div class="asked ${name}" tabindex="-1" role="group" aria-label=${this.say(`act.${name}`)}>
        <h3>${icon(signs[name])}${this.say(`act.${name}`)}</h3>
        ${this.#confirmation(action)} ${name === 'revoke' ? nothing : this.trouble()}
      </div>`
    const why = obstacle === undefined || isSaid ? nothing : html`<span class="why" id="why-${name}">${obstacle}</span>`
    return html`<button
        class="act ${name}"
        ?disabled=${obstacle !== undefined}
        aria-describedby=${why === nothing ? nothing : `why-${name}`}
        @click=${() => this.#ask(name)}
        data-test=${name}
      >
        ${icon(signs[name])}
        <span class="words">
          <strong>${this.say(`act.${name}`)}</strong>
          <span class="small">${this.say(`act.${name}Text`)}</span>
        </span>
      </button>
      ${why}
      ${byCode ? html`<button class="quiet" @click=${() => this.#ask(name)}>${icon('recover')}${this.say('act.asCode')}</button>` : nothing}`
  }

  #confirmation({ name, byCode }: Action): TemplateResult {
    const { device, swarm, text } = this
    if (name === 'replace')
      return html`<shoal-replacement
        .shoal=${this.shoal}
        .swarm=${swarm}
        .text=${text}
        .device=${device}
        @shoal-cancel=${this.#cancel}
      ></shoal-replacement>`
    if (name === 'revoke')
      return html`<shoal-revocation
        .text=${text}
        .device=${device}
        .needsCode=${byCode === true}
        .sending=${this.busy}
        .refusal=${this.problem}
        @shoal-revoke=${this.#revoke}
        @shoal-cancel=${this.#cancel}
      ></shoal-revocation>`
    const missing = this.remains === undefined ? 0 : this.remains.known - this.remains.held
    return html`<p>${this.say(`act.${name}Text`)}</p>
      ${name === 'close' && missing > 0 ? html`<p class="note bad">${this.say('act.closeMissing', { missing })}</p>` : nothing}
      <div class="bar apart">
        <button @click=${this.#cancel}>${this.say('common.cancel')}</button>
        <button
          class=${name === 'promote' ? 'first' : 'danger'}
          ?disabled=${this.busy}
          @click=${() => this.#simple(name)}
          data-test="${name}-now"
        >
          ${this.say(`act.${name}Now`)}
        </button>
      </div>`
  }

  static override styles = [...controls, deviceActionsStyle]
}

customElements.define('shoal-device-actions', ShoalDeviceActions)
