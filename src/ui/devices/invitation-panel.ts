/** Making an invitation: for how many, for how long, as what; then as a code on the screen, a link, or a poster. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { dropSheet, printSheet } from '../print.ts'
import { qrCode } from '../qr-code.ts'
import type { StringKey } from '../text.ts'
import { controls } from '../theme.ts'
import { deviceName } from './words.ts'

const hour = 3_600_000
const uses = [1, 5, 20, 100] as const
const times: readonly (readonly [milliseconds: number, key: StringKey])[] = [
  [hour, 'invite.hour'],
  [24 * hour, 'invite.day'],
  [7 * 24 * hour, 'invite.week'],
  [30 * 24 * hour, 'invite.month'],
]

interface Made {
  readonly link: string
  readonly uses: number
  /** Microseconds since the epoch. */
  readonly expires: number
}

/** Made where the app was opened at an address that means each device itself. */
const isLoopback = (link: string): boolean => /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\//.test(link)

export class ShoalInvitation extends Panel {
  static override properties = { made: { state: true } }
  declare made: Made | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    dropSheet()
  }

  #make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const chosen = Number(this.field('uses')?.value ?? 1)
    const expiresIn = Number(this.field('expires')?.value ?? 24 * hour)
    const role = this.field('role')?.value === 'admin' ? 'admin' : 'member'
    const link = await this.during(() => this.shoal.swarm.invite({ uses: chosen, expiresIn, role }))
    if (link !== undefined) this.made = { link, uses: chosen, expires: (Date.now() + expiresIn) * 1000 }
  }
  #another = (): void => {
    this.made = undefined
    dropSheet()
  }
  #share = (link: string): void => {
    const title = this.say('invite.shareText', { name: this.swarm?.name ?? '' })
    // somebody who closes the system's sheet has not met an error
    navigator.share({ title, url: link }).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.problem = error
    })
  }
  #print = (made: Made): void => {
    const name = this.swarm?.name ?? ''
    printSheet(
      html`<p class="kind">Shoal</p>
        <h1>${this.say('poster.title', { name })}</h1>
        ${qrCode(made.link, this.say('invite.qr', { name }))}
        <ol>
          <li>${this.say('poster.one')}</li>
          <li>${this.say('poster.two')}</li>
          <li>${this.say('poster.three')}</li>
        </ol>
        <p>${this.#until(made)}</p>
        <p class="small">${made.link}</p>`,
    )
  }
  #until(made: Made): string {
    return this.say('invite.until', { count: made.uses, time: this.text.dateTime(made.expires) })
  }
  #uses(count: number): string {
    return count === 1 ? this.say('invite.usesOne') : this.say('invite.usesMany', { count })
  }

  override render(): TemplateResult {
    const { swarm, made } = this
    if (!swarm) return html`${nothing}`
    if (swarm.role !== 'admin') {
      const admins = swarm.devices.filter((device) => device.role === 'admin')
      const names = admins.map((device) => deviceName(device, this.text)).join(', ')
      return html`<p class="soft">${this.say('invite.member', { names: names || '–' })}</p>`
    }
    return made ? this.#made(made) : this.#form()
  }

  #form(): TemplateResult {
    return html`<form class="stack" @submit=${this.#make}>
      <p class="soft">${this.say('invite.text')}</p>
      <div class="choices">
        <label>
          ${this.say('invite.uses')}
          <select id="uses">
            ${uses.map((count) => html`<option value=${count}>${this.#uses(count)}</option>`)}
          </select>
        </label>
        <label>
          ${this.say('invite.expires')}
          <select id="expires">
            ${times.map(([time, key]) => html`<option value=${time} ?selected=${time === 24 * hour}>${this.say(key)}</option>`)}
          </select>
        </label>
        <label>
          ${this.say('invite.role')}
          <select id="role">
            <option value="member">${this.say('invite.asMember')}</option>
            <option value="admin">${this.say('invite.asAdmin')}</option>
          </select>
        </label>
      </div>
      ${this.trouble()}
      <button class="first" ?disabled=${this.busy} data-test="invite">${this.say('invite.make')}</button>
    </form>`
  }

  #made(made: Made): TemplateResult {
    const isCopied = this.copied === made.link
    const canShare = typeof navigator.share === 'function'
    return html`<div class="made">
      ${qrCode(made.link, this.say('invite.qr', { name: this.swarm?.name ?? '' }))}
      <div class="stack">
        ${isLoopback(made.link) ? html`<p class="note">${this.say('invite.hereOnly')}</p>` : html`<p>${this.say('invite.scan')}</p>`}
        <p><strong>${this.#until(made)}</strong></p>
        <p class="mono link" data-test="link">${made.link}</p>
        ${this.trouble()}
        <div class="bar">
          <button class="first" @click=${() => this.copy(made.link)}>
            ${icon(isCopied ? 'check' : 'copy')}${this.say(isCopied ? 'recovery.copied' : 'invite.copy')}
          </button>
          ${canShare ? html`<button @click=${() => this.#share(made.link)}>${icon('share')}${this.say('invite.share')}</button>` : nothing}
          <button @click=${() => this.#print(made)}>${icon('print')}${this.say('invite.print')}</button>
          <button class="quiet" @click=${this.#another}>${this.say('invite.another')}</button>
        </div>
      </div>
    </div>`
  }

  static override styles = [
    ...controls,
    css`
      :host {
        container-type: inline-size;
      }
      .choices {
        display: grid;
        gap: 1rem;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
      }
      form > button {
        justify-self: start;
      }
      .made {
        display: grid;
        gap: 1.25rem;
        grid-template-columns: minmax(0, 1fr);
      }
      .qr {
        width: min(100%, 24rem);
        border-radius: var(--radius-small);
        justify-self: center;
      }
      .link {
        max-height: 6.5rem;
        overflow: auto;
        padding: 0.75rem;
        border-radius: var(--radius-small);
        background: var(--sunken);
        font-size: 0.875rem;
        user-select: all;
      }
      @media (max-width: 699px) {
        .bar button,
        form > button {
          width: 100%;
        }
      }
      @container (min-width: 660px) {
        .made {
          grid-template-columns: minmax(20rem, 24rem) minmax(0, 1fr);
          align-items: start;
        }
      }
    `,
  ]
}

customElements.define('shoal-invitation', ShoalInvitation)
