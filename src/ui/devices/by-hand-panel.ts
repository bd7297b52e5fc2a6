/** Linking two devices by texts that people carry: a code there, an answer back. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { qrCode } from '../qr-code.ts'
import { controls } from '../theme.ts'

type Step =
  | { readonly type: 'idle' }
  /** `isFirst`: this device began, so an answer is to come back. */
  | { readonly type: 'shown'; readonly code: string; readonly isFirst: boolean }
  | { readonly type: 'linked' }

export class ShoalByHand extends Panel {
  static override properties = { step: { state: true }, pasted: { state: true } }
  declare step: Step
  declare pasted: string

  constructor() {
    super()
    this.step = { type: 'idle' }
    this.pasted = ''
  }

  #begin = async (): Promise<void> => {
    const code = await this.during(() => this.shoal.swarm.code())
    if (code !== undefined) this.step = { type: 'shown', code, isFirst: true }
  }
  #take = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const answer = await this.during(() => this.shoal.swarm.code(this.pasted.trim()))
    if (answer === undefined) return
    this.pasted = ''
    this.step = answer === '' ? { type: 'linked' } : { type: 'shown', code: answer, isFirst: false }
  }
  #again = (): void => {
    this.step = { type: 'idle' }
    this.problem = undefined
  }

  override render(): TemplateResult {
    const { step } = this
    switch (step.type) {
      case 'idle':
        return html`<div class="stack">
          <p class="soft">${this.say('hand.text')}</p>
          ${this.trouble()}
          <button ?disabled=${this.busy} @click=${this.#begin} data-test="begin">${this.say('hand.begin')}</button>
          ${this.#paste('hand.paste')}
        </div>`
      case 'shown':
        return html`<div class="stack">
          <p>${this.say(step.isFirst ? 'hand.show' : 'hand.showAnswer')}</p>
          ${this.#code(step.code)} ${this.trouble()} ${step.isFirst ? this.#paste('hand.pasteAnswer') : nothing}
          <button class="quiet" @click=${this.#again}>${this.say('hand.again')}</button>
        </div>`
      case 'linked':
        return html`<div class="stack">
          <p class="note good" role="status">${this.say('hand.linked')}</p>
          <button @click=${this.#again}>${this.say('hand.again')}</button>
        </div>`
    }
  }

  #code(code: string): TemplateResult {
    const isCopied = this.copied === code
    return html`<div class="code">
      ${qrCode(code, this.say('hand.qr'))}
      <div class="stack">
        <p class="mono" data-test="code">${code}</p>
        <button @click=${() => this.copy(code)}>
          ${icon(isCopied ? 'check' : 'copy')}${this.say(isCopied ? 'recovery.copied' : 'hand.copy')}
        </button>
      </div>
    </div>`
  }

  #paste(label: 'hand.paste' | 'hand.pasteAnswer'): TemplateResult {
    return html`<form class="stack" @submit=${this.#take}>
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
      <button class="first" ?disabled=${this.busy || this.pasted.trim() === ''}>${this.say('hand.take')}</button>
    </form>`
  }

  static override styles = [
    ...controls,
    css`
      .code {
        display: grid;
        gap: 1rem;
        grid-template-columns: minmax(0, 1fr);
      }
      .code .mono {
        max-height: 9rem;
        overflow: auto;
        padding: 0.75rem;
        border-radius: var(--radius-small);
        background: var(--sunken);
        user-select: all;
      }
      .qr {
        width: min(100%, 18rem);
        border-radius: var(--radius-small);
        justify-self: center;
      }
      @media (min-width: 700px) {
        .code {
          grid-template-columns: 15rem minmax(0, 1fr);
        }
        button {
          justify-self: start;
        }
      }
    `,
  ]
}

customElements.define('shoal-by-hand', ShoalByHand)
