/**
 * Linking two devices with nothing in between: one shows a code and the other scans it, which then shows an answer that the first one scans. By
 * camera, or as texts that are copied and pasted.
 */
import type { PropertyValues, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { SwarmStatus } from '../../client/contract.ts'
import { handCodeAgeMax } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { qrCode } from '../qr-code.ts'
import { linkTo } from '../route.ts'
import { keepAwake } from '../scan/awake.ts'
import type { Awake } from '../scan/awake.ts'
import { isCameraAllowed, openCamera } from '../scan/camera.ts'
import { chime } from '../scan/chime.ts'
import { readScanned, wrongCode } from '../scan/content.ts'
import '../scan/scanner.ts'
import type { StringKey } from '../text.ts'
import { controls } from '../theme.ts'
import { byHandStyle } from './by-hand-style.ts'
import { deviceName } from './words.ts'

/** Code and the moment it is no longer waited for, milliseconds since the epoch. */
interface Shown {
  readonly code: string
  readonly until: number
}

type Step =
  | { readonly type: 'idle' }
  /** It will show a code, and asks for its camera before: then its addresses are plain ones. */
  | { readonly type: 'camera' }
  | ({ readonly type: 'showing' } & Shown)
  /** The answer to what it showed. */
  | ({ readonly type: 'reading' } & Shown)
  | { readonly type: 'scanning' }
  | ({ readonly type: 'answering' } & Shown)
  /** Both codes are where they belong. */
  | { readonly type: 'linking'; readonly since: number; readonly isFirst: boolean }
  | { readonly type: 'linked'; readonly name: string; readonly isFirst: boolean }

/** A new code appears so long before the old one ends: somebody may just have scanned that. Milliseconds. */
const renewBefore = 120_000
/** After this something is probably in the way. Milliseconds. */
const slowAfter = 20_000

/** How far one is, by what this device does: the first shows, the second scans. */
const steps = {
  first: ['pair.step.show', 'pair.step.scan', 'pair.step.linked'],
  second: ['pair.step.scan', 'pair.step.answer', 'pair.step.linked'],
} as const satisfies Readonly<Record<string, readonly StringKey[]>>

export class ShoalByHand extends Panel {
  static override properties = { step: { state: true }, pasted: { state: true }, now: { state: true } }
  declare step: Step
  declare pasted: string
  declare now: number
  #timer: ReturnType<typeof setInterval> | undefined
  #awake: Awake | undefined
  #unwatch: (() => void) | undefined
  /** Links of before, by node: when each began. */
  #before = new Map<string, number>()
  #last: SwarmStatus | undefined
  #isRenewing = false

  constructor() {
    super()
    this.step = { type: 'idle' }
    this.pasted = ''
    this.now = Date.now()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#rest()
  }
  override connectedCallback(): void {
    super.connectedCallback()
    if (this.step.type !== 'idle' && this.step.type !== 'linked') this.#wake()
  }

  /** While something is under way: the screen stays on, time is told, and a link that comes up is noticed. */
  #wake(): void {
    this.#awake ??= keepAwake()
    this.#timer ??= setInterval(() => this.#tick(), 1000)
    this.#unwatch ??= this.shoal.swarm.watch((status) => this.#learn(status))
  }
  #rest(): void {
    this.#awake?.release()
    clearInterval(this.#timer)
    this.#unwatch?.()
    this.#awake = this.#timer = this.#unwatch = this.#last = undefined
  }
  #tick(): void {
    this.now = Date.now()
    const { step } = this
    if (step.type === 'showing' && step.until - this.now < renewBefore && !this.#isRenewing) void this.#renew()
  }
  async #renew(): Promise<void> {
    this.#isRenewing = true
    try {
      const code = await this.shoal.swarm.code()
      if (this.step.type === 'showing') this.step = { type: 'showing', code, until: Date.now() + handCodeAgeMax }
    } catch {
      // the old one is told to be over in time
    } finally {
      this.#isRenewing = false
    }
  }

  /** Whether the link is there: one that was not when the other device's code was taken. */
  #learn(status: SwarmStatus): void {
    this.#last = status
    const { step } = this
    if (step.type !== 'linking' && step.type !== 'answering') return
    const device = status.devices.find(({ node, link }) => link !== undefined && this.#before.get(node) !== link.since)
    const { joining } = status
    const isLetIn = joining !== undefined && joining.step !== 'searching' && joining.step !== 'linking'
    if (device === undefined && !isLetIn) return
    chime()
    const isFirst = step.type === 'linking' && step.isFirst
    this.#stopAt({ type: 'linked', name: device === undefined ? '' : deviceName(device, this.text), isFirst })
  }

  #show = async (): Promise<void> => {
    this.problem = undefined
    if (!(await isCameraAllowed())) this.step = { type: 'camera' }
    else await this.#offer()
  }
  #allow = async (): Promise<void> => {
    const opening = await this.during(openCamera)
    // that it was allowed is all that counts
    if (opening?.type === 'open') opening.camera.stop()
    await this.#offer()
  }
  #offer = async (): Promise<void> => {
    const code = await this.during(() => this.shoal.swarm.code())
    if (code === undefined) return
    this.step = { type: 'showing', code, until: Date.now() + handCodeAgeMax }
    this.now = Date.now()
    this.#wake()
  }
  #scan = (): void => {
    this.problem = undefined
    this.step = this.step.type === 'showing' ? { ...this.step, type: 'reading' } : { type: 'scanning' }
    this.#wake()
  }
  #closeScan = (): void => {
    if (this.step.type === 'reading') this.step = { ...this.step, type: 'showing' }
    else this.#again()
  }
  #scanned = async (event: CustomEvent<string>): Promise<void> => {
    // whoever shows a code too answers this one instead: both may have begun by showing
    await this.#take(event.detail)
    if (this.problem !== undefined && this.step.type === 'reading') this.step = { ...this.step, type: 'showing' }
    else if (this.problem !== undefined) this.#stopAt({ type: 'idle' })
  }
  #take = async (text: string): Promise<void> => {
    const { step } = this
    const isFirst = step.type === 'showing' || step.type === 'reading'
    const answer = await this.during(async () => {
      const { devices } = await this.shoal.swarm.status()
      this.#before = new Map(devices.flatMap(({ node, link }) => (link === undefined ? [] : [[node, link.since]])))
      return this.shoal.swarm.code(text.trim())
    })
    if (answer === undefined) return
    this.pasted = ''
    this.now = Date.now()
    this.step =
      answer === ''
        ? { type: 'linking', since: this.now, isFirst: isFirst || step.type === 'idle' }
        : { type: 'answering', code: answer, until: this.now + handCodeAgeMax }
    this.#wake()
    if (this.#last !== undefined) this.#learn(this.#last)
  }
  #pasteTaken = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const { step, pasted } = this
    // with an invitation one comes in; it links nobody
    if (readScanned(pasted).type === 'invitation')
      this.problem = { message: wrongCode(pasted, step.type === 'showing' ? 'answer' : 'offer', this.text) }
    else await this.#take(pasted)
  }
  #again = (): void => {
    this.problem = undefined
    this.#stopAt({ type: 'idle' })
  }
  #stopAt(step: Step): void {
    this.#rest()
    this.step = step
  }

  override updated(changed: PropertyValues<this>): void {
    const before = changed.get('step')
    // what is to be scanned should not be cut off by the edge of the screen
    if (before !== undefined && before.type !== this.step.type && this.step.type !== 'idle')
      this.scrollIntoView({ block: 'start' })
  }

  override render(): TemplateResult {
    return html`<div class="stack" data-test=${this.step.type}>${this.#progress()} ${this.#content()}</div>`
  }

  #content(): TemplateResult {
    const { step } = this
    switch (step.type) {
      case 'idle':
        return html`<p class="soft">${this.say('pair.text')}</p>
          ${this.trouble()}
          <div class="roles">
            ${this.#role('invite', 'pair.show', 'pair.showText', this.#show, 'begin')}
            ${this.#role('camera', 'pair.scan', 'pair.scanText', this.#scan, 'scan')}
          </div>
          ${this.#byText(this.#paste('hand.paste'))}`
      case 'camera':
        return html`<p>${this.say('pair.cameraFirst')}</p>
          ${this.trouble()}
          <div class="bar">
            <button class="first" ?disabled=${this.busy} @click=${this.#allow} data-test="allow">
              ${icon('camera')}${this.say('pair.allow')}
            </button>
            <button ?disabled=${this.busy} @click=${this.#offer} data-test="without">
              ${this.say('pair.without')}
            </button>
            ${this.#cancel()}
          </div>`
      case 'showing':
        return html`${this.#code(step, 'pair.showing', 'pair.lives')} ${this.trouble()}
          <button class="first next" @click=${this.#scan} data-test="next">
            ${icon('camera')}${this.say('pair.next')}
          </button>
          ${this.#byText(html`${this.#copied(step.code)} ${this.#paste('hand.pasteAnswer')}`)}
          <div class="bar">${this.#cancel()}</div>`
      case 'reading':
      case 'scanning':
        return html`<shoal-scanner
            .text=${this.text}
            .wanted=${step.type === 'reading' ? ['answer', 'offer'] : ['offer']}
            .accepts=${(text: string) => this.#refusal(text)}
            .hint=${this.say(step.type === 'reading' ? 'pair.answerHint' : 'pair.scanHint')}
            @shoal-scanned=${this.#scanned}
            @shoal-scan-closed=${this.#closeScan}
          ></shoal-scanner>
          ${this.trouble()} ${this.#byText(this.#paste(step.type === 'reading' ? 'hand.pasteAnswer' : 'hand.paste'))}`
      case 'answering':
        return html`${this.#code(step, 'pair.answering', 'pair.answerLives')} ${this.trouble()}
          ${this.#byText(this.#copied(step.code))}
          <div class="bar">${this.#cancel()}</div>`
      case 'linking':
        return html`<p class="note" role="status">${this.say('pair.linking')}</p>
          ${
            this.now - step.since > slowAfter
              ? html`<p class="note warn" data-test="slow">${this.say('pair.slow')}</p>
                  <a class="button" href=${linkTo({ view: 'check' })}>${icon('check')}${this.say('nav.check')}</a>`
              : nothing
          }
          <div class="bar">
            <button @click=${this.#again} data-test="again">${this.say('hand.again')}</button>
          </div>`
      case 'linked':
        return html`<p class="note good" role="status">
            <strong
              >${step.name === '' ? this.say('pair.linked') : this.say('pair.linkedWith', { name: step.name })}</strong
            >
            <span>${this.say('pair.rest')}</span>
          </p>
          <div class="bar">
            <button @click=${this.#again} data-test="again">${this.say('hand.again')}</button>
          </div>`
    }
  }

  /** A code of this very device in its own mirror, or a photo of it. */
  #refusal(text: string): string | undefined {
    const { step } = this
    const isOwn = step.type === 'reading' && text.trim() === step.code
    return isOwn && readScanned(text).type === 'offer' ? this.say('pair.own') : undefined
  }

  #role(
    sign: 'invite' | 'camera',
    title: StringKey,
    meaning: StringKey,
    action: () => unknown,
    test: string,
  ): TemplateResult {
    return html`<button class="role" ?disabled=${this.busy} @click=${action} data-test=${test}>
      ${icon(sign)}
      <span><strong>${this.say(title)}</strong><span class="soft small">${this.say(meaning)}</span></span>
    </button>`
  }

  #progress(): TemplateResult | typeof nothing {
    const { step } = this
    if (step.type === 'idle') return nothing
    const isFirst =
      step.type === 'linking' || step.type === 'linked' ? step.isFirst : !['scanning', 'answering'].includes(step.type)
    const at = { camera: 0, showing: 0, scanning: 0, reading: 1, answering: 1, linking: 2, linked: 3 }[step.type]
    return html`<ol class="steps">
      ${steps[isFirst ? 'first' : 'second'].map(
        (name, index) =>
          html`<li
            class=${index < at ? 'done' : index === at ? 'now' : ''}
            aria-current=${index === at ? 'step' : nothing}
          >
            <span class="sign">${index < at ? icon('check') : index + 1}</span>${this.say(name)}
          </li>`,
      )}
    </ol>`
  }

  #code(shown: Shown, text: StringKey, lives: 'pair.lives' | 'pair.answerLives'): TemplateResult {
    const left = Math.max(0, Math.round((shown.until - this.now) / 1000))
    // to the second only when it matters
    const time = this.text.duration(left > 90 ? Math.ceil(left / 60) * 60 : left)
    return html`<div class="shown">
      ${qrCode(shown.code, this.say('pair.qr', { first: shown.code.slice(0, 8) }))}
      <div class="stack">
        <p class="say">${this.say(text)}</p>
        ${lives === 'pair.lives' ? html`<p>${this.say('pair.showNext')}</p>` : nothing}
        ${
          left === 0
            ? html`<p class="note warn" role="status">${this.say('pair.over')}</p>`
            : html`<p class="soft small">${this.say(lives, { time })}</p>`
        }
      </div>
    </div>`
  }

  #copied(code: string): TemplateResult {
    const isCopied = this.copied === code
    return html`<p class="mono" data-test="code">${code}</p>
      <button @click=${() => this.copy(code)}>
        ${icon(isCopied ? 'check' : 'copy')}${this.say(isCopied ? 'recovery.copied' : 'hand.copy')}
      </button>`
  }

  #byText(content: TemplateResult): TemplateResult {
    return html`<details class="text">
      <summary>${this.say('pair.byText')}${icon('forward')}</summary>
      <div class="stack">${content}</div>
    </details>`
  }

  #cancel(): TemplateResult {
    return html`<button class="quiet" @click=${this.#again} data-test="cancel">${this.say('common.cancel')}</button>`
  }

  #paste(label: 'hand.paste' | 'hand.pasteAnswer'): TemplateResult {
    return html`<form class="stack" @submit=${this.#pasteTaken}>
      <label>
        ${this.say(label)}
        <textarea
          rows="3"
          spellcheck="false"
          autocapitalize="off"
          autocomplete="off"
          .value=${this.pasted}
          @input=${(event: InputEvent) => (this.pasted = (event.target as HTMLTextAreaElement).value)}
        ></textarea>
      </label>
      <button ?disabled=${this.busy || this.pasted.trim() === ''} data-test="take">${this.say('hand.take')}</button>
    </form>`
  }

  static override styles = [...controls, byHandStyle]
}

customElements.define('shoal-by-hand', ShoalByHand)
