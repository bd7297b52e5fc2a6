/** A device that was taken out of service or shut out: who said so, what is still here and how to get it out, and the way back. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { dayOf, speakerName } from '../devices/standing-words.ts'
import { nameOf } from '../devices/words.ts'
import '../export/export-button.ts'
import { icon } from '../icons.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'

export class ShoalOwnStanding extends View {
  static override properties = { events: { state: true } }
  declare events: number | undefined

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('swarm') || changed.get('swarm')?.standing.type === this.swarm?.standing.type) return
    void this.shoal.info().then(
      ({ events }) => (this.events = events),
      () => undefined,
    )
  }

  override render(): TemplateResult {
    const { swarm, text } = this
    const standing = swarm?.standing
    if (!swarm || !standing || standing.type === 'active' || standing.type === 'left') return html`${nothing}`
    const { type, by, at, replacedBy } = standing
    const isShutOut = type === 'revoked'
    return html`<section class="note ${isShutOut ? 'bad' : 'warn'}" role="alert" data-test="own-standing">
      <div class="head">
        <span class="sign">${icon(isShutOut ? 'ban' : 'off')}</span>
        <div>
          <h2>${this.say(`own.${type}`)}</h2>
          <p>
            ${this.say('own.by', { name: speakerName(by, swarm, text), date: dayOf(at, text) })}
            ${replacedBy === undefined ? nothing : this.say('own.replaced', { name: nameOf(replacedBy, swarm.devices, text) })}
          </p>
        </div>
      </div>
      <p>${this.say('own.text')} ${this.say(type === 'retired' ? 'own.retiredText' : 'own.revokedText')}</p>
      <p>
        ${this.events === undefined ? nothing : html`<strong>${this.say('own.here', { count: this.events })}</strong>`}
        ${swarm.onlyHere > 0 ? this.say('own.onlyHere', { count: swarm.onlyHere }) : nothing}
      </p>
      <p>${this.say('own.backText')}</p>
      <div class="bar">
        ${
          (this.events ?? 0) > 0
            ? html`<shoal-export
                .shoal=${this.shoal}
                .text=${text}
                .total=${this.events ?? 0}
                .label=${this.say('export.log')}
              ></shoal-export>`
            : nothing
        }
        <a class="button" href=${linkTo({ view: 'welcome', step: 'join' })}>${icon('back')}${this.say('own.back')}</a>
      </div>
    </section>`
  }

  static override styles = [
    ...controls,
    css`
      .note {
        gap: 0.75rem;
        margin-bottom: 1rem;
        padding: 1.25rem;
        border-width: 2px;
      }
      .head {
        display: flex;
        align-items: center;
        gap: 1rem;
      }
      .sign {
        display: grid;
        place-items: center;
        flex: none;
        width: 52px;
        height: 52px;
        border-radius: 50%;
        background: var(--surface);
        color: var(--bad);
      }
      .warn .sign {
        color: var(--warn);
      }
      h2 {
        font-size: clamp(1.25rem, 1rem + 1.2vw, 1.625rem);
      }
      @media (max-width: 699px) {
        .bar > * {
          width: 100%;
        }
      }
    `,
  ]
}

customElements.define('shoal-own-standing', ShoalOwnStanding)
