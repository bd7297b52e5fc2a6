/** The node's diary, live and the newest first: filtered by weight, kind, device, time and words, and handed to a technician without secrets. */
import type { PropertyValues, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { DiaryEntry, DiaryFilter, NodeId, Severity } from '../../client/contract.ts'
import { nameOf } from '../devices/words.ts'
import { errorText } from '../error-text.ts'
import { saveBlob } from '../export/download.ts'
import { icon } from '../icons.ts'
import { linkTo } from '../route.ts'
import { diaryCodes } from '../strings/de/diary-codes.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import { diaryStyle } from './diary-style.ts'

/** Milliseconds between two looks while it is on screen. */
const lookEvery = 1500
const hour = 3_600_000_000
/** Microseconds. */
const spans = { all: undefined, hour, day: 24 * hour, week: 7 * 24 * hour } as const
type Span = keyof typeof spans
const spanNames: readonly Span[] = ['all', 'hour', 'day', 'week']

const severities: readonly Severity[] = ['info', 'warning', 'error']
const signs = { info: 'diary', warning: 'warn', error: 'close' } as const

interface Choice {
  readonly severity: Severity
  readonly code: string
  readonly span: Span
  readonly text: string
}
const everything: Choice = { severity: 'info', code: '', span: 'all', text: '' }

export class ShoalDiary extends View {
  static override properties = {
    device: { attribute: false },
    all: { state: true },
    shown: { state: true },
    choice: { state: true },
    chosenDevice: { state: true },
    isStale: { state: true },
    problem: { state: true },
  }
  /** Of the address: the one to show. */
  declare device: string | undefined
  declare all: readonly DiaryEntry[] | undefined
  declare shown: readonly DiaryEntry[]
  declare choice: Choice
  declare chosenDevice: string
  declare isStale: boolean
  declare problem: unknown
  #timer: ReturnType<typeof setInterval> | undefined
  #turn = 0

  constructor() {
    super()
    this.shown = []
    this.choice = everything
    this.chosenDevice = ''
    this.isStale = false
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('device') && this.device !== undefined) this.chosenDevice = this.device
  }
  override updated(changed: PropertyValues<this>): void {
    if (this.active && (changed.has('choice') || changed.has('chosenDevice'))) void this.#look()
    if (!changed.has('active')) return
    clearInterval(this.#timer)
    if (!this.active) return
    void this.#look()
    this.#timer = setInterval(() => document.visibilityState === 'visible' && void this.#look(), lookEvery)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  #filter(): DiaryFilter {
    const { severity, code, span, text } = this.choice
    const length = spans[span]
    return {
      severity,
      ...(code !== '' && { codes: [code] }),
      ...(this.chosenDevice !== '' && { device: this.chosenDevice as NodeId }),
      ...(length !== undefined && { from: Date.now() * 1000 - length }),
      ...(text !== '' && { text }),
    }
  }
  async #look(): Promise<void> {
    const turn = ++this.#turn
    try {
      const [all, shown] = await Promise.all([this.shoal.diary(), this.shoal.diary(this.#filter())])
      // a slower answer to an older question
      if (turn !== this.#turn) return
      this.all = all
      this.shown = shown
      this.isStale = false
    } catch {
      // while the node restarts the last word stands
      if (turn === this.#turn) this.isStale = true
    }
  }
  #choose(change: Partial<Choice>): void {
    this.choice = { ...this.choice, ...change }
  }
  #clear = (): void => {
    this.choice = everything
    this.chosenDevice = ''
  }
  #save = async (): Promise<void> => {
    this.problem = undefined
    try {
      const exported = await this.shoal.exportDiary(this.#filter())
      const day = new Date(exported.exportedAt / 1000).toISOString().slice(0, 10)
      const text = JSON.stringify({ report: 'shoal-diary', ...exported }, null, 2)
      saveBlob(new Blob([text], { type: 'application/json' }), `shoal-diary-${day}.json`)
    } catch (error) {
      this.problem = error
    }
  }

  override render(): TemplateResult {
    const { all, shown, choice } = this
    const isFiltered = choice !== everything || this.chosenDevice !== ''
    return html`<div class="stack" data-test=${all === undefined ? 'busy' : 'idle'}>
      <div class="bar">
        <h1 class="grow">${this.say('diary.title')}</h1>
        <button data-test="save" ?disabled=${all === undefined} @click=${this.#save}>
          ${icon('save')}${this.say('diary.save')}
        </button>
      </div>
      <p class="soft">${this.say('diary.intro')} ${this.say('diary.saveText')}</p>
      ${this.problem ? html`<div class="note bad" role="alert">${errorText(this.problem, this.text)}</div>` : nothing}
      ${this.isStale ? html`<p class="note warn" role="status">${this.say('diary.stale')}</p>` : nothing}
      ${this.#choices(all ?? [])}
      <div class="bar">
        <p class="grow soft" role="status" data-test="count">
          ${this.say('diary.count', { count: shown.length, of: all?.length ?? 0 })}
        </p>
        ${isFiltered ? html`<button @click=${this.#clear}>${this.say('diary.clear')}</button>` : nothing}
      </div>
      ${
        shown.length === 0
          ? html`<p class="card soft">${this.say((all?.length ?? 0) === 0 ? 'diary.none' : 'diary.noMatch')}</p>`
          : html`<ul class="card">
              ${repeat(shown.toReversed(), keyOf, (entry) => this.#entry(entry))}
            </ul>`
      }
    </div>`
  }

  #choices(all: readonly DiaryEntry[]): TemplateResult {
    const { choice } = this
    const codes = [
      ...new Set([...all.map(({ code }) => code), ...(choice.code === '' ? [] : [choice.code])]),
    ].toSorted()
    const known = all.flatMap(({ device }) => (device === undefined ? [] : [device as string]))
    const devices = [...new Set([...known, ...(this.chosenDevice === '' ? [] : [this.chosenDevice])])]
    return html`<div class="choices">
      <label>
        ${this.say('diary.severity')}
        <select
          data-test="severity"
          @change=${(event: Event) => this.#choose({ severity: valueOf(event) as Severity })}
        >
          ${severities.map((one) => option(one, this.say(`diary.severity.${one}`), one === choice.severity))}
        </select>
      </label>
      <label>
        ${this.say('diary.code')}
        <select data-test="code" @change=${(event: Event) => this.#choose({ code: valueOf(event) })}>
          ${option('', this.say('diary.anyCode'), choice.code === '')}
          ${codes.map((one) => option(one, one, one === choice.code))}
        </select>
      </label>
      <label>
        ${this.say('diary.device')}
        <select data-test="device" @change=${(event: Event) => (this.chosenDevice = valueOf(event))}>
          ${option('', this.say('diary.anyDevice'), this.chosenDevice === '')}
          ${devices.map((one) => option(one, this.#name(one), one === this.chosenDevice))}
        </select>
      </label>
      <label>
        ${this.say('diary.since')}
        <select data-test="span" @change=${(event: Event) => this.#choose({ span: valueOf(event) as Span })}>
          ${spanNames.map((one) => option(one, this.say(`diary.since.${one}`), one === choice.span))}
        </select>
      </label>
      <label class="search">
        ${this.say('diary.text')}
        <input
          type="search"
          data-test="text"
          .value=${choice.text}
          @input=${(event: Event) => this.#choose({ text: valueOf(event) })}
        />
      </label>
    </div>`
  }

  #name(id: string): string {
    return nameOf(id, this.swarm?.devices ?? [], this.text)
  }

  #entry(entry: DiaryEntry): TemplateResult {
    const { time, code, severity, message, device, stream } = entry
    const translated = this.text.language === 'de' ? diaryCodes[code] : undefined
    return html`<li class=${severity} data-code=${code} data-severity=${severity}>
      <span class="sign" role="img" aria-label=${this.say(`diary.is.${severity}`)}>${icon(signs[severity])}</span>
      <div class="words">
        <p class="small soft"><time>${this.text.dateTime(time)}</time> · <code>${code}</code></p>
        ${translated === undefined ? nothing : html`<p>${translated}</p>`}
        <p lang="en" class=${translated === undefined ? '' : 'small soft'}>${message}</p>
        ${
          device === undefined && stream === undefined
            ? nothing
            : html`<p class="chips">
                ${device === undefined ? nothing : this.#deviceChip(device)}
                ${stream === undefined ? nothing : html`<span class="chip">${this.say('diary.stream', { stream: stream.slice(0, 6) + '…' + stream.slice(43) })}</span>`}
              </p>`
        }
      </div>
    </li>`
  }

  /** Of one that is no member nothing more can be said. */
  #deviceChip(device: string): TemplateResult {
    const known = this.swarm?.devices.find(({ node }) => node === device)
    const name = this.#name(device)
    if (known === undefined || known.isSelf) return html`<span class="chip">${name}</span>`
    const label = this.say('diary.check', { name })
    return html`<a class="chip" href=${linkTo({ view: 'check', device })} aria-label=${label}
      >${icon('link')}${name}</a
    >`
  }

  static override styles = [...controls, diaryStyle]
}

const keyOf = ({ time, code, message }: DiaryEntry): string => `${time} ${code} ${message}`
const valueOf = ({ target }: Event): string => (target as HTMLInputElement | HTMLSelectElement).value
const option = (value: string, words: string, isChosen: boolean): TemplateResult =>
  html`<option value=${value} ?selected=${isChosen} .selected=${isChosen}>${words}</option>`

customElements.define('shoal-diary', ShoalDiary)
