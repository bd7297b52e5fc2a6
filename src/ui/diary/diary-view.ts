/** The node's diary: what happened to it, the newest first. */
import type { PropertyValues, TemplateResult } from 'lit'
import { html } from 'lit'
import type { DiaryEntry } from '../../client/contract.ts'
import { View } from '../view.ts'

/** Milliseconds between two looks while it is on screen. */
const lookEvery = 2000

export class ShoalDiary extends View {
  static override properties = { entries: { state: true }, device: { attribute: false } }
  declare entries: readonly DiaryEntry[]
  declare device: string | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.entries = []
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('active')) return
    clearInterval(this.#timer)
    if (!this.active) return
    void this.#look()
    this.#timer = setInterval(() => void this.#look(), lookEvery)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    this.entries = await this.shoal.diary().catch(() => this.entries)
  }

  override render(): TemplateResult {
    return html`<h1>${this.say('diary.title')}</h1>
      <ul>
        ${this.entries.toReversed().map(({ time, message }) => html`<li>${this.text.dateTime(time)} ${message}</li>`)}
      </ul>`
  }
}

customElements.define('shoal-diary', ShoalDiary)
