/** Measures on this very device what Shoal relies on; short measurements run by themselves, those that take long or write wait for a tap. */
import type { PropertyValues, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { saveBlob } from '../export/download.ts'
import { icon } from '../icons.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import type { Check, CheckState, Outcome } from './check.ts'
import { settled } from './check.ts'
import './connectivity-view.ts'
import { deviceChecks } from './device-checks.ts'
import { aliveCheck, lifeSeconds, nodeChecks, publishCheck, redialCheck } from './node-checks.ts'
import { rowsStyle } from './rows-style.ts'

const short: readonly Check[] = [...nodeChecks, ...deviceChecks]
const long: readonly Check[] = [publishCheck, aliveCheck, redialCheck]
const all: readonly Check[] = [...short, ...long]

/** Where the results of the last measurement wait while the tab loads again. */
const keptKey = 'shoal.check'

const keptResults = (): Map<string, CheckState> => {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keptKey) ?? '[]')
    sessionStorage.removeItem(keptKey)
    return new Map(kept as [string, CheckState][])
  } catch {
    return new Map()
  }
}

export class ShoalCheck extends View {
  static override properties = { results: { state: true }, busy: { state: true }, device: { attribute: false } }
  /** The id of a device that there is no link with. */
  declare device: string | undefined
  declare results: ReadonlyMap<string, CheckState>
  declare busy: boolean

  constructor() {
    super()
    this.results = keptResults()
    this.busy = false
  }

  override updated(changed: PropertyValues<this>): void {
    // who asks about another device does not want to know how fast this one is
    const isWanted = this.active && this.device === undefined && this.results.size === 0
    if (changed.has('active') && isWanted) void this.#run(short)
  }

  #set(check: Check, state: CheckState): void {
    this.results = new Map([...this.results, [check.id, state]])
  }

  async #run(checks: readonly Check[]): Promise<void> {
    if (this.busy) return
    this.busy = true
    for (const check of checks) this.#set(check, { type: 'waiting' })
    for (const check of checks) {
      this.#set(check, { type: 'running' })
      const outcome = await settled(check, { shoal: this.shoal, page: this.page, text: this.text })
      this.#set(check, { type: 'finished', outcome })
    }
    this.busy = false
  }
  #runRedial = async (): Promise<void> => {
    await this.#run([redialCheck])
    sessionStorage.setItem(keptKey, JSON.stringify([...this.results]))
    if (this.page) this.page.reload()
    else location.reload()
  }

  #report(): string {
    const outcomes = all.flatMap((check): [string, Outcome | undefined][] => {
      const state = this.results.get(check.id)
      return state?.type === 'finished' ? [[check.id, state.outcome]] : []
    })
    const results = Object.fromEntries(
      outcomes.map(([id, outcome]) => [id, { state: outcome?.state, ...outcome?.data }]),
    )
    const build = document.documentElement.dataset['build']
    return JSON.stringify(
      { report: 'shoal-check', version: 1, build, time: new Date().toISOString(), results },
      null,
      2,
    )
  }
  #save = (): void => {
    saveBlob(new Blob([this.#report()], { type: 'application/json' }), 'shoal-check.json')
  }

  override render(): TemplateResult {
    return html`<div class="stack">
      <h1>${this.say('check.title')}</h1>
      <shoal-connectivity
        .shoal=${this.shoal}
        .page=${this.page}
        .swarm=${this.swarm}
        .text=${this.text}
        .device=${this.device}
        ?active=${this.active}
      ></shoal-connectivity>
      <div class="bar">
        <h2 class="grow">${this.say('check.measures')}</h2>
        <button ?disabled=${this.busy} @click=${() => this.#run(short)}>${this.say('check.again')}</button>
        <button class="first" ?disabled=${this.busy || this.results.size === 0} @click=${this.#save}>
          ${icon('save')}${this.say('check.save')}
        </button>
      </div>
      <p class="soft">${this.say('check.intro')}</p>
      <ul class="card" data-test=${this.busy ? 'busy' : 'idle'}>
        ${short.map((check) => this.#row(check))}
      </ul>
      <section class="card">
        <h2>${this.say('check.long')}</h2>
        <ul>
          ${this.#row(publishCheck, () => this.#run([publishCheck]))}
          ${this.#row(aliveCheck, () => this.#run([aliveCheck]))} ${this.#row(redialCheck, this.#runRedial)}
        </ul>
      </section>
    </div>`
  }

  #row(check: Check, run?: () => Promise<void>): TemplateResult {
    const state = this.results.get(check.id)
    const outcome = state?.type === 'finished' ? state.outcome : undefined
    const tone = outcome?.state ?? (state?.type === 'running' ? 'running' : 'waiting')
    const sign = outcome ? (outcome.state === 'ok' ? 'check' : outcome.state === 'warn' ? 'warn' : 'close') : 'wait'
    return html`<li class=${tone} data-check=${check.id} data-state=${tone}>
      <span class="sign" role="img" aria-label=${this.say(`check.state.${tone}`)}>${icon(sign)}</span>
      <div class="words">
        <strong>${this.say(check.title)}</strong>
        <p class="soft">
          ${outcome ? this.say(outcome.say, outcome.values) : run && tone === 'waiting' ? this.say(this.#hint(check), { seconds: lifeSeconds }) : this.say(`check.state.${tone}`)}
        </p>
      </div>
      ${run ? html`<button ?disabled=${this.busy} @click=${run}>${this.say('check.measure')}</button>` : nothing}
    </li>`
  }

  #hint(check: Check): 'check.publish.hint' | 'check.alive.hint' | 'check.redial.hint' {
    return check === publishCheck
      ? 'check.publish.hint'
      : check === aliveCheck
        ? 'check.alive.hint'
        : 'check.redial.hint'
  }

  static override styles = [...controls, rowsStyle]
}

customElements.define('shoal-check', ShoalCheck)
