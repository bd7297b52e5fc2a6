/** What an admin should see and may have to act on, a card each: what is so, what to do, and the evidence for who wants it. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Alert, NodeId } from '../../client/contract.ts'
import { deviceName, nameOf } from '../devices/words.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { adminCandidates, alertKey, alertWords, sortedAlerts } from './alert-words.ts'

/** More devices than this are named in the evidence only. */
const linkedMax = 4

export class ShoalAlerts extends Panel {
  static override properties = { done: { state: true } }
  /** What was done here, as a sentence. */
  declare done: string | undefined

  override willUpdate(): void {
    this.hidden = (this.swarm?.alerts.length ?? 0) === 0 && this.done === undefined
  }

  #promote = async (node: NodeId, name: string): Promise<void> => {
    const isDone = await this.during(async () => {
      await this.shoal.swarm.promote(node)
      return true
    })
    if (isDone) this.done = this.say('act.promoted', { name })
  }

  override render(): TemplateResult {
    const alerts = sortedAlerts(this.swarm?.alerts ?? [])
    return html`
      <div role="status">${this.done === undefined ? nothing : html`<p class="note good">${this.done}</p>`}</div>
      ${
        alerts.length === 0
          ? nothing
          : html`<h2>${this.say('alert.title')}</h2>
              <ul>
                ${repeat(alerts, alertKey, (alert) => this.#alert(alert))}
              </ul>`
      }
    `
  }

  #alert(alert: Alert): TemplateResult {
    const { tone, title, meaning, nodes, evidence } = alertWords(alert, this.swarm?.devices ?? [], this.text)
    return html`<li class="note ${tone}" data-alert=${alert.type}>
      <div class="head">
        ${icon(tone === '' ? 'overview' : 'warn')}
        <div>
          <h3>${title}</h3>
          <p>${meaning}</p>
        </div>
      </div>
      <div class="ways">
        ${alert.type === 'second-admin' ? this.#secondAdmin() : this.#devices(nodes)}
        ${
          evidence.length === 0
            ? nothing
            : html`<details>
                <summary>${this.say('alert.evidence')}${icon('forward')}</summary>
                <dl>
                  ${evidence.map(
                    ([term, value]) =>
                      html`<div>
                        <dt>${term}</dt>
                        <dd class="mono">${value}</dd>
                      </div>`,
                  )}
                </dl>
              </details>`
        }
      </div>
    </li>`
  }

  #devices(nodes: readonly NodeId[]): TemplateResult {
    return html`<div class="bar">
      ${nodes
        .slice(0, linkedMax)
        .map(
          (node) =>
            html`<a class="button" href=${linkTo({ view: 'devices', device: node })}>
              ${this.say('alert.toDevice', { name: nameOf(node, this.swarm?.devices ?? [], this.text) })}
            </a>`,
        )}
    </div>`
  }

  /** One tap makes the likeliest one an admin; any other is one tap further. */
  #secondAdmin(): TemplateResult {
    const [first] = adminCandidates(this.swarm?.devices ?? [], Date.now() * 1000)
    if (first === undefined)
      return html`<p>${this.say('alert.second-admin.none')}</p>
        <div class="bar">
          <a class="button" href=${linkTo({ view: 'invite' })}
            >${icon('invite')}${this.say('alert.second-admin.invite')}</a
          >
        </div>`
    const name = deviceName(first, this.text)
    return html`${this.trouble()}
      <div class="bar">
        <button
          class="first"
          ?disabled=${this.busy}
          @click=${() => this.#promote(first.node, name)}
          data-test="promote"
        >
          ${icon('star')}${this.say('alert.second-admin.promote', { name })}
        </button>
        <a class="button" href=${linkTo({ view: 'devices' })}>${this.say('alert.second-admin.other')}</a>
      </div>`
  }

  static override styles = [
    ...controls,
    css`
      h2 {
        margin-bottom: 0.75rem;
      }
      ul {
        display: grid;
        gap: 0.75rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li.note {
        gap: 0.75rem;
        padding: 1.1rem 1.25rem;
      }
      .head {
        display: flex;
        align-items: flex-start;
        gap: 0.9rem;
      }
      .head > svg {
        flex: none;
        margin-top: 0.1rem;
        color: var(--accent);
      }
      .warn .head > svg {
        color: var(--warn);
      }
      .bad .head > svg {
        color: var(--bad);
      }
      h3 {
        font-size: 1.1875rem;
        font-weight: 650;
        line-height: 1.3;
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1.25rem;
      }
      details[open] {
        flex-basis: 100%;
      }
      summary {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
        min-height: var(--target);
        font-weight: 600;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      details[open] summary svg {
        transform: rotate(90deg);
      }
      dl {
        display: grid;
        gap: 0.6rem;
        margin: 0;
      }
      dt {
        color: var(--ink-soft);
        font-size: 0.875rem;
      }
      dd {
        margin: 0;
      }
      @media (max-width: 699px) {
        .bar > * {
          width: 100%;
        }
      }
    `,
  ]
}

customElements.define('shoal-alerts', ShoalAlerts)
