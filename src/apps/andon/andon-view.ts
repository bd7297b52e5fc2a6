/**
 * Andon: calling for help from a machine. The view itself shows while it is `active`; calls of others fill the screen whatever view is open,
 * so this element stays in the page. An app like any other: it knows the client only.
 */
import type { PropertyValues, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { DeviceStatus } from '../../client/contract.ts'
import { hasLink, presenceOf } from '../../ui/devices/words.ts'
import { errorText } from '../../ui/error-text.ts'
import { icon } from '../../ui/icons.ts'
import { recall, remember } from '../../ui/preferences.ts'
import { controls } from '../../ui/theme.ts'
import { View } from '../../ui/view.ts'
import './alarm-screen.ts'
import { andonStyle } from './andon-style.ts'
import type { Board } from './board.ts'
import { createBoard } from './board.ts'
import './call-card.ts'
import type { Call } from './calls.ts'
import './day-list.ts'
import './machine-tiles.ts'
import type { AlarmSound } from './sound.ts'
import { createAlarmSound } from './sound.ts'
import { nameOf } from './words.ts'

/** Microseconds; a word that came too late is no news after that. */
const newsFor = 30 * 60 * 1_000_000

/** Dispatches `shoal-calls` with the number of open calls of others, for a mark in a navigation. */
export class ShoalAndon extends View {
  static override properties = {
    busy: { state: true },
    problem: { state: true },
    sentAway: { state: true },
    told: { state: true },
    sounds: { state: true },
  }
  declare busy: boolean
  declare problem: unknown
  /** Calls that were sent away from this screen. */
  declare sentAway: ReadonlySet<string>
  /** Calls of which the operator knows that they were too late. */
  declare told: ReadonlySet<string>
  declare sounds: boolean
  #board: Board | undefined
  #self: string | undefined
  #sound: AlarmSound | undefined
  #timer: ReturnType<typeof setInterval> | undefined
  #open = 0

  constructor() {
    super()
    this.busy = false
    this.sentAway = new Set()
    this.told = new Set()
    this.sounds = recall('andon.sound') !== 'off'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#sound = createAlarmSound(() => this.requestUpdate())
    // tapped before this view was there, as when joining
    if (navigator.userActivation?.hasBeenActive) this.#unlock()
    // what browsers count as a tap, for fingers too
    for (const type of ['pointerup', 'keydown']) addEventListener(type, this.#unlock, { capture: true })
    document.addEventListener('visibilitychange', this.#look)
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible' && (this.#open > 0 || this.active)) this.requestUpdate()
    }, 1000)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const type of ['pointerup', 'keydown']) removeEventListener(type, this.#unlock, { capture: true })
    document.removeEventListener('visibilitychange', this.#look)
    clearInterval(this.#timer)
    this.#sound?.close()
    this.#board?.close()
    this.#board = undefined
    this.#self = undefined
  }
  override willUpdate(_: PropertyValues): void {
    const self = this.swarm?.state === 'member' ? this.swarm.node : undefined
    if (self === this.#self) return
    this.#self = self
    this.#board?.close()
    this.#board =
      self === undefined
        ? undefined
        : createBoard({
            shoal: this.shoal,
            self,
            now: () => Date.now() * 1000,
            newId: () => crypto.randomUUID(),
            onChange: () => this.requestUpdate(),
            onError: (error) => (this.problem = error),
          })
  }

  /** What lights up: open, of others, and not sent away here. */
  get #alarms(): readonly Call[] {
    return this.#board?.alarms().filter((call) => !this.sentAway.has(call.id)) ?? []
  }
  override updated(_: PropertyValues): void {
    const all = this.#board?.alarms() ?? []
    const alarms = this.#alarms
    if (document.visibilityState === 'visible') for (const call of alarms) this.#board?.see(call)
    if (alarms.length > 0 && this.sounds) this.#sound?.ring()
    else this.#sound?.stop()
    if (all.length === this.#open) return
    this.#open = all.length
    this.dispatchEvent(new CustomEvent('shoal-calls', { detail: all.length, bubbles: true, composed: true }))
  }

  #look = (): void => this.requestUpdate()
  #unlock = (): void => this.#sound?.unlock()
  #toggleSound = (event: Event): void => {
    this.sounds = (event.target as HTMLInputElement).checked
    remember('andon.sound', this.sounds ? 'on' : 'off')
  }

  async #during(action: () => Promise<unknown>): Promise<void> {
    this.busy = true
    this.problem = undefined
    try {
      await action()
    } catch (error) {
      this.problem = error
    } finally {
      this.busy = false
    }
  }
  #call = ({ detail }: CustomEvent<{ machine: string; what: string | undefined }>): void =>
    void this.#during(async () => {
      await this.#board?.call(detail.machine, detail.what)
      this.closest('main')?.scrollTo(0, 0)
      this.scrollIntoView({ block: 'start' })
    })
  #take = (call: Call): void =>
    void this.#during(async () => {
      await this.#board?.take(call)
      this.dispatchEvent(new CustomEvent('shoal-go', { detail: 'andon', bubbles: true, composed: true }))
    })
  #hide = (call: Call): void => {
    this.sentAway = new Set([...this.sentAway, call.id])
  }

  override render(): TemplateResult {
    return html`${this.#alarm()} ${this.active ? this.#page() : nothing}`
  }

  get #devices(): readonly DeviceStatus[] {
    return this.swarm?.devices ?? []
  }

  #alarm(): TemplateResult | typeof nothing {
    const calls = this.#alarms
    if (calls.length === 0) return nothing
    return html`<shoal-andon-alarm
      .calls=${calls}
      .devices=${this.#devices}
      .text=${this.text}
      .now=${Date.now() * 1000}
      .sound=${this.sounds ? (this.#sound?.state ?? 'none') : 'off'}
      ?busy=${this.busy}
      @take=${(event: CustomEvent<Call>) => this.#take(event.detail)}
      @hide=${(event: CustomEvent<Call>) => this.#hide(event.detail)}
      @sound=${this.#unlock}
    ></shoal-andon-alarm>`
  }

  #page(): TemplateResult {
    const board = this.#board
    if (!board?.loaded) return html`<p class="soft waiting">${this.say('devices.waiting')}</p>`
    const calls = board.calls()
    const running = calls.filter((call) => call.state === 'open' || call.state === 'taken')
    const self = this.#self ?? ''
    /** Ours first: what one waits for, then what one does, then what others do. */
    const rank = (call: Call): number =>
      call.called.by === self ? 0 : call.taken?.by === self ? 1 : call.state === 'open' ? 2 : 3
    const midnight = new Date().setHours(0, 0, 0, 0) * 1000
    return html`<div class="page">
      <div class="bar head">
        <h1 class="grow">${this.say('andon.title')}</h1>
        ${this.#reach()}
      </div>
      ${this.problem ? html`<p class="note bad" role="alert">${errorText(this.problem, this.text)}</p>` : nothing}
      ${this.#news(calls)}
      <div class="calls" aria-live="polite">
        ${repeat(
          [...running].sort((a, b) => rank(a) - rank(b)),
          (call) => call.id,
          (call) =>
            html`<shoal-andon-call
              .call=${call}
              .devices=${this.#devices}
              .self=${self}
              .text=${this.text}
              .now=${Date.now() * 1000}
              ?busy=${this.busy}
              @take=${() => this.#take(call)}
              @resolve=${() => void this.#during(() => board.resolve(call))}
              @cancel=${() => void this.#during(() => board.cancel(call))}
            ></shoal-andon-call>`,
        )}
      </div>
      <section class="stack">
        ${board.machines().length > 0 ? html`<p class="soft">${this.say('andon.where')}</p>` : nothing}
        <shoal-andon-machines
          .machines=${board.machines()}
          .called=${new Set(running.filter((call) => call.called.by === self).map((call) => call.machine))}
          .text=${this.text}
          ?busy=${this.busy}
          @call=${this.#call}
        ></shoal-andon-machines>
      </section>
      ${this.#soundSetting()}
      <section class="stack">
        <h2>${this.say('andon.today')}</h2>
        <shoal-andon-day
          .calls=${calls.filter((call) => call.called.at >= midnight)}
          .devices=${this.#devices}
          .text=${this.text}
        ></shoal-andon-day>
      </section>
    </div>`
  }

  /** Whether a call would reach anybody, said before it is needed. */
  #reach(): TemplateResult {
    const now = Date.now() * 1000
    const isLinked = hasLink(this.#devices)
    const isThere = (device: DeviceStatus): boolean => ['linked', 'known'].includes(presenceOf(device, isLinked, now))
    const count = this.#devices.filter((device) => !device.isSelf && isThere(device)).length
    return count > 0
      ? html`<p class="reach good"><i></i>${this.say('andon.reach', { count })}</p>`
      : html`<p class="reach warn" data-test="offline"><i></i>${this.say('andon.reachNobody')}</p>
          <p class="note warn offline">${this.say('andon.offline')}</p>`
  }

  /** Who was too late is told, once. */
  #news(calls: readonly Call[]): (TemplateResult | typeof nothing)[] {
    const self = this.#self ?? ''
    return calls
      .filter(
        (call) =>
          call.lateTakers.includes(self) &&
          call.taken?.by !== self &&
          !this.told.has(call.id) &&
          Date.now() * 1000 - call.called.at < newsFor,
      )
      .map((call) => {
        const { machine, taken } = call
        const words = taken
          ? this.say('andon.tooLate', { name: nameOf(taken.by, this.#devices, this.text), machine })
          : this.say('andon.overAlready', { machine })
        return html`<div class="note warn bar" role="status" data-test="late">
          <p class="grow"><strong>${words}</strong></p>
          <button @click=${() => (this.told = new Set([...this.told, call.id]))}>${this.say('slept.dismiss')}</button>
        </div>`
      })
  }

  #soundSetting(): TemplateResult {
    const state = this.#sound?.state ?? 'none'
    return html`<div class="bar sound">
      <label class="tick">
        <input type="checkbox" .checked=${this.sounds} ?disabled=${state === 'none'} @change=${this.#toggleSound} />
        ${icon(this.sounds && state === 'ready' ? 'sound' : 'silent')}${this.say('andon.mute')}
      </label>
      ${this.sounds && state === 'locked' ? html`<p class="soft small">${this.say('andon.soundOff')}</p>` : nothing}
    </div>`
  }

  static override styles = [...controls, andonStyle]
}

customElements.define('shoal-andon', ShoalAndon)
