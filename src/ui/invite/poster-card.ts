/** An invitation on the screen: its code, how many are in, and what can be done with it. What is over shows no code. */
import type { PropertyValues, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { InvitationStatus } from '../../client/contract.ts'
import { nameOf } from '../devices/words.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { dropSheet, printSheet } from '../print.ts'
import { qrCode } from '../qr-code.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { posterCardStyle } from './poster-card-style.ts'
import type { Made } from './poster-form.ts'
import { posterSheet } from './poster-sheet.ts'
import type { Arrivals, InvitationState } from './words.ts'
import { counterWords, invitationTitle, stateOf } from './words.ts'

/** Milliseconds between two looks at the clock, for "a moment ago" and for the time that is left. */
const lookEvery = 5000

/** Made where the app was opened at an address that means each device itself. */
const isLoopback = (link: string): boolean => /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\//.test(link)

export class ShoalPoster extends Panel {
  static override properties = {
    made: { attribute: false },
    invitation: { attribute: false },
    arrivals: { attribute: false },
    withdrawing: { state: true },
    now: { state: true },
  }
  /** What was made here just now, before the swarm has counted it. */
  declare made: Made | undefined
  declare invitation: InvitationStatus | undefined
  declare arrivals: Arrivals
  declare withdrawing: boolean
  /** Microseconds since the epoch. */
  declare now: number
  #timer: ReturnType<typeof setInterval> | undefined
  #awake: WakeLockSentinel | undefined

  constructor() {
    super()
    this.withdrawing = false
    this.now = Date.now() * 1000
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => (this.now = Date.now() * 1000), lookEvery)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
    dropSheet()
    void this.#awake?.release()
  }
  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('invitation')) this.now = Date.now() * 1000
  }
  override updated(): void {
    // a code that lets nobody in any more is shown nowhere
    if (this.#link === undefined) this.#dialog?.close()
  }

  get #state(): InvitationState {
    return this.invitation ? stateOf(this.invitation, this.now) : 'open'
  }
  get #link(): string | undefined {
    return this.#state === 'open' ? (this.invitation?.link ?? this.made?.link) : undefined
  }
  get #uses(): number {
    return this.invitation?.uses ?? this.made?.uses ?? 1
  }
  get #expires(): number {
    return this.invitation?.expires ?? this.made?.expires ?? this.now
  }
  get #pattern(): string | undefined {
    return this.invitation?.profile?.name ?? this.made?.name
  }
  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog')
  }
  get #title(): string {
    const { made, invitation, text } = this
    const profile = made?.name === undefined ? {} : { profile: { name: made.name } }
    return invitationTitle(invitation ?? { uses: this.#uses, ...profile }, this.swarm?.devices ?? [], text)
  }

  #share = (link: string): void => {
    const title = this.say('invite.shareText', { name: this.swarm?.name ?? '' })
    // somebody who closes the system's sheet has not met an error
    navigator.share({ title, url: link }).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.problem = error
    })
  }
  #print = (link: string): void =>
    printSheet(
      posterSheet(
        { name: this.swarm?.name ?? '', link, uses: this.#uses, expires: this.#expires, pattern: this.#pattern },
        this.text,
      ),
    )
  #fill = async (): Promise<void> => {
    this.#dialog?.showModal()
    // a screen that goes dark while somebody walks to the next tablet helps nobody; where it cannot be kept on, it is shown all the same
    this.#awake = await navigator.wakeLock?.request('screen').catch(() => undefined)
  }
  #filled = (): void => {
    void this.#awake?.release()
    this.#awake = undefined
  }
  #askWithdrawing = async (): Promise<void> => {
    this.withdrawing = true
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('.asked')?.focus()
  }
  #withdraw = async (id: string): Promise<void> => {
    const isDone = await this.during(async () => {
      await this.shoal.swarm.withdraw(id)
      return true
    })
    if (isDone) this.withdrawing = false
  }

  override render(): TemplateResult {
    const link = this.#link
    return html`<section class="card">
      <div class="head">
        <h2>${this.#title}</h2>
        ${link === undefined ? nothing : html`<p class="soft">${this.#until()}</p>`}
      </div>
      ${link === undefined ? this.#over() : this.#open(link)}
    </section>`
  }

  #until(): string {
    return this.say('invite.until', { count: this.#uses, time: this.text.dateTime(this.#expires) })
  }

  #counter(): TemplateResult {
    const { invitation, text, arrivals, now } = this
    const uses = this.#uses
    const admitted = invitation?.admitted ?? []
    const words = counterWords({ uses, admitted }, this.swarm?.devices ?? [], { arrivals, now, text })
    const share = Math.min(1, admitted.length / uses)
    return html`<div class="counter" role="status" data-test="counter">
      <p><strong>${words.count}</strong>${words.latest === '' ? nothing : html`<span>${words.latest}</span>`}</p>
      <svg class="gauge" viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden="true">
        <rect height="1" width=${share * 1000} />
      </svg>
    </div>`
  }

  #open(link: string): TemplateResult {
    const isCopied = this.copied === link
    const name = this.swarm?.name ?? ''
    const canShare = typeof navigator.share === 'function'
    return html`<div class="shown">
        <div class="code">${qrCode(link, this.say('invite.qr', { name }))}</div>
        <div class="stack">
          ${this.#counter()} ${isLoopback(link) ? html`<p class="note">${this.say('invite.hereOnly')}</p>` : nothing}
          ${this.#uses > 1 ? this.#tour() : html`<p>${this.say('invite.scan')}</p>`} ${this.trouble()}
          <div class="bar">
            <button class="first" @click=${this.#fill} data-test="full">
              ${icon('full')}${this.say('invite.full')}
            </button>
            <button @click=${() => this.#print(link)}>${icon('print')}${this.say('invite.print')}</button>
            <button @click=${() => this.copy(link)}>
              ${icon(isCopied ? 'check' : 'copy')}${this.say(isCopied ? 'recovery.copied' : 'invite.copy')}
            </button>
            ${canShare ? html`<button @click=${() => this.#share(link)}>${icon('share')}${this.say('invite.share')}</button>` : nothing}
          </div>
          <p class="mono link" data-test="link" tabindex="0">${link}</p>
          ${this.invitation ? this.#withdrawal(this.invitation) : nothing} ${this.#admitted()}
        </div>
      </div>
      <dialog aria-label=${this.#title} @close=${this.#filled}>
        <div class="full">
          <div class="fullHead">
            <h2>${this.say('poster.title', { name })}</h2>
            <button @click=${() => this.#dialog?.close()}>${icon('close')}${this.say('common.close')}</button>
          </div>
          ${qrCode(link, this.say('invite.qr', { name }))} ${this.#counter()}
        </div>
      </dialog>`
  }

  /** For who goes from device to device with this one in the hand. */
  #tour(): TemplateResult {
    return html`<div>
      <h3>${this.say('invite.tour')}</h3>
      <ol class="tour">
        <li>${this.say('invite.tourOne')}</li>
        <li>${this.say('invite.tourTwo')}</li>
        <li>${this.say('invite.tourThree')}</li>
      </ol>
    </div>`
  }

  #withdrawal({ id }: InvitationStatus): TemplateResult {
    if (!this.withdrawing)
      return html`<button class="quiet withdraw" @click=${this.#askWithdrawing} data-test="withdraw">
        ${icon('ban')}${this.say('invite.withdraw')}
      </button>`
    return html`<div class="note warn asked" tabindex="-1" role="group" aria-label=${this.say('invite.withdrawSure')}>
      <strong>${this.say('invite.withdrawSure')}</strong>
      <p>${this.say('invite.withdrawText')}</p>
      <div class="bar">
        <button @click=${() => (this.withdrawing = false)}>${this.say('invite.keep')}</button>
        <button class="danger" ?disabled=${this.busy} @click=${() => this.#withdraw(id)} data-test="withdraw-now">
          ${this.say('invite.withdrawNow')}
        </button>
      </div>
    </div>`
  }

  #over(): TemplateResult {
    const state = this.#state
    const { invitation, swarm, text } = this
    if (!invitation) return html`${nothing}`
    const words =
      state === 'used'
        ? this.say('invite.usedText', { uses: invitation.uses })
        : state === 'expired'
          ? this.say('invite.expiredText', { time: text.dateTime(invitation.expires) })
          : state === 'withdrawn'
            ? this.say('invite.withdrawnText')
            : this.say('invite.elsewhere', { name: nameOf(invitation.admin, swarm?.devices ?? [], text) })
    return html`<div class="stack" data-test=${`over-${state}`}>
      ${this.#counter()}
      <p class="note ${state === 'used' ? 'good' : state === 'open' ? '' : 'warn'}">${words}</p>
      ${this.trouble()} ${state === 'open' && swarm?.role === 'admin' ? this.#withdrawal(invitation) : nothing}
      ${this.#admitted()}
    </div>`
  }

  #admitted(): TemplateResult | typeof nothing {
    const admitted = this.invitation?.admitted ?? []
    if (admitted.length === 0) return nothing
    return html`<div>
      <h3>${this.say('invite.who')}</h3>
      <p class="chips">
        ${admitted
          .toReversed()
          .map(
            (node) =>
              html`<a class="chip" href=${linkTo({ view: 'devices', device: node })}
                >${nameOf(node, this.swarm?.devices ?? [], this.text)}</a
              >`,
          )}
      </p>
    </div>`
  }

  static override styles = [...controls, posterCardStyle]
}

customElements.define('shoal-poster', ShoalPoster)
