/** The stations that introduce this device to others: which, how they are, and changing them. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { controls } from '../theme.ts'

const isStationUrl = (text: string): boolean => {
  try {
    return /^wss?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}

export class ShoalStations extends Panel {
  static override properties = { typed: { state: true }, wrong: { state: true } }
  declare typed: string
  declare wrong: boolean

  constructor() {
    super()
    this.typed = ''
    this.wrong = false
  }

  get #urls(): readonly string[] {
    return this.swarm?.stations.map((station) => station.url) ?? []
  }
  #add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const url = this.typed.trim()
    this.wrong = !isStationUrl(url)
    if (this.wrong) return
    const set = await this.during(() => this.shoal.swarm.stations([...new Set([...this.#urls, url])]))
    if (set !== undefined) this.typed = ''
  }
  #remove = (url: string): Promise<unknown> =>
    this.during(() => this.shoal.swarm.stations(this.#urls.filter((other) => other !== url)))

  override render(): TemplateResult {
    const stations = this.swarm?.stations ?? []
    return html`<div class="stack">
      <p class="soft">${this.say('stations.text')}</p>
      ${
        stations.length === 0
          ? html`<p class="note"><strong>${this.say('stations.none')}</strong> ${this.say('stations.noneText')}</p>`
          : html`<ul>
              ${stations.map(
                (station) =>
                  html`<li>
                    <div class="grow">
                      <p class="mono">${station.url}</p>
                      <p class="small ${station.state}">
                        ${this.say(`stations.state.${station.state}`)}${station.problem ? `: ${station.problem}` : nothing}
                      </p>
                    </div>
                    <button
                      class="quiet"
                      ?disabled=${this.busy}
                      aria-label=${this.say('stations.remove', { url: station.url })}
                      title=${this.say('stations.remove', { url: station.url })}
                      @click=${() => this.#remove(station.url)}
                    >
                      ${icon('close')}
                    </button>
                  </li>`,
              )}
            </ul>`
      }
      ${this.trouble()}
      <form novalidate @submit=${this.#add}>
        <label>
          ${this.say('stations.new')}
          <input
            type="url"
            inputmode="url"
            placeholder="wss://station.example/signal"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            aria-invalid=${this.wrong}
            .value=${this.typed}
            @input=${(event: InputEvent) => {
              this.typed = (event.target as HTMLInputElement).value
              this.wrong = false
            }}
          />
        </label>
        <button ?disabled=${this.busy || this.typed.trim() === ''}>${this.say('stations.add')}</button>
      </form>
      ${this.wrong ? html`<p class="note warn" role="alert">${this.say('stations.wrong')}</p>` : nothing}
    </div>`
  }

  static override styles = [
    ...controls,
    css`
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        padding: 0.4rem 0;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      .grow {
        flex: 1;
        min-width: 0;
      }
      .connected {
        color: var(--good);
      }
      .connecting {
        color: var(--ink-soft);
      }
      .unreachable {
        color: var(--warn);
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.75rem;
      }
      form label {
        flex: 1 1 14rem;
      }
    `,
  ]
}

customElements.define('shoal-stations', ShoalStations)
