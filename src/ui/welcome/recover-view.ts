/** Taking a swarm up again: the recovery code, typed from paper into twelve fields that look like the paper. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { errorText } from '../error-text.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import type { GroupFault } from './recovery-typing.ts'
import { dividedCode, groupCount, groupFault, groupLength, namedGroup } from './recovery-typing.ts'

const empty: readonly string[] = Array.from({ length: groupCount }, () => '')

export class ShoalRecover extends Panel {
  static override properties = {
    groups: { state: true },
    left: { state: true },
    named: { state: true },
    isDone: { state: true },
  }
  declare groups: readonly string[]
  /** Groups that were typed and left: only these are judged while one types. */
  declare left: ReadonlySet<number>
  /** The group that the node has found wrong. */
  declare named: number | undefined
  declare isDone: boolean

  constructor() {
    super()
    this.groups = empty
    this.left = new Set()
    this.isDone = false
  }

  override updated(changed: PropertyValues<this>): void {
    // a secret stays in the page no longer than on the screen
    if (changed.has('active') && !this.active) this.#clear()
  }
  #clear = (): void => {
    this.groups = empty
    this.left = new Set()
    this.named = undefined
    this.problem = undefined
    this.isDone = false
  }

  #focus(index: number): void {
    const field = this.renderRoot.querySelector<HTMLInputElement>(`#group-${index}`)
    field?.focus()
    field?.select()
  }
  /** What is typed beyond a group, or pasted, goes on in the next ones. */
  #typed = async (index: number, field: HTMLInputElement): Promise<void> => {
    const divided = dividedCode(field.value, index)
    this.groups = this.groups.map((group, at) => divided[at - index] ?? (at === index ? '' : group))
    this.named = undefined
    this.problem = undefined
    field.value = this.groups[index] ?? ''
    const isFull = (this.groups[index] ?? '').length >= groupLength(index)
    if (!isFull) return
    const next = Math.min(index + Math.max(1, divided.length), groupCount - 1)
    this.left = new Set([...this.left, ...divided.map((_, at) => index + at)])
    await this.updateComplete
    if (next !== index) this.#focus(next)
  }
  #key = (index: number, event: KeyboardEvent): void => {
    const field = event.target as HTMLInputElement
    if (event.key !== 'Backspace' || field.value !== '' || index === 0) return
    event.preventDefault()
    this.#focus(index - 1)
  }
  #leave = (index: number): void => {
    if ((this.groups[index] ?? '') !== '') this.left = new Set([...this.left, index])
  }

  #recover = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    this.left = new Set(this.groups.keys())
    const wrong = this.groups.findIndex((group, index) => groupFault(group, index) !== undefined)
    if (wrong >= 0) {
      this.#focus(wrong)
      return
    }
    const isDone = await this.during(async () => {
      await this.shoal.swarm.recover(this.groups.join('-'))
      return true
    })
    if (isDone) {
      this.#clear()
      this.isDone = true
      return
    }
    const { problem } = this
    this.named = problem instanceof Error ? namedGroup(problem.message) : undefined
    await this.updateComplete
    if (this.named !== undefined) this.#focus(this.named)
  }

  #faultOf(index: number): GroupFault | undefined {
    return this.left.has(index) ? groupFault(this.groups[index] ?? '', index) : undefined
  }

  override render(): TemplateResult {
    const { swarm } = this
    if (!swarm) return html`<p class="soft">${this.say('overview.waiting')}</p>`
    return html`<div class="card stack narrow">
      <h1>${this.say('recover.title')}</h1>
      ${
        this.isDone
          ? this.#end('good', this.say('recover.done'))
          : swarm.state === 'alone'
            ? this.#end('warn', this.say('recover.alone'))
            : swarm.role === 'admin'
              ? this.#end('good', this.say('recover.already'))
              : this.#form(swarm.name)
      }
    </div>`
  }

  #end(tone: 'good' | 'warn', sentence: string): TemplateResult {
    return html`<p class="note ${tone}" role="status" data-test="end">${sentence}</p>
      <a class="button" href=${linkTo({ view: 'devices' })}>${this.say('join.toDevices')}</a>`
  }

  #form(name: string): TemplateResult {
    const isEmpty = this.groups.every((group) => group === '')
    return html`<p>${this.say('recover.text', { name })}</p>
      <form class="stack" @submit=${this.#recover}>
        <p class="soft" id="hint">${this.say('recover.hint')}</p>
        <div class="groups" role="group" aria-label=${this.say('sheet.recovery')} aria-describedby="hint">
          ${this.groups.map((group, index) => this.#group(group, index))}
        </div>
        <div role="alert">${this.#wrong()}</div>
        <div class="bar apart">
          <button class="first" ?disabled=${this.busy || isEmpty} data-test="recover">
            ${icon('recover')}${this.say('recover.now')}
          </button>
          ${isEmpty ? nothing : html`<button type="button" class="quiet" @click=${this.#clear}>${this.say('recover.clear')}</button>`}
        </div>
      </form>`
  }

  #group(group: string, index: number): TemplateResult {
    const isWrong = this.#faultOf(index) !== undefined || this.named === index
    return html`<input
      id="group-${index}"
      aria-label=${this.say('recover.group', { number: index + 1 })}
      aria-invalid=${isWrong}
      class=${groupLength(index) < groupLength(0) ? 'short' : ''}
      inputmode="text"
      autocomplete="off"
      autocapitalize="characters"
      spellcheck="false"
      placeholder=${String(index + 1)}
      .value=${group}
      @input=${(event: InputEvent) => this.#typed(index, event.target as HTMLInputElement)}
      @keydown=${(event: KeyboardEvent) => this.#key(index, event)}
      @blur=${() => this.#leave(index)}
    />`
  }

  #wrong(): TemplateResult | typeof nothing {
    const { problem, named } = this
    if (problem !== undefined) {
      const sentence =
        named !== undefined
          ? this.say('recover.wrongGroup', { number: named + 1 })
          : problem instanceof Error && 'code' in problem && problem.code === 'ERR_RECOVERY_CODE'
            ? this.say('recover.wrong')
            : errorText(problem, this.text)
      return html`<p class="note bad" data-test="wrong">${sentence}</p>`
    }
    const index = this.groups.findIndex((_, at) => this.#faultOf(at) !== undefined)
    const fault = index < 0 ? undefined : this.#faultOf(index)
    if (fault === undefined) return nothing
    const number = index + 1
    return html`<p class="note warn" data-test="wrong">
      ${fault.type === 'char' ? this.say('recover.wrongChar', { number, char: fault.char }) : this.say('recover.missing', { number })}
    </p>`
  }

  static override styles = [
    ...controls,
    css`
      .narrow {
        max-width: 48rem;
        margin-inline: auto;
      }
      .groups {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr));
        gap: 0.6rem;
      }
      .groups input {
        padding-inline: 0.25rem;
        font: 650 1.375rem/1.2 var(--mono);
        letter-spacing: 0.06em;
        text-align: center;
        text-transform: uppercase;
      }
      .groups input::placeholder {
        font-size: 1rem;
        font-weight: 400;
        opacity: 0.55;
      }
      .groups input[aria-invalid='true'] {
        border-color: var(--bad);
        border-width: 2.5px;
        background: var(--bad-soft);
      }
      .apart {
        justify-content: space-between;
      }
      @media (max-width: 699px) {
        .apart > button {
          width: 100%;
        }
      }
      @media (min-width: 700px) {
        .narrow {
          padding: 2rem;
        }
        .groups {
          grid-template-columns: repeat(4, 1fr);
        }
      }
    `,
  ]
}

customElements.define('shoal-recover', ShoalRecover)
