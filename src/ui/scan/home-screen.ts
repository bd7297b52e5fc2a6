/**
 * What an iPad or iPhone shows outside of the installed app: how to install it, and nothing else, since what would be begun here could not be
 * gone on with there: an app on the home screen has a storage of its own.
 */
import type { TemplateResult } from 'lit'
import { css, html, nothing, svg } from 'lit'
import { icon, mark } from '../icons.ts'
import { Panel } from '../panel.ts'
import type { StringKey } from '../text.ts'
import { controls } from '../theme.ts'

/** The signs as the system draws them, on a grid of 48. */
const signs = {
  share: svg`<path d="M16 19h-4v21h24V19h-4M24 30V7M17 13l7-7 7 7" />`,
  add: svg`<rect x="9" y="9" width="30" height="30" rx="7" /><path d="M24 17v14M17 24h14" />`,
  code: svg`<path d="M7 15v-5a3 3 0 0 1 3-3h5M33 7h5a3 3 0 0 1 3 3v5M41 33v5a3 3 0 0 1-3 3h-5M15 41h-5a3 3 0 0 1-3-3v-5" />
    <path d="M15 15h7v7h-7zM26 15h7v7h-7zM15 26h7v7h-7zM26 26h3M33 26v3M26 33v-3M30 33h3" />`,
} as const

const sign = (name: keyof typeof signs): TemplateResult =>
  html`<svg
    viewBox="0 0 48 48"
    fill="none"
    stroke="currentColor"
    stroke-width="2.6"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    ${signs[name]}
  </svg>`

export class ShoalHomeScreen extends Panel {
  static override properties = { invitation: { attribute: false } }
  /** The address of the invitation by which this page was opened. */
  declare invitation: string | undefined

  override render(): TemplateResult {
    const { invitation } = this
    const isCopied = invitation !== undefined && this.copied === invitation
    return html`<section class="card stack">
      <h1>${this.say('home.title')}</h1>
      <p>${this.say('home.why')}</p>
      <ol>
        ${this.#step('home.share', sign('share'), 'home.one')} ${this.#step('home.add', sign('add'), 'home.two')}
        ${this.#step('home.icon', html`<span class="app">${mark()}</span>`, 'home.three')}
        ${this.#step('home.code', sign('code'), 'home.four')}
      </ol>
      ${
        invitation === undefined
          ? nothing
          : html`<p class="note" data-test="invited">${this.say('home.invited')}</p>
              ${this.trouble()}
              <button @click=${() => this.copy(invitation)}>
                ${icon(isCopied ? 'check' : 'copy')}${this.say(isCopied ? 'recovery.copied' : 'home.copy')}
              </button>`
      }
    </section>`
  }

  #step(label: StringKey, picture: TemplateResult, words: StringKey): TemplateResult {
    return html`<li>
      <span class="picture" role="img" aria-label=${this.say(label)}>${picture}</span>
      <span>${this.say(words)}</span>
    </li>`
  }

  static override styles = [
    ...controls,
    css`
      :host {
        max-width: 44rem;
        margin-inline: auto;
      }
      ol {
        display: grid;
        gap: 0.75rem;
        margin: 0;
        padding: 0;
        list-style: none;
        counter-reset: step;
      }
      li {
        position: relative;
        display: flex;
        align-items: center;
        gap: 1.1rem;
        font-size: 1.125rem;
        line-height: 1.4;
        counter-increment: step;
      }
      li::before {
        position: absolute;
        top: -6px;
        left: -6px;
        display: grid;
        place-items: center;
        width: 28px;
        height: 28px;
        border-radius: 50%;
        background: var(--accent);
        color: var(--accent-ink);
        font-size: 0.9375rem;
        font-weight: 650;
        content: counter(step);
      }
      .picture {
        display: grid;
        place-items: center;
        flex: none;
        width: 88px;
        height: 88px;
        border-radius: var(--radius);
        background: var(--sunken);
        color: var(--accent);
      }
      .picture svg {
        width: 48px;
        height: 48px;
      }
      .app {
        display: grid;
        place-items: center;
        width: 60px;
        height: 60px;
        border-radius: 14px;
        background: radial-gradient(130% 170% at 85% 0%, #15788a, var(--deep-1) 42%, var(--deep-2));
      }
      .app svg {
        width: 44px;
        height: 44px;
      }
      @media (min-width: 700px) {
        .card {
          padding: 2rem;
        }
      }
    `,
  ]
}

customElements.define('shoal-home-screen', ShoalHomeScreen)
