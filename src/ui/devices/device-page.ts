/** One device: who it is, where it stands, what became of its events, and what an admin may do about it. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { DeviceStatus, Remains, SwarmStatus } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import './device-actions.ts'
import './remains-panel.ts'
import { standingWords } from './standing-words.ts'
import { deviceName, hasLink, isInUse, nameOf, presenceOf } from './words.ts'

export class ShoalDevice extends Panel {
  static override properties = { device: { attribute: false }, remains: { state: true } }
  /** Its id, as the address says. */
  declare device: string
  declare remains: Remains | undefined

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('device')) this.remains = undefined
  }

  override render(): TemplateResult {
    const { swarm } = this
    if (!swarm) return html`<p class="soft">${this.say('devices.waiting')}</p>`
    const device = swarm.devices.find(({ node }) => node === this.device)
    return html`<div class="page">
      <a class="button quiet back" href=${linkTo({ view: 'devices' })}>${icon('back')}${this.say('fleet.back')}</a>
      ${device ? this.#device(device, swarm) : this.#unknown()}
    </div>`
  }

  #unknown(): TemplateResult {
    return html`<section class="card stack">
      <h1>${this.say('device.unknown.title')}</h1>
      <p>${this.say('device.unknown.text')}</p>
      <p class="mono small">${this.device}</p>
    </section>`
  }

  #device(device: DeviceStatus, swarm: SwarmStatus): TemplateResult {
    const { shoal, text } = this
    const isHere = isInUse(device)
    return html`
      <header>
        <h1>${deviceName(device, text)}</h1>
        ${device.role === 'admin' && isHere ? html`<span class="chip">${this.say('devices.role.admin')}</span>` : nothing}
        ${device.isSelf ? html`<span class="chip own">${this.say('devices.self')}</span>` : nothing}
      </header>
      ${this.#standing(device, swarm)}
      <div class="columns">
        <div class="stack">
          <section class="card stack">
            <h2>${this.say('device.remains')}</h2>
            <shoal-remains
              .shoal=${shoal}
              .text=${text}
              .node=${device.node}
              .isGone=${!isHere && device.standing.type === 'retired'}
              @shoal-remains=${(event: CustomEvent<Remains>) => (this.remains = event.detail)}
            ></shoal-remains>
          </section>
          <section class="card">${this.#facts(device, swarm)}</section>
        </div>
        <section class="card stack">
          <h2>${this.say('act.title')}</h2>
          <shoal-device-actions
            .shoal=${shoal}
            .swarm=${swarm}
            .text=${text}
            .device=${device}
            .remains=${this.remains}
          ></shoal-device-actions>
        </section>
      </div>
    `
  }

  #standing(device: DeviceStatus, swarm: SwarmStatus): TemplateResult {
    const { text } = this
    const { standing } = device
    const tone = standing.type === 'revoked' ? 'bad' : 'warn'
    const { replacedBy } = standing
    const before = swarm.devices.filter((other) => other.standing.replacedBy === device.node)
    return html`
      ${
        isInUse(device)
          ? html`<p class="soft standing" data-test="standing">${this.say('standing.active')}</p>`
          : html`<div class="note ${tone}" data-test="standing">
              <p><strong>${standingWords(device, swarm, { count: this.remains?.known, text })}</strong></p>
              ${
                replacedBy === undefined
                  ? nothing
                  : html`<a class="button" href=${linkTo({ view: 'devices', device: replacedBy })}>
                      ${icon('swap')}${nameOf(replacedBy, swarm.devices, text)}
                    </a>`
              }
            </div>`
      }
      ${before.map((old) => html`<p class="soft">${this.say('standing.inPlaceOf', { name: deviceName(old, text) })}</p>`)}
      ${device.problem === undefined ? nothing : html`<p class="note warn">${device.problem}</p>`}
    `
  }

  #facts(device: DeviceStatus, swarm: SwarmStatus): TemplateResult {
    const { text } = this
    const now = Date.now() * 1000
    const presence = presenceOf(device, hasLink(swarm.devices), now)
    const admitter =
      device.depth === 0 && device.admittedBy === swarm.swarmId
        ? this.say('device.founder')
        : device.admittedBy === swarm.swarmId
          ? this.say('device.byCode')
          : nameOf(device.admittedBy, swarm.devices, text)
    const link = device.isSelf
      ? this.say('devices.self')
      : device.link
        ? `${this.say(`link.${device.link.kind}`)}, ${this.say('link.since', { time: text.duration(Math.max(0, now - device.link.since) / 1_000_000) })}`
        : presence === 'known'
          ? this.say('state.known')
          : this.say('device.noLink')
    return html`<dl>
        <div>
          <dt>${this.say('device.role')}</dt>
          <dd>${this.say(`device.role.${device.role}`)}</dd>
        </div>
        <div>
          <dt>${this.say('device.admittedBy')}</dt>
          <dd>${admitter}</dd>
        </div>
        <div>
          <dt>${this.say('device.linkNow')}</dt>
          <dd>${link}</dd>
        </div>
        ${
          device.lastSeen === undefined || device.isSelf
            ? nothing
            : html`<div>
                <dt>${this.say('device.seen')}</dt>
                <dd>${text.ago(device.lastSeen, now)}</dd>
              </div>`
        }
        <div class="wide">
          <dt>${this.say('device.id')}</dt>
          <dd class="mono">${device.node}</dd>
        </div>
      </dl>
      ${
        device.isSelf
          ? html`<a class="button" href=${linkTo({ view: 'overview' })}
              >${icon('edit')}${this.say('devices.rename')}</a
            >`
          : device.link === undefined && isInUse(device)
            ? html`<a class="button" href=${linkTo({ view: 'check', device: device.node })}
                >${icon('check')}${this.say('device.why')}</a
              >`
            : nothing
      }`
  }

  static override styles = [
    ...controls,
    css`
      .page {
        display: grid;
        gap: 1rem;
        grid-template-columns: minmax(0, 1fr);
      }
      .button.back {
        justify-self: start;
        margin: -0.5rem 0 -0.5rem -0.75rem;
        border-color: transparent;
        background: transparent;
        color: var(--accent);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.75rem;
      }
      .standing {
        margin-top: -0.75rem;
      }
      dl:last-child {
        margin-bottom: 0;
      }
      .chip.own {
        background: color-mix(in srgb, var(--sun) 35%, var(--surface));
      }
      .note .button {
        justify-self: start;
        margin-top: 0.5rem;
      }
      .columns {
        display: grid;
        gap: 1rem;
        grid-template-columns: minmax(0, 1fr);
        align-items: start;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.9rem 0.75rem;
        margin: 0 0 1rem;
      }
      .wide {
        grid-column: 1 / -1;
      }
      dt {
        color: var(--ink-soft);
        font-size: 0.9375rem;
      }
      dd {
        margin: 0;
        font-weight: 600;
      }
      dd.mono {
        font-weight: 400;
      }
      @media (min-width: 960px) {
        .columns {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1.15fr);
        }
      }
    `,
  ]
}

customElements.define('shoal-device', ShoalDevice)
