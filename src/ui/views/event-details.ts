/** One event, whole, in a drawer; its tags lead to what else carries them. */
import type { TemplateResult } from 'lit'
import { LitElement, css, html } from 'lit'
import type { EventItem } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { jsonStyle, jsonView } from '../json-view.ts'
import { linkTo, quoted } from '../route.ts'
import type { StringKey, Text } from '../text.ts'
import { controls } from '../theme.ts'

export class ShoalEventDetails extends LitElement {
  static override properties = { event: { attribute: false }, text: { attribute: false } }
  declare event: EventItem
  declare text: Text

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal()
  }

  #close = (): void => {
    this.renderRoot.querySelector('dialog')?.close()
  }
  /** A tap beside the drawer closes it. */
  #beside = (event: MouseEvent): void => {
    if (event.target === event.currentTarget) this.#close()
  }

  override render(): TemplateResult {
    const { event, text } = this
    const line = (key: StringKey, value: string): TemplateResult =>
      html`<div>
        <dt>${text.say(key)}</dt>
        <dd>${value}</dd>
      </div>`
    return html`<dialog
      aria-labelledby="when"
      @click=${this.#beside}
      @close=${() => this.dispatchEvent(new Event('close'))}
    >
      <div class="body">
        <div class="bar">
          <h2 class="grow" id="when">${text.dateTime(event.timestamp)}</h2>
          <button class="quiet" @click=${this.#close} aria-label=${text.say('common.close')}>${icon('close')}</button>
        </div>
        <div class="chips">
          ${event.tags.map(
            (tag) =>
              html`<a
                class="chip"
                href=${linkTo({ view: 'query', aql: `FROM ${quoted(tag)}` })}
                @click=${this.#close}
                title=${text.say('details.queryTag')}
                >${tag}</a
              >`,
          )}
        </div>
        <div class="payload">${jsonView(event.payload)}</div>
        <dl>
          ${line('details.app', event.appId)} ${line('details.lamport', String(event.lamport))}
          ${line('details.offset', String(event.offset))} ${line('details.stream', event.stream)}
        </dl>
      </div>
    </dialog>`
  }

  static override styles = [
    ...controls,
    jsonStyle,
    css`
      dialog {
        position: fixed;
        inset: auto 0 0 0;
        width: 100%;
        max-width: none;
        max-height: 88dvh;
        margin: 0;
        padding: 0;
        border: 0;
        border-radius: 20px 20px 0 0;
        color: var(--ink);
        background: var(--surface);
        overflow: auto;
        animation: rise 180ms ease-out;
      }
      dialog::backdrop {
        background: rgb(4 24 32 / 55%);
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(24px);
        }
      }
      .body {
        display: grid;
        gap: 1rem;
        grid-template-columns: minmax(0, 1fr);
        padding: 1rem 1.25rem calc(1.5rem + env(safe-area-inset-bottom));
      }
      .payload {
        padding: 1rem;
        border-radius: var(--radius);
        background: var(--sunken);
      }
      dl {
        display: grid;
        grid-template-columns: 2fr minmax(5rem, 1fr) minmax(5rem, 1fr);
        gap: 0.75rem;
        margin: 0;
      }
      dl div:last-child {
        grid-column: 1 / -1;
      }
      dt {
        color: var(--ink-soft);
        font-size: 0.875rem;
      }
      dd {
        margin: 0;
        font-family: var(--mono);
        font-size: 0.875rem;
      }
      @media (min-width: 700px) {
        dialog {
          inset: 0 0 0 auto;
          width: min(34rem, 80vw);
          height: 100dvh;
          max-height: none;
          border-radius: 20px 0 0 20px;
        }
        .body {
          padding: 1.5rem;
        }
      }
    `,
  ]
}

customElements.define('shoal-event-details', ShoalEventDetails)
