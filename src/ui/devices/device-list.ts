/** The devices of the swarm, one card each: who it is, how it is linked, and what is still on the way between us. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { DeviceStatus } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import { dayOf, speakerName, standingShort } from './standing-words.ts'
import type { Presence } from './words.ts'
import { clockWords, deviceName, hasLink, isInUse, nameOf, presenceOf } from './words.ts'

const order: readonly Presence[] = ['linked', 'known', 'away', 'never']

export class ShoalDeviceList extends View {
  static override properties = { devices: { attribute: false } }
  declare devices: readonly DeviceStatus[]

  override render(): TemplateResult {
    const now = Date.now() * 1000
    const isLinked = hasLink(this.devices)
    const rank = (device: DeviceStatus): number =>
      device.isSelf ? -1 : order.indexOf(presenceOf(device, isLinked, now)) - (device.problem === undefined ? 0 : 0.5)
    return html`<ul>
      ${repeat(
        [...this.devices].sort((a, b) => rank(a) - rank(b)),
        (device) => device.node,
        (device) => this.#device(device, presenceOf(device, isLinked, now), now),
      )}
    </ul>`
  }

  #device(device: DeviceStatus, presence: Presence, now: number): TemplateResult {
    if (!isInUse(device)) return this.#gone(device)
    return html`<li class="card ${device.isSelf ? 'self' : presence}" data-node=${device.node}>
      <a class="head" href=${linkTo({ view: 'devices', device: device.node })}>
        <i class="lamp" aria-hidden="true"></i>
        <h3>${deviceName(device, this.text)}</h3>
        ${device.role === 'admin' && isInUse(device) ? html`<span class="chip">${this.say('devices.role.admin')}</span>` : nothing}
        ${icon('forward')}
      </a>
      <p class="state">${device.isSelf ? this.say('devices.self') : this.#state(device, presence, now)}</p>
      ${device.isSelf ? this.#own() : this.#facts(device)}
      ${device.problem === undefined ? nothing : html`<p class="note warn">${device.problem}</p>`}
    </li>`
  }

  /** Who is no longer in use has no link to speak of; who said so, and when, is what is left. */
  #gone(device: DeviceStatus): TemplateResult {
    const { by, at, type, replacedBy } = device.standing
    const { swarm, text } = this
    return html`<li class="card never gone" data-node=${device.node}>
      <a class="head" href=${linkTo({ view: 'devices', device: device.node })}>
        <i class="lamp" aria-hidden="true"></i>
        <h3>${deviceName(device, text)}</h3>
        ${icon('forward')}
      </a>
      <p class="state">
        <strong>${standingShort(device, text)}</strong>
        ${
          type === 'left' || !swarm
            ? nothing
            : html`<br />${this.say('own.by', { name: speakerName(by, swarm, text), date: dayOf(at, text) })}`
        }
        ${
          replacedBy === undefined || !swarm
            ? nothing
            : html`<br />${this.say('standing.replacedBy', { name: nameOf(replacedBy, swarm.devices, text) })}`
        }
      </p>
    </li>`
  }

  #state(device: DeviceStatus, presence: Presence, now: number): string {
    const { link, lastSeen } = device
    const state = this.say(`state.${presence}`)
    if (link) {
      const since = this.say('link.since', { time: this.text.duration(Math.max(0, now - link.since) / 1_000_000) })
      return `${this.say(`link.${link.kind}`)}, ${since}`
    }
    return presence === 'away' && lastSeen !== undefined
      ? `${state} · ${this.say('device.seen')} ${this.text.ago(lastSeen, now)}`
      : state
  }

  #own(): TemplateResult | typeof nothing {
    const { swarm } = this
    if (!swarm || swarm.devices.length < 2) return nothing
    const words = (count: number): string =>
      count === 0 ? this.say('device.nothing') : this.say('device.events', { count })
    return html`<dl>
      <div class=${swarm.onlyHere > 0 ? 'behind' : ''}>
        <dt>${this.say('device.onlyHere')}</dt>
        <dd>${words(swarm.onlyHere)}</dd>
      </div>
      <div class=${swarm.toReceive > 0 ? 'behind' : ''}>
        <dt>${this.say('device.toReceive')}</dt>
        <dd>${words(swarm.toReceive)}</dd>
      </div>
    </dl>`
  }

  #facts({ link, lacksOfOurs, weLack }: DeviceStatus): TemplateResult {
    const isEven = lacksOfOurs === 0 && weLack === 0
    if (isEven && !link) return html`<p class="state even">${this.say('device.even')}</p>`
    const lacking = (count: number | undefined): string => {
      if (count === undefined) return this.say('device.unknown')
      return count === 0 ? this.say('device.nothing') : this.say('device.events', { count })
    }
    return html`<dl>
        ${
          link?.roundTrip === undefined
            ? nothing
            : html`<div>
                <dt>${this.say('device.roundTrip')}</dt>
                <dd>${this.text.number(link.roundTrip, link.roundTrip < 10 ? 1 : 0)} ms</dd>
              </div>`
        }
        ${
          link?.clockOffset === undefined
            ? nothing
            : html`<div>
                <dt>${this.say('device.clock')}</dt>
                <dd>${clockWords(link.clockOffset, this.text)}</dd>
              </div>`
        }
        ${
          isEven
            ? nothing
            : html`<div class=${lacksOfOurs ? 'behind' : ''}>
                  <dt>${this.say('device.lacks')}</dt>
                  <dd>${lacking(lacksOfOurs)}</dd>
                </div>
                <div class=${weLack ? 'behind' : ''}>
                  <dt>${this.say('device.weLack')}</dt>
                  <dd>${lacking(weLack)}</dd>
                </div>`
        }
      </dl>
      ${isEven ? html`<p class="state even">${this.say('device.even')}</p>` : nothing}`
  }

  static override styles = [
    ...controls,
    css`
      ul {
        display: grid;
        gap: 0.75rem;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr));
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        align-content: start;
        gap: 0.35rem;
        padding: 1rem 1.1rem;
      }
      .head {
        display: flex;
        align-items: center;
        gap: 0.65rem;
        min-height: var(--target);
        margin: -0.5rem 0;
        color: inherit;
        text-decoration: none;
      }
      .head:hover h3 {
        text-decoration: underline;
      }
      .head > svg {
        flex: none;
        color: var(--accent);
      }
      .gone {
        background: var(--sunken);
      }
      h3 {
        flex: 1;
        font-size: 1.125rem;
        font-weight: 650;
        line-height: 1.25;
      }
      .lamp {
        flex: none;
        width: 14px;
        height: 14px;
        border-radius: 50%;
        background: var(--good);
      }
      .known .lamp {
        background: transparent;
        border: 3px solid var(--good);
      }
      .away .lamp,
      .never .lamp {
        background: transparent;
        border: 3px solid var(--line-strong);
      }
      .self .lamp {
        background: var(--sun);
      }
      .self {
        border-color: color-mix(in srgb, var(--sun) 70%, var(--line));
        border-width: 2px;
      }
      .state {
        padding-left: calc(14px + 0.65rem);
        color: var(--ink-soft);
        font-size: 0.9375rem;
      }
      dl + .even {
        padding-left: 0;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.6rem 0.75rem;
        margin: 0.6rem 0 0;
        padding-top: 0.75rem;
        border-top: 1px solid var(--line);
      }
      dt {
        color: var(--ink-soft);
        font-size: 0.875rem;
        line-height: 1.3;
      }
      dd {
        margin: 0;
        font-weight: 600;
      }
      .behind dd {
        color: var(--warn);
      }
      .note {
        margin-top: 0.6rem;
      }
    `,
  ]
}

customElements.define('shoal-device-list', ShoalDeviceList)
