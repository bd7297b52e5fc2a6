/** What became of the events of a device: asked for again and again while it is on the screen, until nothing can be lost any more. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { NodeId, Remains } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import type { Text } from '../text.ts'
import { controls } from '../theme.ts'

/** Milliseconds between two questions. */
const askEvery = 1000

export interface RemainsWords {
  readonly tone: 'good' | 'warn'
  readonly sentence: string
}

export const remainsWords = ({ known, held, devices }: Remains, text: Text): RemainsWords => {
  if (known === 0) return { tone: 'good', sentence: text.say('device.remains.none') }
  if (held < known)
    return { tone: 'warn', sentence: text.say('device.remains.missing', { known, held, missing: known - held }) }
  return devices === 0
    ? { tone: 'warn', sentence: text.say('device.remains.here', { known }) }
    : {
        tone: 'good',
        sentence: text.say(known === 1 ? 'device.remains.safeOne' : 'device.remains.safe', { known, devices }),
      }
}

export class ShoalRemains extends Panel {
  static override properties = {
    node: { attribute: false },
    isGone: { attribute: false },
    remains: { state: true },
  }
  declare node: NodeId
  /** Whether the device is out of reach for good, so that somebody may wonder about what it never told. */
  declare isGone: boolean
  declare remains: Remains | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => document.visibilityState === 'visible' && void this.#ask(), askEvery)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }
  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('node')) return
    this.remains = undefined
    void this.#ask()
  }

  async #ask(): Promise<void> {
    const { node } = this
    try {
      const remains = await this.shoal.swarm.remains(node)
      if (node !== this.node) return
      this.remains = remains
      this.problem = undefined
      this.dispatchEvent(new CustomEvent<Remains>('shoal-remains', { detail: remains }))
    } catch (error) {
      // while the node restarts the last word stands
      if (this.remains === undefined && node === this.node) this.problem = error
    }
  }

  override render(): TemplateResult {
    const { remains } = this
    if (remains === undefined)
      return html`${this.problem === undefined ? html`<p class="soft">${this.say('device.remains.asking')}</p>` : this.trouble()}`
    const { tone, sentence } = remainsWords(remains, this.text)
    const share = remains.known === 0 ? 1 : remains.held / remains.known
    return html`<div class="note ${tone}" role="status" data-test="remains" data-known=${remains.known}>
      <p class="line">${icon(tone === 'good' ? 'check' : 'warn')}<strong>${sentence}</strong></p>
      ${
        share < 1
          ? html`<svg class="gauge" viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden="true">
              <rect height="1" width=${share * 1000} />
            </svg>`
          : nothing
      }
      ${this.isGone ? html`<p class="small">${this.say('device.remains.perhaps')}</p>` : nothing}
    </div>`
  }

  static override styles = [
    ...controls,
    css`
      .line {
        display: flex;
        align-items: flex-start;
        gap: 0.75rem;
      }
      .line svg {
        flex: none;
      }
      .good svg {
        color: var(--good);
      }
      .warn svg {
        color: var(--warn);
      }
      .gauge {
        margin: 0.25rem 0;
      }
    `,
  ]
}

customElements.define('shoal-remains', ShoalRemains)
