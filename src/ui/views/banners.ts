/** What everybody should see wherever they are: a node that cannot be reached, a newer version, a tab that is behind. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { PageSnapshot } from '../../page/contract.ts'
import { errorText } from '../error-text.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'

export class ShoalBanners extends View {
  override render(): TemplateResult {
    const { standing } = this
    if (!standing) return html`${nothing}`
    return html`
      <div aria-live="polite">${this.#node(standing)}</div>
      ${standing.update ? this.#update(standing.update.deadline, standing.update.apply) : nothing}
      ${
        standing.reloadPending
          ? html`<div class="note warn bar">
              <p class="grow">${this.say('banner.reloadPending')}</p>
              <button @click=${() => this.page?.reload()}>${this.say('banner.reload')}</button>
            </div>`
          : nothing
      }
    `
  }

  #node({ worker, problem }: PageSnapshot): TemplateResult {
    if (problem) {
      return html`<div class="note bad bar">
        <p class="grow"><strong>${this.say('banner.refused')}</strong> ${errorText(problem, this.text)}</p>
        <button @click=${() => this.page?.reload()}>${this.say('banner.reload')}</button>
      </div>`
    }
    if (worker === 'restarting') return html`<div class="note warn">${this.say('banner.restarting')}</div>`
    return html`${nothing}`
  }

  #update(deadline: number, apply: () => void): TemplateResult {
    return html`<div class="note bar">
      <p class="grow">
        <strong>${this.say('banner.update')}</strong>
        ${this.say('banner.updateWhen', { time: this.text.time(deadline * 1000) })}
      </p>
      <button class="first" @click=${apply}>${this.say('banner.apply')}</button>
    </div>`
  }

  static override styles = [
    ...controls,
    css`
      .note {
        margin-bottom: 1rem;
      }
    `,
  ]
}

customElements.define('shoal-banners', ShoalBanners)
