/** How this page runs, line by line: what is so, what it means, and what to do where it could be better. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { PageSnapshot } from '../../page/contract.ts'
import { icon } from '../icons.ts'
import type { StringKey } from '../text.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'

interface Line {
  readonly tone: 'good' | 'warn' | 'bad'
  readonly title: StringKey
  readonly meaning: StringKey
  readonly action?: { readonly label: StringKey; readonly run: () => void }
}

const workerLine = ({ worker }: PageSnapshot): Line => {
  const tone = worker === 'running' ? 'good' : worker === 'refused' ? 'bad' : 'warn'
  return { tone, title: `standing.worker.${worker}`, meaning: `standing.worker.${worker}.text` }
}

export class ShoalStanding extends View {
  static override properties = { busy: { state: true } }
  declare busy: boolean

  async #during(action: () => Promise<unknown>): Promise<void> {
    this.busy = true
    try {
      await action()
    } finally {
      this.busy = false
    }
  }

  #lines(standing: PageSnapshot): Line[] {
    const lines = [workerLine(standing)]
    if (!standing.controlled) {
      lines.push({
        tone: 'warn',
        title: 'standing.uncontrolled',
        meaning: 'standing.uncontrolled.text',
        action: { label: 'banner.reload', run: () => this.page?.reload() },
      })
    }
    if (standing.installed)
      lines.push({ tone: 'good', title: 'standing.installed', meaning: 'standing.installed.text' })
    else if (standing.installability === 'prompt') {
      lines.push({
        tone: 'warn',
        title: 'standing.notInstalled',
        meaning: 'standing.notInstalled.text',
        action: { label: 'standing.install', run: () => void this.#during(async () => this.page?.install()) },
      })
    } else if (standing.installability === 'by-hand') {
      lines.push({ tone: 'warn', title: 'standing.notInstalled', meaning: 'standing.byHand.text' })
    } else lines.push({ tone: 'warn', title: 'standing.notInstalled', meaning: 'standing.noPrompt.text' })
    const { persistence } = standing
    const asks = persistence === 'unasked' || persistence === 'refused'
    lines.push({
      tone: persistence === 'granted' ? 'good' : 'warn',
      title: `standing.persistence.${persistence}`,
      meaning: `standing.persistence.${persistence}.text`,
      ...(asks
        ? { action: { label: 'standing.persist', run: () => void this.#during(async () => this.page?.persist()) } }
        : {}),
    })
    return lines
  }

  override render(): TemplateResult {
    if (!this.standing) return html`${nothing}`
    return html`<ul>
      ${this.#lines(this.standing).map(
        (line) =>
          html`<li class=${line.tone}>
            <span class="sign">${icon(line.tone === 'good' ? 'check' : 'warn')}</span>
            <div class="words">
              <strong>${this.say(line.title)}</strong>
              <p class="soft">${this.say(line.meaning)}</p>
            </div>
            ${line.action ? html`<button ?disabled=${this.busy} @click=${line.action.run}>${this.say(line.action.label)}</button>` : nothing}
          </li>`,
      )}
    </ul>`
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
        flex-wrap: wrap;
        align-items: center;
        gap: 0.75rem 1rem;
        padding: 0.9rem 0;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      .words {
        flex: 1 1 14rem;
      }
      .sign {
        display: grid;
        place-items: center;
        flex: none;
        width: 44px;
        height: 44px;
        border-radius: 50%;
      }
      .good .sign {
        color: var(--good);
        background: var(--good-soft);
      }
      .warn .sign {
        color: var(--warn);
        background: var(--warn-soft);
      }
      .bad .sign {
        color: var(--bad);
        background: var(--bad-soft);
      }
      @media (max-width: 520px) {
        li {
          align-items: flex-start;
        }
        button {
          width: 100%;
        }
      }
    `,
  ]
}

customElements.define('shoal-standing', ShoalStanding)
