/** Running what a button does: busy while it runs, and what went wrong, as a sentence. */
import type { PropertyDeclarations, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { errorText } from './error-text.ts'
import { View } from './view.ts'

export class Panel extends View {
  static override properties: PropertyDeclarations = {
    busy: { state: true },
    problem: { state: true },
    copied: { state: true },
  }

  declare busy: boolean
  declare problem: unknown
  /** What was copied last, for as long as the button says so. */
  declare copied: string | undefined

  constructor() {
    super()
    this.busy = false
  }

  async during<T>(action: () => Promise<T>): Promise<T | undefined> {
    this.busy = true
    this.problem = undefined
    try {
      return await action()
    } catch (error) {
      this.problem = error
      return undefined
    } finally {
      this.busy = false
    }
  }

  async copy(text: string): Promise<void> {
    await this.during(() => navigator.clipboard.writeText(text))
    if (this.problem !== undefined) return
    this.copied = text
    setTimeout(() => {
      if (this.copied === text) this.copied = undefined
    }, 2500)
  }

  /** Where a form's field is, by its id. */
  field(id: string): HTMLInputElement | HTMLSelectElement | null {
    return this.renderRoot.querySelector(`#${id}`)
  }

  trouble(): TemplateResult | typeof nothing {
    return this.problem === undefined
      ? nothing
      : html`<p class="note bad" role="alert">${errorText(this.problem, this.text)}</p>`
  }
}
