/** Bringing devices in: making an invitation, showing one, and those that there are. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { InvitationStatus, SwarmStatus } from '../../client/contract.ts'
import { adminNames } from '../devices/words.ts'
import { icon } from '../icons.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import './invitation-list.ts'
import './poster-card.ts'
import './poster-form.ts'
import type { Made } from './poster-form.ts'
import { createArrivals } from './words.ts'

export class ShoalInvite extends View {
  static override properties = { poster: { attribute: false }, made: { state: true } }
  /** The invitation that the address names. */
  declare poster: string | undefined
  declare made: Made | undefined
  readonly #arrivals = createArrivals()

  override willUpdate(changed: PropertyValues<this>): void {
    if (this.swarm) this.#arrivals.learn(this.swarm.invitations, Date.now() * 1000)
    // the view was left: what was made is in the list
    if (changed.has('active') && !this.active) this.made = undefined
    if (changed.has('poster') && this.poster !== undefined) this.made = undefined
  }

  #made = (event: CustomEvent<Made>): void => {
    this.made = event.detail
    this.renderRoot.querySelector('h1')?.scrollIntoView({ block: 'start' })
  }

  /** The one that is shown: of the address, or the one that was made just now. */
  #shown({ invitations }: SwarmStatus): InvitationStatus | undefined {
    return this.poster === undefined
      ? invitations.find(({ link }) => link !== undefined && link === this.made?.link)
      : invitations.find(({ id }) => id === this.poster)
  }

  override render(): TemplateResult {
    const { swarm, made } = this
    if (swarm?.state !== 'member') return html`<p class="soft waiting">${this.say('devices.waiting')}</p>`
    const invitation = this.#shown(swarm)
    const isShown = invitation !== undefined || made !== undefined
    return html`<div class="page">
      <a
        class="button quiet back"
        href=${isShown && made === undefined ? linkTo({ view: 'invite' }) : linkTo({ view: 'devices' })}
      >
        ${icon('back')}${this.say(isShown && made === undefined ? 'nav.invite' : 'fleet.back')}
      </a>
      <h1>${this.say(isShown ? 'invite.title.poster' : 'nav.invite')}</h1>
      ${isShown ? this.#poster(invitation) : swarm.role === 'admin' ? this.#form() : this.#member(swarm)}
      ${isShown ? nothing : this.#list()}
    </div>`
  }

  #poster(invitation: InvitationStatus | undefined): TemplateResult {
    return html`<shoal-poster
        .shoal=${this.shoal}
        .swarm=${this.swarm}
        .text=${this.text}
        .made=${this.made}
        .invitation=${invitation}
        .arrivals=${this.#arrivals}
      ></shoal-poster>
      ${
        this.swarm?.role === 'admin'
          ? html`<a class="button" href=${linkTo({ view: 'invite' })} @click=${() => (this.made = undefined)}>
              ${icon('plus')}${this.say('invite.makeAnother')}
            </a>`
          : nothing
      }`
  }

  #form(): TemplateResult {
    return html`<p class="soft intro">${this.say('invite.text')}</p>
      <shoal-poster-form
        .shoal=${this.shoal}
        .swarm=${this.swarm}
        .text=${this.text}
        @shoal-made=${this.#made}
      ></shoal-poster-form>`
  }

  #member(swarm: SwarmStatus): TemplateResult {
    return html`<div class="card stack">
      <p>${this.say('invite.member', { names: adminNames(swarm.devices, this.text) })}</p>
      <a href=${linkTo({ view: 'recover' })} class="button">${icon('recover')}${this.say('fleet.recoverLink')}</a>
    </div>`
  }

  #list(): TemplateResult | typeof nothing {
    if ((this.swarm?.invitations.length ?? 0) === 0) return nothing
    return html`<section class="stack">
      <h2>${this.say('invite.open')}</h2>
      <shoal-invitation-list
        .swarm=${this.swarm}
        .text=${this.text}
        .arrivals=${this.#arrivals}
      ></shoal-invitation-list>
    </section>`
  }

  static override styles = [
    ...controls,
    css`
      .waiting {
        padding: 30vh 0;
        text-align: center;
      }
      .page {
        display: grid;
        gap: 1rem;
        grid-template-columns: minmax(0, 1fr);
        max-width: 62rem;
        margin-inline: auto;
        justify-items: stretch;
      }
      .page > .button {
        justify-self: start;
      }
      .button.back {
        margin: -0.5rem 0 -0.5rem -0.75rem;
        border-color: transparent;
        background: transparent;
        color: var(--accent);
      }
      .intro {
        max-width: 46rem;
      }
    `,
  ]
}

customElements.define('shoal-invite', ShoalInvite)
