/** The recovery code on the screen, until somebody has shown that they keep it. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { dropSheet, printSheet } from '../print.ts'
import { homeLink, linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { groupsOf, isLastGroup, recoverySheet } from './recovery-sheet.ts'

export class ShoalRecovery extends Panel {
  static override properties = { code: { state: true }, typed: { state: true }, wrong: { state: true } }
  declare code: string | undefined
  declare typed: string
  declare wrong: boolean
  #asked = false

  constructor() {
    super()
    this.typed = ''
    this.wrong = false
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('active') && !this.active) this.#forget()
    const pending = this.active && this.swarm?.recoveryPending === true && this.swarm.name !== ''
    if (pending && this.code === undefined && !this.#asked) void this.#ask(this.swarm?.name ?? '')
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#forget()
  }
  /** A secret stays in the page no longer than on the screen. */
  #forget(): void {
    dropSheet()
    this.code = undefined
    this.#asked = false
    this.typed = ''
    this.wrong = false
  }

  async #ask(name: string): Promise<void> {
    this.#asked = true
    const found = await this.during(() => this.shoal.swarm.found(name))
    if (this.active) this.code = found?.recoveryCode
  }
  #print = (code: string): void => {
    const { name = '', swarmId = '' } = this.swarm ?? {}
    printSheet(recoverySheet({ name, swarmId, code, now: Date.now() * 1000 }, this.text))
  }
  #prove = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (this.code === undefined) return
    this.wrong = !isLastGroup(this.typed, this.code)
    if (this.wrong) return
    const isDone = await this.during(async () => {
      await this.shoal.swarm.recoveryKept()
      return true
    })
    if (!isDone) return
    this.#forget()
    location.hash = linkTo({ view: 'devices' })
  }

  override render(): TemplateResult {
    const { swarm, code } = this
    if (!swarm) return html`<p class="soft">${this.say('overview.waiting')}</p>`
    if (!swarm.recoveryPending || swarm.name === '')
      return html`<div class="card stack narrow">
        <p>${this.say('recovery.gone')}</p>
        <a class="button" href=${homeLink}>${this.say('common.close')}</a>
      </div>`
    return html`<div class="card stack narrow">
      <h1>${this.say('recovery.title')}</h1>
      <p>${this.say('recovery.why', { name: swarm.name })}</p>
      ${this.trouble()} ${code === undefined ? nothing : this.#code(code)}
    </div>`
  }

  #code(code: string): TemplateResult {
    const isCopied = this.copied === code
    return html`
      <ol class="groups" data-test="code" aria-label=${this.say('sheet.recovery')}>
        ${groupsOf(code).map((group) => html`<li>${group}</li>`)}
      </ol>
      <p class="soft">${this.say('recovery.how')}</p>
      <div class="bar">
        <button class="grow" @click=${() => this.#print(code)}>${icon('print')}${this.say('recovery.print')}</button>
        <button class="grow" @click=${() => this.copy(code)}>
          ${icon(isCopied ? 'check' : 'copy')}${this.say(isCopied ? 'recovery.copied' : 'recovery.copy')}
        </button>
      </div>
      <form class="stack prove" @submit=${this.#prove}>
        <label>
          ${this.say('recovery.prove')}
          <input
            id="last"
            class="last"
            maxlength="12"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            aria-invalid=${this.wrong}
            .value=${this.typed}
            @input=${(event: InputEvent) => {
              this.typed = (event.target as HTMLInputElement).value
              this.wrong = false
            }}
          />
        </label>
        ${this.wrong ? html`<p class="note warn" role="alert">${this.say('recovery.wrong')}</p>` : nothing}
        <div class="bar">
          <button class="first grow" ?disabled=${this.busy || this.typed.trim() === ''}>
            ${icon('check')}${this.say('recovery.kept')}
          </button>
          <a class="button later" href=${homeLink}>${this.say('recovery.later')}</a>
        </div>
      </form>
    `
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
        grid-template-columns: repeat(auto-fit, minmax(6.2rem, 1fr));
        gap: 0.6rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .groups li {
        padding: 0.65rem 0.25rem;
        border: 1.5px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--sunken);
        font: 650 1.5rem/1.2 var(--mono);
        letter-spacing: 0.06em;
        text-align: center;
        white-space: nowrap;
      }
      .prove {
        margin-top: 0.5rem;
        padding-top: 1.25rem;
        border-top: 1px solid var(--line);
      }
      input.last {
        max-width: 16rem;
        font: 650 1.5rem/1.2 var(--mono);
        letter-spacing: 0.1em;
        text-transform: uppercase;
      }
      .bar > button.grow {
        flex: 1 1 8rem;
      }
      @media (min-width: 700px) {
        .narrow {
          padding: 2rem;
        }
        .groups {
          grid-template-columns: repeat(4, 1fr);
        }
        .groups li {
          padding-block: 0.9rem;
          font-size: 1.75rem;
        }
      }
    `,
  ]
}

customElements.define('shoal-recovery', ShoalRecovery)
