/** Beginning a swarm: its name, this device's name, then the recovery code. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { shownName } from '../devices/words.ts'
import { Panel } from '../panel.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { deviceNameField, renameIfChanged } from './device-name.ts'

const nameCharsMax = 60

export class ShoalFounding extends Panel {
  static override properties = {
    deviceName: { state: true },
    events: { state: true },
    named: { state: true },
  }
  declare deviceName: string
  declare events: number
  declare named: boolean

  constructor() {
    super()
    this.deviceName = ''
    this.events = 0
    this.named = false
  }

  override firstUpdated(_: PropertyValues): void {
    this.field('swarm')?.focus({ preventScroll: true })
    void this.during(async () => {
      const { displayName, events } = await this.shoal.info()
      this.deviceName = shownName(displayName, this.text)
      this.events = events
    })
  }

  #found = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const name = this.field('swarm')?.value.trim() ?? ''
    if (name === '') return
    const isDone = await this.during(async () => {
      await renameIfChanged(this.shoal, this.field('device')?.value, this.deviceName)
      await this.shoal.swarm.found(name)
      return true
    })
    if (isDone) location.hash = linkTo({ view: 'recovery' })
  }

  override render(): TemplateResult {
    return html`<form class="card stack" @submit=${this.#found}>
      <h1>${this.say('found.title')}</h1>
      <label>
        ${this.say('found.name')}
        <input
          id="swarm"
          required
          maxlength=${nameCharsMax}
          autocomplete="off"
          aria-describedby="swarm-hint"
          @input=${(event: InputEvent) => (this.named = (event.target as HTMLInputElement).value.trim() !== '')}
        />
        <span id="swarm-hint" class="soft small hint">${this.say('found.hint')}</span>
      </label>
      ${deviceNameField(this.deviceName, this.text)}
      ${this.events > 0 ? html`<p class="soft">${this.say('found.keeps', { count: this.events })}</p>` : nothing}
      ${this.trouble()}
      <button class="first" ?disabled=${this.busy || !this.named}>${this.say('found.start')}</button>
    </form>`
  }

  static override styles = [
    ...controls,
    css`
      .hint {
        font-weight: 400;
      }
      @media (min-width: 700px) {
        form {
          padding: 2rem;
        }
        button.first {
          justify-self: start;
          min-width: 12rem;
        }
      }
    `,
  ]
}

customElements.define('shoal-founding', ShoalFounding)
