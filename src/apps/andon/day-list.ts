/** The calls of today, with how long people waited. */
import type { TemplateResult } from 'lit'
import { LitElement, css, html, nothing } from 'lit'
import type { DeviceStatus } from '../../client/contract.ts'
import type { Text } from '../../ui/text.ts'
import { controls } from '../../ui/theme.ts'
import type { Call, Mark } from './calls.ts'
import { elapsed, hereTime, nameOf, reasonWords } from './words.ts'

export class ShoalAndonDay extends LitElement {
  static override properties = {
    calls: { attribute: false },
    devices: { attribute: false },
    text: { attribute: false },
  }
  /** Oldest first. */
  declare calls: readonly Call[]
  declare devices: readonly DeviceStatus[]
  declare text: Text

  override render(): TemplateResult {
    const { text, calls } = this
    if (calls.length === 0) return html`<p class="soft">${text.say('andon.none')}</p>`
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${text.say('andon.today')}>
      <table>
        <thead>
          <tr>
            <th>${text.say('andon.time')}</th>
            <th>${text.say('andon.machine')}</th>
            <th>${text.say('andon.taken')}</th>
            <th>${text.say('andon.done')}</th>
          </tr>
        </thead>
        <tbody>
          ${calls.toReversed().map((call) => this.#row(call))}
        </tbody>
      </table>
    </div>`
  }

  #row(call: Call): TemplateResult {
    const { text, devices } = this
    const began = hereTime(call.called, devices)
    const after = (mark: Mark | undefined): string =>
      mark === undefined ? '' : elapsed(hereTime(mark, devices) - began)
    const what = reasonWords(call.what, text)
    return html`<tr data-state=${call.state}>
      <td>${text.hour(began)}</td>
      <td><b>${call.machine}</b>${what === '' ? nothing : html` <span class="soft">${what}</span>`}</td>
      <td>
        ${
          call.taken
            ? html`<b>${after(call.taken)}</b> <span class="soft">${nameOf(call.taken.by, devices, text)}</span>`
            : call.ended
              ? text.say('andon.untaken')
              : nothing
        }
      </td>
      <td>
        ${
          call.state === 'resolved'
            ? html`<b>${after(call.ended)}</b>`
            : text.say(call.state === 'cancelled' ? 'andon.state.cancelled' : 'andon.state.open')
        }
      </td>
    </tr>`
  }

  static override styles = [
    ...controls,
    css`
      td:first-child {
        white-space: nowrap;
      }
      b {
        font-weight: 650;
      }
      @media (max-width: 520px) {
        th,
        td {
          padding: 0.6rem 0.55rem;
          font-size: 0.9375rem;
        }
      }
    `,
  ]
}

customElements.define('shoal-andon-day', ShoalAndonDay)
