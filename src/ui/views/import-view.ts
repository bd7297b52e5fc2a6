/** A file becomes events: choose, look at what it will become, watch it happen, read what could not be taken. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { errorText } from '../error-text.ts'
import { icon } from '../icons.ts'
import type { ImportEnd, ImportState } from '../import/importer.ts'
import type { Mapping } from '../import/mapping.ts'
import type { OpenedFile } from '../import/session.ts'
import { importFile, openFile, remap, reopen } from '../import/session.ts'
import type { Format } from '../import/source.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import './import-mapping.ts'
import './import-progress.ts'
import './safety-line.ts'

type State =
  | { readonly type: 'choose'; readonly problem?: unknown }
  | { readonly type: 'opening'; readonly file: File; readonly bytes: number; readonly abort: AbortController }
  | { readonly type: 'mapping'; readonly opened: OpenedFile }
  | {
      readonly type: 'running'
      readonly opened: OpenedFile
      readonly progress: ImportState | undefined
      readonly started: number
      readonly abort: AbortController
    }
  | {
      readonly type: 'ended'
      readonly opened: OpenedFile
      readonly progress: ImportState | undefined
      readonly end: ImportEnd
      readonly seconds: number
    }

const samplePath = '/sample-readings.csv'

export class ShoalImport extends View {
  static override properties = { state: { state: true }, dragging: { state: true } }
  declare state: State
  declare dragging: boolean
  /** Grows with every change of the mapping, so that a slow look at the node cannot undo a later change. */
  #turn = 0
  #listening: AbortController | undefined

  constructor() {
    super()
    this.state = { type: 'choose' }
    this.dragging = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#listening = new AbortController()
    const { signal } = this.#listening
    window.addEventListener('drop', this.#onDrop, { signal })
    for (const type of ['dragover', 'dragleave'] as const) window.addEventListener(type, this.#onDrag, { signal })
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#listening?.abort()
    if (this.state.type === 'running' || this.state.type === 'opening') this.state.abort.abort()
  }

  async #open(file: File): Promise<void> {
    const abort = new AbortController()
    this.state = { type: 'opening', file, bytes: 0, abort }
    try {
      const opened = await openFile(this.shoal, file, abort.signal, (bytes) => {
        if (this.state.type === 'opening') this.state = { ...this.state, bytes }
      })
      this.state = { type: 'mapping', opened }
    } catch (problem) {
      this.state = abort.signal.aborted ? { type: 'choose' } : { type: 'choose', problem }
    }
  }

  #onPick = (event: Event): void => {
    const input = event.target
    if (!(input instanceof HTMLInputElement)) return
    const file = input.files?.[0]
    input.value = ''
    if (file) void this.#open(file)
  }
  /** Anywhere on the screen: beside the field, the browser would open the file in place of the console. */
  #onDrop = (event: DragEvent): void => {
    event.preventDefault()
    this.dragging = false
    const file = event.dataTransfer?.files[0]
    if (file && this.active && this.state.type === 'choose') void this.#open(file)
  }
  #onDrag = (event: DragEvent): void => {
    event.preventDefault()
    this.dragging = event.type === 'dragover'
  }
  #trySample = async (): Promise<void> => {
    try {
      const answer = await fetch(samplePath)
      if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`)
      await this.#open(new File([await answer.blob()], samplePath.slice(1)))
    } catch (problem) {
      this.state = { type: 'choose', problem }
    }
  }

  async #change(next: (opened: OpenedFile) => Promise<OpenedFile>): Promise<void> {
    if (this.state.type !== 'mapping') return
    const turn = ++this.#turn
    try {
      const opened = await next(this.state.opened)
      if (turn === this.#turn && this.state.type === 'mapping') this.state = { type: 'mapping', opened }
    } catch (problem) {
      this.state = { type: 'choose', problem }
    }
  }
  #onFormat = (event: CustomEvent<Format>): void => {
    void this.#change((opened) => reopen(this.shoal, opened, event.detail))
  }
  #onMapping = (event: CustomEvent<Mapping>): void => {
    if (this.state.type !== 'mapping') return
    // Shown at once; what the node has of it follows.
    this.state = { type: 'mapping', opened: { ...this.state.opened, mapping: event.detail } }
    void this.#change((opened) => remap(this.shoal, opened, event.detail))
  }

  async #start(from: OpenedFile): Promise<void> {
    const abort = new AbortController()
    const started = performance.now()
    // Whatever is still being looked up was for a mapping that is now fixed.
    this.#turn++
    const opened = await remap(this.shoal, from, from.mapping)
    this.state = { type: 'running', opened, progress: undefined, started, abort }
    this.#announce(true)
    let last: ImportState | undefined
    let painted = 0
    const end = await importFile(this.shoal, opened, abort.signal, (progress) => {
      last = progress
      if (performance.now() - painted < 100 || this.state.type !== 'running') return
      painted = performance.now()
      this.state = { ...this.state, progress }
    }).finally(() => this.#announce(false))
    this.state = { type: 'ended', opened, progress: last, end, seconds: (performance.now() - started) / 1000 }
  }
  /** Also tells the page, which puts off its updates. */
  #announce(running: boolean): void {
    this.dispatchEvent(new CustomEvent('shoal-working', { detail: running, bubbles: true, composed: true }))
  }
  #reset = (): void => {
    this.state = { type: 'choose' }
  }

  override render(): TemplateResult {
    return html`<div class="stack">
      <h1>${this.say('nav.import')}</h1>
      ${this.#body()}
    </div>`
  }

  #body(): TemplateResult {
    const { state, text } = this
    switch (state.type) {
      case 'choose':
        return this.#choose(state.problem)
      case 'opening':
        return html`<div class="card stack">
          <h2>${state.file.name}</h2>
          <progress max=${state.file.size} value=${state.bytes}></progress>
          <div class="bar">
            <p class="grow soft">
              ${this.say('import.opening', { done: text.bytes(state.bytes), total: text.bytes(state.file.size) })}
            </p>
            <button @click=${() => state.abort.abort()}>${this.say('common.cancel')}</button>
          </div>
        </div>`
      case 'mapping':
        return this.#mapping(state.opened)
      case 'running':
        return html`<shoal-import-progress
          .opened=${state.opened}
          .progress=${state.progress}
          .started=${state.started}
          .text=${text}
        >
          <button @click=${() => state.abort.abort()}>${this.say('common.cancel')}</button>
        </shoal-import-progress>`
      case 'ended':
        return html`<shoal-import-progress
          .opened=${state.opened}
          .progress=${state.progress}
          .end=${state.end}
          .seconds=${state.seconds}
          .text=${text}
        >
          ${
            state.end.type === 'done'
              ? nothing
              : html`<button class="first" @click=${() => this.#start(state.opened)}>
                  ${this.say('import.continue')}
                </button>`
          }
          <button @click=${this.#reset}>${this.say('import.another')}</button>
          ${
            state.end.type === 'done' && state.progress?.last
              ? html`<shoal-safety-line
                  .shoal=${this.shoal}
                  .text=${this.text}
                  .event=${state.progress.last}
                ></shoal-safety-line>`
              : nothing
          }
        </shoal-import-progress>`
    }
  }

  #choose(problem: unknown): TemplateResult {
    return html`
      ${problem === undefined ? nothing : html`<div class="note bad" role="alert">${errorText(problem, this.text)}</div>`}
      <label class="drop ${this.dragging ? 'over' : ''}">
        <input
          type="file"
          accept=".csv,.tsv,.txt,.ndjson,.jsonl,text/csv,application/x-ndjson"
          @change=${this.#onPick}
        />
        ${icon('file')}
        <strong>${this.say('import.pick')}</strong>
        <span class="soft">${this.say('import.kinds')}</span>
      </label>
      <div class="card bar">
        <p class="grow">${this.say('import.sampleText')}</p>
        <button @click=${this.#trySample}>${this.say('import.sample')}</button>
      </div>
    `
  }

  #mapping(opened: OpenedFile): TemplateResult {
    const { file, kept, finished } = opened
    return html`
      <div class="card bar">
        <div class="grow">
          <h2>${file.name}</h2>
          <p class="soft">${this.text.bytes(file.size)}</p>
        </div>
        <button @click=${this.#reset}>${this.say('import.another')}</button>
        <button class="first" data-test="start" @click=${() => this.#start(opened)}>
          ${icon('import')}${this.say(kept.records > 0 ? 'import.continue' : finished > 0 ? 'import.again' : 'import.start')}
        </button>
      </div>
      ${kept.records > 0 ? html`<p class="note warn" data-test="kept">${this.say('import.unfinished', { count: kept.records })}</p>` : nothing}
      ${kept.records === 0 && finished > 0 ? html`<p class="note warn" data-test="finished">${this.say('import.finished', { count: finished })}</p>` : nothing}
      <shoal-import-mapping
        .opened=${opened}
        .text=${this.text}
        @format=${this.#onFormat}
        @mapping=${this.#onMapping}
      ></shoal-import-mapping>
    `
  }

  static override styles = [
    ...controls,
    css`
      .drop {
        position: relative;
        display: grid;
        justify-items: center;
        gap: 0.5rem;
        padding: clamp(2rem, 9vh, 5rem) 1.5rem;
        border: 2.5px dashed var(--line-strong);
        border-radius: calc(var(--radius) + 4px);
        background: var(--surface);
        text-align: center;
        cursor: pointer;
      }
      .drop span {
        font-weight: 400;
      }
      .drop strong {
        font-size: 1.25rem;
      }
      .drop svg {
        width: 56px;
        height: 56px;
        color: var(--accent);
      }
      .drop.over,
      .drop:hover {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      .drop:focus-within {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }
      .drop input {
        position: absolute;
        inset: 0;
        height: 100%;
        opacity: 0;
        cursor: pointer;
      }
      progress {
        width: 100%;
        height: 14px;
        accent-color: var(--accent);
      }
    `,
  ]
}

customElements.define('shoal-import', ShoalImport)
