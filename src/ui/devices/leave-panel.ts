/** Leaving the swarm: said in full before it is done. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'

export class ShoalLeave extends Panel {
  static override properties = { asked: { state: true } }
  declare asked: boolean

  constructor() {
    super()
    this.asked = false
  }

  #ask = async (): Promise<void> => {
    this.asked = true
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('h3')?.focus()
  }
  #leave = async (): Promise<void> => {
    const isDone = await this.during(async () => {
      await this.shoal.swarm.leave()
      return true
    })
    this.asked = !isDone
    if (isDone) location.hash = linkTo({ view: 'welcome' })
  }

  override render(): TemplateResult {
    const { swarm } = this
    if (!swarm) return html`${nothing}`
    const others = swarm.devices.filter((device) => !device.isSelf)
    const isLastAdmin = swarm.role === 'admin' && others.length > 0 && !others.some((device) => device.role === 'admin')
    if (!this.asked)
      return html`<div class="bar">
        <p class="grow soft">${this.say('leave.text')}</p>
        <button @click=${this.#ask} data-test="leave">${icon('leave')}${this.say('leave.ask')}</button>
      </div>`
    return html`<div class="stack">
      <h3 tabindex="-1">${this.say('leave.sure', { name: swarm.name })}</h3>
      <ul>
        <li>${this.say('leave.text')}</li>
        <li>${this.say('leave.one')}</li>
        <li>${this.say('leave.two')}</li>
        <li>${this.say('leave.three')}</li>
      </ul>
      ${
        swarm.onlyHere > 0 && others.length > 0
          ? html`<p class="note bad">${this.say('leave.onlyHere', { count: swarm.onlyHere })}</p>`
          : nothing
      }
      ${isLastAdmin ? html`<p class="note bad">${this.say('leave.lastAdmin')}</p>` : nothing} ${this.trouble()}
      <div class="bar">
        <button class="danger" ?disabled=${this.busy} @click=${this.#leave} data-test="leave-now">
          ${this.say('leave.now')}
        </button>
        <button @click=${() => (this.asked = false)}>${this.say('common.cancel')}</button>
      </div>
    </div>`
  }

  static override styles = [
    ...controls,
    css`
      ul {
        display: grid;
        gap: 0.4rem;
        margin: 0;
        padding-left: 1.25rem;
      }
      h3 {
        font-size: 1.1875rem;
        outline: none;
      }
      .danger {
        border-color: var(--bad);
        color: var(--bad);
      }
      .danger:hover {
        background: var(--bad-soft);
      }
    `,
  ]
}

customElements.define('shoal-leave', ShoalLeave)
