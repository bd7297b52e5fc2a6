/** A join under way, step by step; or why it ended. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { Joining } from '../../client/contract.ts'
import '../devices/by-hand-panel.ts'
import { errorText } from '../error-text.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'

const steps = ['searching', 'linking', 'proving', 'committing', 'replicating'] as const

/** Nobody will be found by itself: what helps should not be looked for. */
const isOut = ({ problem }: Joining): boolean => problem?.code === 'ERR_NO_WAY' || problem?.code === 'ERR_NO_STATION'

export class ShoalJoinProgress extends Panel {
  #cancel = (): Promise<void> => this.during(() => this.shoal.swarm.cancelJoin()).then(() => undefined)
  #another = async (): Promise<void> => {
    await this.#cancel()
    location.hash = linkTo({ view: 'welcome', step: 'join' })
  }

  override render(): TemplateResult {
    const joining = this.swarm?.joining
    if (!joining) return html`${nothing}`
    return joining.failed ? this.#failed(joining) : this.#under(joining)
  }

  #under(joining: Joining): TemplateResult {
    const at = steps.indexOf(joining.step)
    return html`<section class="card stack">
        <div>
          <h1>${this.say('join.joining', { name: joining.swarmName })}</h1>
          <p class="soft">${this.say('join.since', { time: this.text.hour(joining.since) })}</p>
        </div>
        <ol data-test=${joining.step}>
          ${steps.map((step, index) => {
            const state = index < at ? 'done' : index === at ? 'now' : 'later'
            return html`<li class=${state} aria-current=${state === 'now' ? 'step' : nothing}>
              <span class="sign">${state === 'done' ? icon('check') : index + 1}</span>${this.say(`join.step.${step}`)}
            </li>`
          })}
        </ol>
        ${
          joining.problem
            ? html`<p class="note warn" role="status">
                ${errorText(joining.problem, this.text)} ${this.say('join.goesOn')}
              </p>`
            : nothing
        }
        ${this.trouble()}
        <button ?disabled=${this.busy} @click=${this.#cancel}>${this.say('common.cancel')}</button>
      </section>
      ${
        joining.step === 'searching' || joining.step === 'linking'
          ? html`<details class="card" ?open=${isOut(joining)}>
              <summary>${this.say('join.byHand')}</summary>
              <shoal-by-hand .shoal=${this.shoal} .text=${this.text}></shoal-by-hand>
            </details>`
          : nothing
      }`
  }

  #failed(joining: Joining): TemplateResult {
    return html`<section class="card stack">
      <div>
        <p class="soft">${joining.swarmName}</p>
        <h1>${this.say('join.failed')}</h1>
      </div>
      ${joining.problem ? html`<p class="note bad" role="alert">${errorText(joining.problem, this.text)}</p>` : nothing}
      ${this.trouble()}
      <div class="bar">
        <button class="first" ?disabled=${this.busy} @click=${this.#another}>${this.say('join.another')}</button>
        <button ?disabled=${this.busy} @click=${this.#cancel}>${this.say('common.cancel')}</button>
      </div>
    </section>`
  }

  static override styles = [
    ...controls,
    css`
      ol {
        display: grid;
        gap: 0.25rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 1rem;
        min-height: var(--target);
        font-size: 1.125rem;
      }
      li.later {
        color: var(--ink-soft);
      }
      li.now {
        font-weight: 650;
      }
      .sign {
        display: grid;
        place-items: center;
        flex: none;
        width: 44px;
        height: 44px;
        border: 2px solid var(--line);
        border-radius: 50%;
        font-weight: 650;
      }
      .done .sign {
        border-color: transparent;
        color: var(--good);
        background: var(--good-soft);
      }
      .now .sign {
        border-color: var(--accent);
        color: var(--accent);
        animation: breathe 1.2s ease-in-out infinite alternate;
      }
      @keyframes breathe {
        to {
          box-shadow: 0 0 0 7px var(--accent-soft);
        }
      }
      details {
        margin-top: 1rem;
      }
      summary {
        display: flex;
        align-items: center;
        min-height: var(--target);
        margin: -0.75rem 0;
        color: var(--accent);
        font-weight: 600;
        cursor: pointer;
      }
      details[open] summary {
        margin-bottom: 0.5rem;
      }
      @media (min-width: 700px) {
        .card.stack {
          padding: 2rem;
        }
      }
    `,
  ]
}

customElements.define('shoal-join-progress', ShoalJoinProgress)
