/** Logs of swarms this device was in before: what they hold, and getting it out. */
import type { TemplateResult } from 'lit'
import { css, html } from 'lit'
import type { FormerLog } from '../../client/contract.ts'
import '../export/export-button.ts'
import { icon } from '../icons.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'

export class ShoalFormerLogs extends View {
  static override properties = { logs: { attribute: false } }
  declare logs: readonly FormerLog[]

  override render(): TemplateResult {
    return html`<p class="soft">${this.say('former.text')}</p>
      <ul>
        ${this.logs.map(
          (log) =>
            html`<li>
              <div class="grow">
                <h3>${log.name || this.say('former.unnamed')}</h3>
                <p class="soft small">
                  ${this.say('former.size', { count: log.events, bytes: this.text.bytes(log.bytes) })}
                </p>
              </div>
              <a class="button" href=${linkTo({ view: 'query', aql: 'FROM allEvents', swarmId: log.swarmId })}>
                ${icon('query')}${this.say('former.query')}
              </a>
              <shoal-export
                .shoal=${this.shoal}
                .text=${this.text}
                .swarmId=${log.swarmId}
                .total=${log.events}
                .label=${this.say('export.log')}
              ></shoal-export>
            </li>`,
        )}
      </ul>`
  }

  static override styles = [
    ...controls,
    css`
      ul {
        margin: 0.5rem 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.75rem;
        padding: 0.75rem 0;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      .grow {
        flex: 1 1 14rem;
      }
      h3 {
        font-size: 1.0625rem;
        font-weight: 650;
      }
    `,
  ]
}

customElements.define('shoal-former-logs', ShoalFormerLogs)
