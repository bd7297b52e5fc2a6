/** The devices of the swarm: whether everything is safe, who is there, how they are linked, and the ways in and out. */
import type { PropertyValues, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { FormerLog, Horizon, SwarmStatus } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import '../invite/invitation-list.ts'
import { createArrivals, stateOf } from '../invite/words.ts'
import { linkTo } from '../route.ts'
import type { StringKey } from '../text.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import './by-hand-panel.ts'
import './device-list.ts'
import './device-page.ts'
import { devicesStyle } from './devices-style.ts'
import './former-logs.ts'
import './leave-panel.ts'
import './mesh-drawing.ts'
import './station-list.ts'
import { adminNames, horizonWords, isInUse, safetySentence } from './words.ts'

/** Milliseconds between two looks at the horizon while this view is on screen. */
const lookEvery = 5000

export class ShoalDevices extends View {
  static override properties = {
    device: { attribute: false },
    horizon: { state: true },
    former: { state: true },
  }
  /** The one whose page is asked for. */
  declare device: string | undefined
  declare horizon: Horizon | undefined
  declare former: readonly FormerLog[]
  readonly #arrivals = createArrivals()
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.former = []
  }

  override willUpdate(): void {
    if (this.swarm) this.#arrivals.learn(this.swarm.invitations, Date.now() * 1000)
  }
  override updated(changed: PropertyValues<this>): void {
    const before = changed.get('swarm')
    const isOther = changed.has('swarm') && before?.swarmId !== this.swarm?.swarmId
    if (!changed.has('active') && !isOther) return
    clearInterval(this.#timer)
    if (!this.active) return
    void this.#look()
    void this.shoal.swarm.former().then(
      (logs) => (this.former = logs),
      () => undefined,
    )
    this.#timer = setInterval(() => document.visibilityState === 'visible' && void this.#look(), lookEvery)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (this.swarm?.state !== 'member') return
    try {
      this.horizon = await this.shoal.swarm.horizon()
    } catch {
      // while the node restarts the last word stands
    }
  }

  override render(): TemplateResult {
    const { swarm } = this
    if (!swarm) return html`<p class="soft waiting">${this.say('devices.waiting')}</p>`
    if (this.device !== undefined && swarm.state === 'member')
      return html`<shoal-device
        .shoal=${this.shoal}
        .swarm=${swarm}
        .text=${this.text}
        .device=${this.device}
      ></shoal-device>`
    return html`<div class="page">
      ${swarm.state === 'alone' ? this.#alone() : this.#member(swarm)}
      ${this.former.length > 0 ? this.#folded('former.title', html`<shoal-former-logs .shoal=${this.shoal} .text=${this.text} .logs=${this.former}></shoal-former-logs>`, true) : nothing}
      ${swarm.state === 'member' ? this.#folded('leave.title', html`<shoal-leave .shoal=${this.shoal} .swarm=${swarm} .text=${this.text}></shoal-leave>`) : nothing}
    </div>`
  }

  #alone(): TemplateResult {
    return html`<section class="card stack alone">
      <h1>${this.say('devices.alone')}</h1>
      <p>${this.say('devices.aloneText')}</p>
      <a class="button begin" href=${linkTo({ view: 'welcome' })}>${this.say('devices.begin')}</a>
    </section>`
  }

  #member(swarm: SwarmStatus): TemplateResult {
    const devices = swarm.devices.filter(isInUse)
    const gone = swarm.devices.filter((device) => !isInUse(device))
    const linked = devices.filter((device) => device.link).length
    const { shoal, text } = this
    return html`
      <div class="head">
        <h1>${swarm.name}</h1>
        <p class="soft">${this.say('devices.count', { count: devices.length, linked })}</p>
      </div>
      ${this.#safety(swarm)} ${this.#ways(swarm)}
      <div class="columns">
        <section class="card stack">
          <h2>${this.say('mesh.title')}</h2>
          <shoal-mesh .devices=${devices} .text=${text}></shoal-mesh>
        </section>
        <section class="card stack">${this.#invitations(swarm)}</section>
      </div>
      <section class="stack">
        <div class="bar">
          <h2 class="grow">${this.say('devices.list')}</h2>
          <a class="button" href=${linkTo({ view: 'overview' })}>${icon('edit')}${this.say('devices.rename')}</a>
        </div>
        <shoal-device-list .swarm=${swarm} .devices=${devices} .text=${text}></shoal-device-list>
      </section>
      ${
        gone.length === 0
          ? nothing
          : html`<section class="stack">
              <h2>${this.say('device.gone')}</h2>
              <shoal-device-list .swarm=${swarm} .devices=${gone} .text=${text}></shoal-device-list>
            </section>`
      }
      <section class="card settings">${this.#wake()} ${this.#links()}</section>
      ${this.#folded('stations.title', html`<shoal-stations .shoal=${shoal} .swarm=${swarm} .text=${text}></shoal-stations>`)}
      ${this.#folded('hand.title', html`<shoal-by-hand .shoal=${shoal} .text=${text}></shoal-by-hand>`)}
    `
  }

  #invitations(swarm: SwarmStatus): TemplateResult {
    const now = Date.now() * 1000
    const hasOpen = swarm.invitations.some((invitation) => stateOf(invitation, now) === 'open')
    const isAdmin = swarm.role === 'admin'
    return html`<h2>${this.say('invite.title')}</h2>
      ${
        isAdmin
          ? html`<p class="soft">${this.say('invite.text')}</p>
              <a class="button begin" href=${linkTo({ view: 'invite' })} data-test="invite">
                ${icon('invite')}${this.say('nav.invite')}
              </a>`
          : html`<p class="soft">${this.say('invite.member', { names: adminNames(swarm.devices, this.text) })}</p>
              <a class="button" href=${linkTo({ view: 'recover' })}
                >${icon('recover')}${this.say('fleet.recoverLink')}</a
              >`
      }
      ${
        hasOpen
          ? html`<shoal-invitation-list
              .swarm=${swarm}
              .text=${this.text}
              .arrivals=${this.#arrivals}
              openOnly
            ></shoal-invitation-list>`
          : nothing
      }`
  }

  #safety(swarm: SwarmStatus): TemplateResult {
    const { tone, title, meaning } = safetySentence(swarm, this.text)
    const horizon =
      this.horizon && swarm.devices.filter(isInUse).length > 1
        ? horizonWords(this.horizon, swarm.devices, this.text)
        : ''
    return html`<section class="note ${tone} safety" data-test="safety">
      <span class="sign">${icon(tone === 'good' ? 'check' : 'warn')}</span>
      <div>
        <h2>${title}</h2>
        <p>${meaning} ${swarm.toReceive > 0 ? this.say('safety.toReceive', { count: swarm.toReceive }) : nothing}</p>
        ${horizon === '' ? nothing : html`<p class="small soft">${horizon}</p>`}
      </div>
    </section>`
  }

  /** What is wrong with the ways to others, and what works all the same. */
  #ways(swarm: SwarmStatus): TemplateResult {
    const { stations } = swarm
    const isCutOff =
      this.standing?.links !== 'off' &&
      stations.length > 0 &&
      stations.every((station) => station.state === 'unreachable')
    return html`
      ${
        this.standing?.links === 'off'
          ? html`<p class="note warn"><strong>${this.say('links.off')}</strong> ${this.say('links.offText')}</p>`
          : nothing
      }
      ${
        swarm.radio === 'none' && this.standing?.links !== 'off'
          ? html`<p class="note warn"><strong>${this.say('radio.none')}</strong> ${this.say('radio.noneText')}</p>`
          : nothing
      }
      ${
        isCutOff
          ? html`<p class="note warn">
              <strong>${this.say('stations.unreachable')}</strong> ${this.say('stations.unreachableText')}
            </p>`
          : nothing
      }
    `
  }

  #wake(): TemplateResult {
    const { standing } = this
    if (!standing) return html`${nothing}`
    const { wake, wakeSetting } = standing
    const state: StringKey = !wake.supported
      ? 'wake.none'
      : !wakeSetting
        ? 'wake.off'
        : wake.held
          ? 'wake.held'
          : 'wake.refused'
    return html`<div class="bar">
      <div class="grow">
        <h2>${this.say('wake.title')}</h2>
        <p class="soft">${this.say('wake.text')} ${this.say(state)}</p>
      </div>
      <label class="tick">
        <input
          type="checkbox"
          ?disabled=${!wake.supported}
          .checked=${wakeSetting && wake.supported}
          @change=${(event: Event) => this.page?.setWake((event.target as HTMLInputElement).checked)}
        />
        <span class="unseen">${this.say('wake.title')}</span>
      </label>
    </div>`
  }

  #links(): TemplateResult {
    const { standing } = this
    if (!standing) return html`${nothing}`
    return html`<div class="bar">
      <div class="grow">
        <h2>${this.say('links.title')}</h2>
        <p class="soft">${this.say('links.text')}</p>
      </div>
      <label class="tick">
        <input
          type="checkbox"
          .checked=${standing.links === 'on'}
          @change=${(event: Event) => this.page?.setLinks((event.target as HTMLInputElement).checked ? 'on' : 'off')}
        />
        <span class="unseen">${this.say('links.title')}</span>
      </label>
    </div>`
  }

  #folded(title: StringKey, content: TemplateResult, isOpen = false): TemplateResult {
    return html`<details class="card" ?open=${isOpen}>
      <summary>
        <h2>${this.say(title)}</h2>
        ${icon('forward')}
      </summary>
      ${content}
    </details>`
  }

  static override styles = [...controls, devicesStyle]
}

customElements.define('shoal-devices', ShoalDevices)
