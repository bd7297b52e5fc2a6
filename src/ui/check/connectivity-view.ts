/**
 * Why there is no link: looks step by step, then says the cause, what it means and what to try. `data-state` is `busy`, `done` or `stopped`,
 * `data-cause` the cause, for whoever tests.
 */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { nameOf } from '../devices/words.ts'
import { icon } from '../icons.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import { look } from './connectivity.ts'
import type { Diagnosis, Finding, Level } from './diagnosis.ts'
import { diagnose } from './diagnosis.ts'
import { findingWords, reportText, stepWords } from './finding-words.ts'
import type { Observations, Step } from './observations.ts'
import { steps } from './observations.ts'
import { rowsStyle } from './rows-style.ts'

const tones = { fail: 'fail', warn: 'warn', hint: 'ok', fine: 'ok' } as const
const signs = { fail: 'close', warn: 'warn', hint: 'check', fine: 'check' } as const
const notes = { fail: 'bad', warn: 'warn', hint: '', fine: 'good' } as const
const levels: readonly Level[] = ['fail', 'warn', 'hint', 'fine']

export class ShoalConnectivity extends View {
  static override properties = {
    device: { attribute: false },
    seen: { state: true },
    running: { state: true },
    done: { state: true },
    state: { state: true },
    copied: { state: true },
  }
  /** The id of the device that the question is about. */
  declare device: string | undefined
  declare seen: Observations | undefined
  declare running: Step | undefined
  declare done: ReadonlySet<Step>
  declare state: 'idle' | 'busy' | 'done' | 'stopped'
  declare copied: boolean
  #work: AbortController | undefined

  constructor() {
    super()
    this.done = new Set()
    this.state = 'idle'
    this.copied = false
  }

  override willUpdate(): void {
    const diagnosis = this.#diagnosis()
    const { dataset } = this
    dataset['state'] = this.state
    dataset['cause'] = diagnosis === undefined ? '' : diagnosis.main.cause
    dataset['causes'] = diagnosis?.findings.map(({ cause }) => cause).join(' ') ?? ''
  }
  override updated(changed: PropertyValues<this>): void {
    if (!this.active) return
    const isOther = changed.has('device') && changed.get('device') !== this.device
    if (this.state === 'idle' || isOther) void this.run()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#work?.abort()
  }

  async run(): Promise<void> {
    const { shoal, page, device } = this
    if (page === undefined) return
    this.#work?.abort()
    const work = new AbortController()
    this.#work = work
    this.state = 'busy'
    this.seen = undefined
    this.done = new Set()
    this.copied = false
    try {
      this.seen = await look({
        shoal,
        page,
        ...(device !== undefined && { device }),
        signal: work.signal,
        onStep: (step, state, seen) => {
          if (work.signal.aborted) return
          this.running = state === 'running' ? step : undefined
          if (state !== 'done') return
          this.done = new Set([...this.done, step])
          this.seen = seen
        },
      })
      if (this.#work === work) this.state = 'done'
    } catch {
      // probes never reject: it was stopped, here or by the next one
      if (this.#work === work) this.state = 'stopped'
    }
    if (this.#work === work) this.running = undefined
  }
  #stop = (): void => this.#work?.abort()
  #copy = async (): Promise<void> => {
    const { seen } = this
    const diagnosis = this.#diagnosis()
    if (seen === undefined || diagnosis === undefined) return
    const build = document.documentElement.dataset['build'] ?? ''
    const facts = { build, browser: navigator.userAgent, time: new Date().toISOString() }
    await navigator.clipboard.writeText(reportText(diagnosis, seen, facts, this.text))
    this.copied = true
    setTimeout(() => (this.copied = false), 2500)
  }

  #diagnosis(): Diagnosis | undefined {
    return this.seen !== undefined && this.state === 'done' ? diagnose(this.seen) : undefined
  }
  #name(id: string): string {
    return nameOf(id, this.swarm?.devices ?? [], this.text)
  }

  override render(): TemplateResult {
    const { device, state } = this
    const diagnosis = this.#diagnosis()
    return html`<section class="card stack">
      <div class="bar">
        <h2 class="grow">
          ${device === undefined ? this.say('check.links') : this.say('check.linksOf', { name: this.#name(device) })}
        </h2>
        ${
          state === 'busy'
            ? html`<button data-test="stop" @click=${this.#stop}>${this.say('check.cancel')}</button>`
            : html`<button data-test="start" @click=${() => this.run()}>${this.say('check.start')}</button>`
        }
      </div>
      ${diagnosis === undefined ? this.#progress() : this.#verdict(diagnosis)}
      <ul>
        ${steps.map((step) => this.#row(step))}
      </ul>
      ${device === undefined ? nothing : html`<p><a class="button" href=${linkTo({ view: 'check' })}>${this.say('check.forAll')}</a></p>`}
    </section>`
  }

  #progress(): TemplateResult {
    const { running, state } = this
    const words =
      state === 'stopped'
        ? this.say('check.cancelled')
        : running === undefined
          ? this.say('check.linksIntro')
          : this.say('check.running', { step: this.say(`check.step.${running}`) })
    return html`<div role="status">
      <p class="soft">${words}</p>
      <progress
        max=${steps.length}
        .value=${this.done.size}
        aria-label=${this.say('check.links')}
        ?hidden=${state !== 'busy'}
      ></progress>
    </div>`
  }

  #verdict({ main, findings }: Diagnosis): TemplateResult {
    const { seen, device } = this
    if (seen === undefined) return html`${nothing}`
    const said = new Set([findingWords(main, seen, this.text).title])
    // the same is said once, for however many devices
    const others = findings.filter((finding) => {
      const { title: words } = findingWords(finding, seen, this.text)
      const isNew = finding !== main && finding.level !== 'hint' && !said.has(words)
      said.add(words)
      return isNew
    })
    const { title, text, tries } = findingWords(main, seen, this.text)
    return html`<div class="note verdict ${notes[main.level]}" role="status" data-cause=${main.cause}>
        <h3>${title}</h3>
        <p>${text}</p>
        ${this.#tries(tries, main)}
      </div>
      ${others.map((finding) => this.#other(finding, seen))}
      <div class="bar">
        <button @click=${this.#copy} data-test="copy">
          ${icon('copy')}${this.say(this.copied ? 'check.copied' : 'check.copyText')}
        </button>
        <a class="button" href=${linkTo({ view: 'diary', ...(device !== undefined && { device }) })}>
          ${icon('diary')}${this.say('check.toDiary')}
        </a>
      </div>`
  }

  #tries(tries: readonly string[], { level }: Finding): TemplateResult {
    if (tries.length === 0) return html`${nothing}`
    const list = html`<ol>
      ${tries.map((one) => html`<li>${one}</li>`)}
    </ol>`
    return level === 'fine'
      ? html`<p class="soft">${tries[0]}</p>`
      : html`<strong>${this.say('check.try')}</strong>${list}`
  }

  #other(finding: Finding, seen: Observations): TemplateResult {
    const { title, text, tries } = findingWords(finding, seen, this.text)
    return html`<details class="note ${notes[finding.level]}" data-cause=${finding.cause}>
      <summary><strong>${title}</strong>${icon('forward')}</summary>
      <p>${text}</p>
      ${this.#tries(tries, finding)}
    </details>`
  }

  #row(step: Step): TemplateResult {
    const { seen, running } = this
    const isDone = this.done.has(step) && seen !== undefined
    const found = isDone ? diagnose(seen).findings.filter((finding) => finding.step === step) : []
    const [worst] = found.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
    const tone = isDone ? tones[worst?.level ?? 'fine'] : running === step ? 'running' : 'waiting'
    const words =
      seen === undefined || !isDone
        ? this.say(`check.state.${tone}`)
        : worst === undefined
          ? stepWords(step, seen, this.text)
          : findingWords(worst, seen, this.text).title
    return html`<li class=${tone} data-step=${step} data-state=${tone}>
      <span class="sign" role="img" aria-label=${this.say(`check.state.${tone}`)}>
        ${icon(isDone ? signs[worst?.level ?? 'fine'] : 'wait')}
      </span>
      <div class="words">
        <strong>${this.say(`check.step.${step}`)}</strong>
        <p class="soft">${words}</p>
      </div>
    </li>`
  }

  static override styles = [
    ...controls,
    rowsStyle,
    css`
      progress {
        width: 100%;
        height: 14px;
        margin-top: 0.75rem;
        accent-color: var(--accent);
      }
      h3 {
        font-size: 1.25rem;
        font-weight: 650;
        line-height: 1.3;
      }
      .verdict {
        gap: 0.6rem;
        padding: 1.1rem 1.25rem;
      }
      ol {
        display: grid;
        gap: 0.5rem;
        margin: 0;
        padding-left: 1.4rem;
      }
      details > summary {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        min-height: var(--target);
        cursor: pointer;
      }
      summary svg {
        flex: none;
        width: 1.5rem;
        height: 1.5rem;
        transition: transform 120ms;
      }
      details[open] summary svg {
        transform: rotate(90deg);
      }
      details[open] > p {
        margin-bottom: 0.5rem;
      }
      details.note {
        display: block;
        padding-block: 0.2rem;
      }
      details[open] {
        padding-bottom: 0.9rem;
      }
    `,
  ]
}

customElements.define('shoal-connectivity', ShoalConnectivity)
