/** On how many other devices an event is: asked again until it is on one, or until nobody would wait any longer. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { Safety } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'

/** Milliseconds between two questions, and after which nobody asks any more. */
const askEvery = 1000
const askedFor = 120_000

export class ShoalSafetyLine extends View {
  static override properties = { event: { attribute: false }, safety: { state: true } }
  declare event: { readonly stream: string; readonly offset: number }
  declare safety: Safety | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  override willUpdate(changed: PropertyValues<this>): void {
    const before: ShoalSafetyLine['event'] | undefined = changed.get('event')
    const { stream, offset } = this.event
    if (!changed.has('event') || (before?.stream === stream && before.offset === offset)) return
    this.safety = undefined
    clearInterval(this.#timer)
    const until = performance.now() + askedFor
    void this.#ask()
    this.#timer = setInterval(() => {
      if (performance.now() > until) clearInterval(this.#timer)
      else void this.#ask()
    }, askEvery)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  async #ask(): Promise<void> {
    const { event } = this
    try {
      const safety = await this.shoal.swarm.safety(event)
      if (event === this.event) this.safety = safety
    } catch {
      // while the node restarts the last word stands
    }
  }

  override render(): TemplateResult {
    const { safety } = this
    // who is alone has nobody to wait for
    if (safety === undefined || safety.of < 2) return html`${nothing}`
    const count = safety.devices - 1
    return html`<p role="status" data-test="safe">
      ${icon(count > 0 ? 'check' : 'wait')}${count > 0 ? this.say('publish.safe', { count }) : this.say('publish.safeNone')}
    </p>`
  }

  static override styles = [
    ...controls,
    css`
      p {
        display: flex;
        align-items: center;
        gap: 0.6rem;
        font-weight: 600;
      }
    `,
  ]
}

customElements.define('shoal-safety-line', ShoalSafetyLine)
