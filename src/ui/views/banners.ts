/** What everybody should see wherever they are: a node that cannot be reached, a newer version, a tab that is behind. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { SwarmStatus } from '../../client/contract.ts'
import type { PageSnapshot, Slept } from '../../page/contract.ts'
import { deviceName } from '../devices/words.ts'
import { errorText } from '../error-text.ts'
import '../fleet/own-standing.ts'
import { icon } from '../icons.ts'
import '../move/moved-banner.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'

/** Microseconds of a day. */
const day = 24 * 3600 * 1_000_000

/** Between two nodes neither the join nor the membership may be seen for a moment. Milliseconds. */
const joinGapMax = 10_000

/** Seconds with nothing on its way, after which everything is here. */
const settledAfter = 2
/** Seconds with nothing on its way, after which what arrives is no part of the join any more. */
const countedFor = 5
/** Seconds with nothing on its way, after which a joined device says no longer that it has joined. */
const shownFor = 60

export class ShoalBanners extends View {
  static override properties = {
    arrived: { state: true },
    events: { state: true },
    hidesRecovery: { attribute: false },
    settled: { state: true },
    left: { state: true },
  }
  /** Whether this device has joined its swarm just now, before these eyes. */
  declare arrived: boolean
  declare events: number
  /** The view that shows the code is on the screen. */
  declare hidesRecovery: boolean
  /** Nothing was on its way for a while: at first nobody has said yet what there is. */
  declare settled: boolean
  /** The name of the swarm that was left just now. */
  declare left: string | undefined
  #joinSeen: number | undefined
  /** The swarm of the last status. */
  #seenIn: string | undefined
  /** Its name, while this device is a member of it. */
  #nameSeen = ''
  /** The swarm that `arrived` is about: leaving it again, or joining another, ends the message. */
  #arrivedIn: string | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.arrived = false
    this.events = 0
    this.settled = false
  }

  override willUpdate(): void {
    const { swarm } = this
    // a quick join is over before anybody was told of it; into another swarm there is no other way
    const isElsewhere = swarm !== undefined && this.#seenIn !== undefined && this.#seenIn !== swarm.swarmId
    if (swarm?.joining) this.#joinSeen = swarm.joining.failed ? undefined : performance.now()
    else if (swarm?.state === 'member' && (isElsewhere || this.#joinSeen !== undefined)) {
      const isJust = isElsewhere || performance.now() - (this.#joinSeen ?? 0) < joinGapMax
      this.#joinSeen = undefined
      if (isJust) this.#arrive(swarm.swarmId)
    }
    if (isElsewhere && swarm.state === 'alone' && swarm.joining === undefined && this.#nameSeen !== '')
      this.left = this.#nameSeen
    else if (swarm?.state === 'member' || swarm?.joining) this.left = undefined
    this.#seenIn = swarm?.swarmId ?? this.#seenIn
    this.#nameSeen = swarm?.state === 'member' ? swarm.name : ''
    if (this.arrived && swarm && swarm.swarmId !== this.#arrivedIn) this.#dismissArrival()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }
  #arrive(swarmId: string): void {
    this.arrived = true
    this.#arrivedIn = swarmId
    const count = (): void =>
      void this.shoal.info().then(
        ({ events }) => (this.events = events),
        () => undefined,
      )
    let quiet = 0
    this.settled = false
    count()
    clearInterval(this.#timer)
    this.#timer = setInterval(() => {
      quiet = this.swarm?.toReceive === 0 ? quiet + 1 : 0
      this.settled = quiet >= settledAfter
      if (quiet <= countedFor) count()
      if (quiet > shownFor) this.#dismissArrival()
    }, 1000)
  }
  #dismissArrival = (): void => {
    this.arrived = false
    clearInterval(this.#timer)
  }

  override render(): TemplateResult {
    const { standing, swarm } = this
    return html`
      ${standing ? this.#standing(standing) : nothing}
      <shoal-own-standing .shoal=${this.shoal} .swarm=${swarm} .text=${this.text}></shoal-own-standing>
      <shoal-moved .shoal=${this.shoal} .swarm=${swarm} .text=${this.text}></shoal-moved>
      <div aria-live="polite">${swarm && this.left !== undefined ? this.#leaving(this.left) : nothing}</div>
      <div aria-live="polite">${swarm && this.arrived ? this.#arrival(swarm) : nothing}</div>
      ${
        swarm?.recoveryPending && swarm.name !== '' && !this.hidesRecovery
          ? html`<div class="note warn bar">
              <p class="grow"><strong>${this.say('recovery.banner', { name: swarm.name })}</strong></p>
              <a class="button" href=${linkTo({ view: 'recovery' })}>${this.say('recovery.show')}</a>
            </div>`
          : nothing
      }
    `
  }

  #leaving(name: string): TemplateResult {
    return html`<div class="note good bar" data-test="left">
      <p class="grow"><strong>${this.say('left.done', { name })}</strong></p>
      <button class="quiet" aria-label=${this.say('common.close')} @click=${() => (this.left = undefined)}>
        ${icon('close')}
      </button>
    </div>`
  }

  #arrival({ name, toReceive, devices }: SwarmStatus): TemplateResult {
    const own = devices.find(({ isSelf }) => isSelf)
    const self = own === undefined ? undefined : deviceName(own, this.text)
    return html`<div class="note good bar" data-test="joined">
      <p class="grow">
        <strong>${this.say('join.done', { name })}</strong>
        ${this.say('join.received', { count: this.events })}
        ${self === undefined ? nothing : this.say('join.called', { name: self })}
        ${toReceive > 0 ? this.say('join.toReceive', { count: toReceive }) : this.settled ? this.say('join.complete') : nothing}
      </p>
      ${
        this.standing?.installability === 'prompt' && !this.standing.installed
          ? html`<button class="first" @click=${() => this.page?.install()}>${this.say('join.install')}</button>`
          : nothing
      }
      <a class="button" href=${linkTo({ view: 'events' })} @click=${this.#dismissArrival}
        >${this.say('join.showEvents')}</a
      >
      <button class="quiet" aria-label=${this.say('common.close')} @click=${this.#dismissArrival}>
        ${icon('close')}
      </button>
    </div>`
  }

  #slept({ from, to }: Slept): TemplateResult {
    const isSameDay = this.text.date(from * 1000) === this.text.date(to * 1000) && (to - from) * 1000 < day
    const moment = (at: number): string => (isSameDay ? this.text.hour(at * 1000) : this.text.dateTime(at * 1000))
    return html`<div class="note warn bar" data-test="slept">
      <p class="grow">${this.say('slept.text', { from: moment(from), to: moment(to) })}</p>
      <button @click=${() => this.page?.dismissSlept()}>${this.say('slept.dismiss')}</button>
    </div>`
  }

  #standing(standing: PageSnapshot): TemplateResult {
    return html`
      <div aria-live="polite">${this.#node(standing)} ${standing.slept ? this.#slept(standing.slept) : nothing}</div>
      ${standing.update ? this.#update(standing.update.deadline, standing.update.apply) : nothing}
      ${
        standing.reloadPending
          ? html`<div class="note warn bar">
              <p class="grow">${this.say('banner.reloadPending')}</p>
              <button @click=${() => this.page?.reload()}>${this.say('banner.reload')}</button>
            </div>`
          : nothing
      }
    `
  }

  #node({ worker, problem }: PageSnapshot): TemplateResult {
    if (problem) {
      return html`<div class="note bad bar">
        <p class="grow"><strong>${this.say('banner.refused')}</strong> ${errorText(problem, this.text)}</p>
        <button @click=${() => this.page?.reload()}>${this.say('banner.reload')}</button>
      </div>`
    }
    if (worker === 'restarting') return html`<div class="note warn">${this.say('banner.restarting')}</div>`
    return html`${nothing}`
  }

  #update(deadline: number, apply: () => void): TemplateResult {
    return html`<div class="note bar">
      <p class="grow">
        <strong>${this.say('banner.update')}</strong>
        ${this.say('banner.updateWhen', { time: this.text.time(deadline * 1000) })}
      </p>
      <button class="first" @click=${apply}>${this.say('banner.apply')}</button>
    </div>`
  }

  static override styles = [
    ...controls,
    css`
      .note {
        margin-bottom: 1rem;
      }
    `,
  ]
}

customElements.define('shoal-banners', ShoalBanners)
