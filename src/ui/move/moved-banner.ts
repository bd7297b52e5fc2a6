/** The station is at another address now: everything elsewhere first, then this device goes there, as a new one in its own place. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { qrCode } from '../qr-code.ts'
import { controls } from '../theme.ts'
import { findMove, linkAt } from './moved-station.ts'

/** Milliseconds. */
const lookEvery = 10 * 60_000
const invitationLives = 3_600_000

export class ShoalMoved extends Panel {
  static override properties = { origin: { state: true }, link: { state: true } }
  /** Where the station is now, when that is elsewhere. */
  declare origin: string | undefined
  /** The invitation that brings this device there. */
  declare link: string | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.#look()
    this.#timer = setInterval(this.#look, lookEvery)
    addEventListener('online', this.#look)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
    removeEventListener('online', this.#look)
  }
  #look = (): void => void findMove().then((origin) => (this.origin = origin))

  #prepare = async (): Promise<void> => {
    const { origin } = this
    const link = await this.during(() =>
      this.shoal.swarm.invite({ uses: 1, expiresIn: invitationLives, role: 'admin' }),
    )
    if (origin !== undefined && link !== undefined) this.link = linkAt(origin, link)
  }

  override render(): TemplateResult {
    const { origin, swarm } = this
    const isMoving = origin !== undefined && swarm?.state === 'member' && swarm.standing.type === 'active'
    if (!isMoving) return html`${nothing}`
    return html`<section class="note warn" role="status" data-test="moved">
      <h2>${this.say('moved.title', { origin })}</h2>
      <p>${this.say('moved.text')}</p>
      ${
        swarm.onlyHere > 0
          ? html`<p data-test="moved-waits">
              <strong>${this.say('moved.onlyHere', { count: swarm.onlyHere })}</strong> ${this.say('moved.wait')}
            </p>`
          : swarm.role === 'admin'
            ? this.#asAdmin(origin)
            : html`<p>${this.say('moved.member', { origin })}</p>`
      }
    </section>`
  }

  #asAdmin(origin: string): TemplateResult {
    const { link } = this
    if (link === undefined)
      return html`<p>${this.say('moved.ready')}</p>
        ${this.trouble()}
        <div class="bar">
          <button class="first" ?disabled=${this.busy} @click=${this.#prepare} data-test="move">
            ${this.say('moved.start')}
          </button>
        </div>`
    return html`<ol>
        <li>${this.say('moved.stepOpen', { origin })}</li>
        <li>${this.say('moved.stepStay')}</li>
        <li>${this.say('moved.stepReplace')}</li>
      </ol>
      <div class="bar">
        <a class="button first" href=${link} target="_blank" rel="noopener" data-test="move-open">
          ${this.say('moved.open', { origin })}
        </a>
        <button @click=${() => this.copy(link)}>
          ${icon(this.copied === link ? 'check' : 'copy')}${this.say(this.copied === link ? 'recovery.copied' : 'invite.copy')}
        </button>
      </div>
      <div class="code">${qrCode(link, this.say('moved.open', { origin }))}</div>`
  }

  static override styles = [
    ...controls,
    css`
      .note {
        display: grid;
        gap: 0.75rem;
        margin-bottom: 1rem;
        padding: 1.25rem;
      }
      h2 {
        margin: 0;
        font-size: 1.25rem;
      }
      p,
      ol {
        margin: 0;
      }
      .qr {
        width: min(100%, 16rem);
        border-radius: var(--radius-small);
      }
    `,
  ]
}

customElements.define('shoal-moved', ShoalMoved)
