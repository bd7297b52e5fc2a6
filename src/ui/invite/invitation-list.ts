/** The invitations of the swarm, one card each with a live counter; those that are over are grey and show no code. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { InvitationStatus } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import type { Arrivals } from './words.ts'
import { counterWords, invitationTitle, sortedInvitations, stateOf } from './words.ts'

export class ShoalInvitationList extends View {
  static override properties = { arrivals: { attribute: false }, openOnly: { type: Boolean } }
  declare arrivals: Arrivals
  declare openOnly: boolean

  override render(): TemplateResult {
    const now = Date.now() * 1000
    const all = sortedInvitations(this.swarm?.invitations ?? [], now)
    const open = all.filter((invitation) => stateOf(invitation, now) === 'open')
    const over = this.openOnly ? [] : all.filter((invitation) => !open.includes(invitation))
    const list = (invitations: readonly InvitationStatus[]): TemplateResult =>
      html`<ul>
        ${repeat(
          invitations,
          ({ id }) => id,
          (invitation) => this.#invitation(invitation, now),
        )}
      </ul>`
    return html`
      ${open.length > 0 ? list(open) : html`<p class="soft">${this.say('invite.none')}</p>`}
      ${
        over.length > 0
          ? html`<h3>${this.say('invite.over')}</h3>
              ${list(over)}`
          : nothing
      }
    `
  }

  #invitation(invitation: InvitationStatus, now: number): TemplateResult {
    const { text, arrivals } = this
    const devices = this.swarm?.devices ?? []
    const state = stateOf(invitation, now)
    const words = counterWords(invitation, devices, { arrivals, now, text })
    const left = this.say('invite.left', { time: text.duration((invitation.expires - now) / 1_000_000) })
    const role =
      invitation.role === 'admin' ? html`<span class="chip">${this.say('devices.role.admin')}</span>` : nothing
    return html`<li>
      <a href=${linkTo({ view: 'invite', poster: invitation.id })} class=${state} data-test="invitation">
        <span class="words">
          <span class="title"><strong>${invitationTitle(invitation, devices, text)}</strong>${role}</span>
          <span class="count">${words.count}${words.latest === '' ? nothing : html`, ${words.latest}`}</span>
          <span class="soft small">${state === 'open' ? left : this.say(`invite.state.${state}`)}</span>
        </span>
        ${icon('forward')}
      </a>
    </li>`
  }

  static override styles = [
    ...controls,
    css`
      ul {
        display: grid;
        gap: 0.6rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      h3 {
        margin: 1.25rem 0 0.6rem;
        font-size: 1.0625rem;
        font-weight: 650;
      }
      a {
        display: flex;
        align-items: center;
        gap: 1rem;
        min-height: 76px;
        padding: 0.8rem 1rem;
        border: 1.5px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        color: inherit;
        text-decoration: none;
      }
      a:hover {
        background: var(--accent-soft);
      }
      a > svg {
        flex: none;
        color: var(--accent);
      }
      .words {
        display: grid;
        flex: 1;
        gap: 0.1rem;
      }
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 0.75rem;
      }
      .open .count {
        font-weight: 600;
      }
      .used,
      .expired,
      .withdrawn {
        border-color: transparent;
        background: var(--sunken);
        color: var(--ink-soft);
      }
    `,
  ]
}

customElements.define('shoal-invitation-list', ShoalInvitationList)
