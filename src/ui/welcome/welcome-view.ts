/** The first start: begin a swarm, join one, or look around. */
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { icon, school } from '../icons.ts'
import { remember } from '../preferences.ts'
import type { WelcomeStep } from '../route.ts'
import { linkTo } from '../route.ts'
import '../scan/home-screen.ts'
import type { StringKey } from '../text.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import './founding-panel.ts'
import './join-panel.ts'
import './join-progress.ts'
import { welcomeStyle } from './welcome-style.ts'

export class ShoalWelcome extends View {
  static override properties = { step: { attribute: false }, invitation: { attribute: false } }

  declare step: WelcomeStep | undefined
  /** The address of the invitation by which this page was opened. */
  declare invitation: string | undefined

  #look = (): void => remember('looked', 'yes')

  override render(): TemplateResult {
    const { swarm } = this
    if (!swarm) return html`<p class="soft waiting">${this.say('overview.waiting')}</p>`
    if (swarm.joining)
      return this.#inside(
        html`<shoal-join-progress .shoal=${this.shoal} .swarm=${swarm} .text=${this.text}></shoal-join-progress>`,
        false,
      )
    // an iPad or iPhone outside of the app: what is begun here cannot be gone on with there
    if (this.standing?.installability === 'by-hand' && swarm.state === 'alone')
      return html`<shoal-home-screen .text=${this.text} .invitation=${this.invitation}></shoal-home-screen>`
    if (this.step === 'found')
      return this.#inside(
        html`<shoal-founding .shoal=${this.shoal} .swarm=${swarm} .text=${this.text}></shoal-founding>`,
      )
    if (this.step === 'join')
      return this.#inside(
        html`<shoal-join
          .shoal=${this.shoal}
          .swarm=${swarm}
          .text=${this.text}
          .invitation=${this.invitation}
        ></shoal-join>`,
      )
    return html`<div class="choose">
      <section class="hero">
        ${school(34)}
        <div>
          <h1>${this.say('welcome.title')}</h1>
          <p>${this.say('welcome.text')}</p>
        </div>
      </section>
      ${this.#choice('found', 'plus', 'welcome.found', 'welcome.foundText')}
      ${this.#choice('join', 'devices', 'welcome.join', 'welcome.joinText')}
      <a class="look" href=${linkTo({ view: 'overview' })} @click=${this.#look}>
        <strong>${this.say('welcome.look')}</strong>
        <span class="soft">${this.say('welcome.lookText')}</span>
      </a>
    </div>`
  }

  #choice(step: WelcomeStep, sign: 'plus' | 'devices', title: StringKey, meaning: StringKey): TemplateResult {
    return html`<a class="card choice" href=${linkTo({ view: 'welcome', step })} data-test=${step}>
      <span class="sign">${icon(sign)}</span>
      <span class="words">
        <strong>${this.say(title)}</strong>
        <span class="soft">${this.say(meaning)}</span>
      </span>
      ${icon('forward')}
    </a>`
  }

  #inside(content: TemplateResult, hasBack = true): TemplateResult {
    return html`<div class="inside">
      ${hasBack ? html`<a class="button quiet back" href=${linkTo({ view: 'welcome' })}>${icon('back')}${this.say('welcome.back')}</a>` : nothing}
      ${content}
    </div>`
  }

  static override styles = [...controls, welcomeStyle]
}

customElements.define('shoal-welcome', ShoalWelcome)
