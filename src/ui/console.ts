/** The console's frame: navigation, banners, and the view that the address names. Views that were opened stay, so that an import goes on. */
import type { TemplateResult } from 'lit'
import { LitElement, html, nothing } from 'lit'
import '../apps/andon/andon-view.ts'
import type { Shoal, SwarmStatus } from '../client/contract.ts'
import type { PageState } from '../page/contract.ts'
import './check/check-view.ts'
import './diary/diary-view.ts'
import { consoleStyle } from './console-style.ts'
import './devices/devices-view.ts'
import { applyProfile, chosenHome } from './fleet/profile.ts'
import { icon, mark } from './icons.ts'
import './invite/invite-view.ts'
import type { Theme } from './preferences.ts'
import { applyTheme, chosenLanguage, chosenTheme, recall, remember, themes } from './preferences.ts'
import type { Route, ViewName } from './route.ts'
import { currentRoute, homeLink, homeView, linkTo, viewNames } from './route.ts'
import type { Language, Text } from './text.ts'
import { createText } from './text.ts'
import { controls, tokens } from './theme.ts'
import './views/banners.ts'
import './views/events-view.ts'
import './views/import-view.ts'
import './views/overview-view.ts'
import './views/publish-view.ts'
import './views/query-view.ts'
import './welcome/recover-view.ts'
import './welcome/recovery-view.ts'
import './welcome/welcome-view.ts'

const themeIcon = { auto: 'auto', light: 'sun', dark: 'moon' } as const

/** On a handheld these stand behind “More”. */
const rest: readonly ViewName[] = ['query', 'publish', 'import', 'check', 'diary']

export class ShoalConsole extends LitElement {
  static override properties = {
    shoal: { attribute: false },
    page: { attribute: false },
    swarm: { state: true },
    route: { state: true },
    opened: { state: true },
    theme: { state: true },
    text: { state: true },
    importing: { state: true },
    calls: { state: true },
    more: { state: true },
  }

  declare shoal: Shoal | undefined
  declare page: PageState | undefined
  declare swarm: SwarmStatus | undefined
  /** Undefined until it is known where an address without a view leads. */
  declare route: Route | undefined
  declare opened: ReadonlySet<ViewName>
  declare theme: Theme
  declare text: Text
  declare importing: boolean
  /** Open calls of other devices. */
  declare calls: number
  declare more: boolean
  #forget: (() => void)[] = []
  /** The swarm whose profile was looked at. */
  #begunIn: string | undefined

  constructor() {
    super()
    this.opened = new Set()
    this.theme = chosenTheme()
    this.text = createText(chosenLanguage())
    this.importing = false
    this.calls = 0
    this.more = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const sheet = tokens.styleSheet
    if (sheet && !document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet)
    applyTheme(this.theme)
    document.documentElement.lang = this.text.language
    const follow = (): void => {
      this.more = false
      this.#follow()
      this.renderRoot.querySelector('main')?.scrollTo(0, 0)
    }
    window.addEventListener('hashchange', follow)
    this.#forget.push(() => window.removeEventListener('hashchange', follow))
    const stop = this.page?.onChange(() => this.requestUpdate())
    if (stop) this.#forget.push(stop)
    this.#follow()
    const unwatch = this.shoal?.swarm.watch((status) => this.#learn(status))
    if (unwatch) this.#forget.push(unwatch)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const forget of this.#forget.splice(0)) forget()
  }

  /** Until the node has answered, home is what it was last time: a screen at once, also with a cold worker. */
  #home(): ViewName | undefined {
    const hasLooked = recall('looked') !== undefined
    return this.swarm
      ? homeView(this.swarm, hasLooked, chosenHome())
      : viewNames.find((view) => view === recall('home'))
  }
  #follow(): void {
    const route = currentRoute(location, this.#home())
    this.route = route
    if (route) this.opened = new Set([...this.opened, route.view])
  }
  #learn(status: SwarmStatus): void {
    this.swarm = status
    remember('home', this.#home() ?? '')
    if (status.state === 'member' && status.joining === undefined) void this.#begin(status.swarmId)
    const { route } = this
    // the first start is over
    if (route?.view === 'welcome' && route.invitation === undefined && status.state === 'member' && !status.joining)
      location.replace(homeLink)
    this.#follow()
  }

  /** What the invitation says this device begins with. */
  async #begin(swarmId: string): Promise<void> {
    if (this.shoal === undefined || this.#begunIn === swarmId) return
    this.#begunIn = swarmId
    const language = await applyProfile(this.shoal, swarmId)
    if (language !== undefined) this.#speak(language)
    remember('home', this.#home() ?? '')
    this.#follow()
  }
  #speak(language: Language): void {
    remember('language', language)
    document.documentElement.lang = language
    this.text = createText(language)
  }

  #nextTheme = (): void => {
    this.theme = themes[(themes.indexOf(this.theme) + 1) % themes.length] ?? 'auto'
    remember('theme', this.theme)
    applyTheme(this.theme)
  }
  #nextLanguage = (): void => {
    this.#speak(this.text.language === 'en' ? 'de' : 'en')
  }

  override render(): TemplateResult {
    const { text, route } = this
    // The element that stands in the page before the node is there only shows what was put into it.
    if (this.shoal === undefined) return html`<slot></slot>`
    document.title = route ? `${text.say(`nav.${route.view}`)} · Shoal` : 'Shoal'
    return html`<div class="frame" @keydown=${this.#onKey}>
      <a class="skip" href="#main" @click=${this.#skip}>${text.say('nav.skip')}</a>
      <header>
        <a class="brand" href=${homeLink} aria-label="Shoal">${mark()}<span>Shoal</span></a>
        ${this.#navigation()}
        <div class="choices">
          <button
            @click=${this.#nextTheme}
            title=${text.say('nav.theme')}
            aria-label="${text.say('nav.theme')}: ${text.say(`theme.${this.theme}`)}"
          >
            ${icon(themeIcon[this.theme])}<span>${text.say(`theme.${this.theme}`)}</span>
          </button>
          <button
            @click=${this.#nextLanguage}
            lang=${text.language === 'en' ? 'de' : 'en'}
            aria-label=${text.language === 'en' ? 'DE Deutsch: auf Deutsch umschalten' : 'EN English: switch to English'}
          >
            <b>${text.language === 'en' ? 'DE' : 'EN'}</b>
            <span>${text.language === 'en' ? 'Deutsch' : 'English'}</span>
          </button>
        </div>
      </header>
      <main id="main" tabindex="-1">
        <shoal-banners
          .shoal=${this.shoal}
          .page=${this.page}
          .standing=${this.page?.current}
          .swarm=${this.swarm}
          .text=${text}
          .hidesRecovery=${route?.view === 'recovery'}
        ></shoal-banners>
        ${route ? nothing : html`<p class="waiting">${text.say('overview.waiting')}</p>`}
        ${viewNames.map((view) => (this.opened.has(view) && view !== 'andon' ? this.#view(view) : nothing))}
        ${this.#andon(this.shoal)}
      </main>
    </div>`
  }

  /** Help and the devices are there from the beginning of a swarm; before, there is the way into one. */
  #navigation(): TemplateResult {
    const { text } = this
    const isMember = this.swarm ? this.swarm.state === 'member' : recall('home') === (chosenHome() ?? 'andon')
    const first: readonly ViewName[] = [isMember ? 'andon' : 'welcome', 'devices', 'overview', 'events']
    const isInRest = this.route !== undefined && rest.includes(this.route.view)
    return html`<nav aria-label=${text.say('nav.label')}>
      ${first.map((view) => this.#link(view))}
      <button
        class="more"
        aria-expanded=${this.more}
        aria-controls="rest"
        ?data-current=${isInRest}
        @click=${() => (this.more = !this.more)}
      >
        ${icon('more')}<span>${text.say('nav.more')}</span>
      </button>
      <div id="rest" class="rest ${this.more ? 'open' : ''}">${rest.map((view) => this.#link(view))}</div>
    </nav>`
  }
  #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.more = false
  }
  #skip = (event: Event): void => {
    event.preventDefault()
    this.renderRoot.querySelector('main')?.focus()
  }

  #link(view: ViewName): TemplateResult {
    const at = this.route?.view
    const current = at === view || (view === 'devices' && (at === 'invite' || at === 'recover'))
    const alerts = view === 'overview' ? (this.swarm?.alerts.length ?? 0) : 0
    const { text } = this
    return html`<a
      href=${linkTo({ view })}
      class=${view}
      aria-current=${current ? 'page' : nothing}
      @click=${() => (this.more = false)}
    >
      ${icon(view)}<span>${text.say(`nav.${view}`)}</span>
      ${view === 'import' && this.importing ? html`<i class="busy" title=${text.say('import.running')}></i>` : nothing}
      ${alerts > 0 ? html`<i class="count mild" title=${text.say('alert.title')}>${alerts}</i>` : nothing}
      ${view === 'andon' && this.calls > 0 ? html`<i class="count">${this.calls}</i>` : nothing}
    </a>`
  }

  /** It watches for calls whatever is on the screen. */
  #andon(shoal: Shoal): TemplateResult | typeof nothing {
    if (this.swarm?.state !== 'member') return nothing
    return html`<shoal-andon
      .shoal=${shoal}
      .swarm=${this.swarm}
      .text=${this.text}
      ?active=${this.route?.view === 'andon'}
      @shoal-calls=${(event: CustomEvent<number>) => (this.calls = event.detail)}
      @shoal-go=${() => (location.hash = linkTo({ view: 'andon' }))}
    ></shoal-andon>`
  }

  #view(view: Exclude<ViewName, 'andon'>): TemplateResult {
    const { shoal, page, swarm, text } = this
    const active = this.route?.view === view
    const route = active ? this.route : undefined
    const standing = page?.current
    switch (view) {
      case 'welcome':
        return html`<shoal-welcome
          ?hidden=${!active}
          .shoal=${shoal}
          .page=${page}
          .standing=${standing}
          .swarm=${swarm}
          .text=${text}
          .step=${route?.step}
          .invitation=${route?.invitation}
          ?active=${active}
        ></shoal-welcome>`
      case 'recovery':
        return html`<shoal-recovery
          ?hidden=${!active}
          .shoal=${shoal}
          .swarm=${swarm}
          .text=${text}
          ?active=${active}
        ></shoal-recovery>`
      case 'recover':
        return html`<shoal-recover
          ?hidden=${!active}
          .shoal=${shoal}
          .swarm=${swarm}
          .text=${text}
          ?active=${active}
        ></shoal-recover>`
      case 'invite':
        return html`<shoal-invite
          ?hidden=${!active}
          .shoal=${shoal}
          .swarm=${swarm}
          .text=${text}
          .poster=${route?.poster}
          ?active=${active}
        ></shoal-invite>`
      case 'devices':
        return html`<shoal-devices
          ?hidden=${!active}
          .shoal=${shoal}
          .page=${page}
          .standing=${standing}
          .swarm=${swarm}
          .text=${text}
          .device=${route?.device}
          ?active=${active}
        ></shoal-devices>`
      case 'check':
        return html`<shoal-check
          ?hidden=${!active}
          .shoal=${shoal}
          .page=${page}
          .standing=${standing}
          .swarm=${swarm}
          .text=${text}
          .device=${route?.device}
          ?active=${active}
        ></shoal-check>`
      case 'diary':
        return html`<shoal-diary
          ?hidden=${!active}
          .shoal=${shoal}
          .swarm=${swarm}
          .text=${text}
          .device=${route?.device}
          ?active=${active}
        ></shoal-diary>`
      case 'overview':
        return html`<shoal-overview
          ?hidden=${!active}
          .shoal=${shoal}
          .page=${page}
          .standing=${standing}
          .swarm=${swarm}
          .text=${text}
          ?active=${active}
        ></shoal-overview>`
      case 'events':
        return html`<shoal-events ?hidden=${!active} .shoal=${shoal} .text=${text} ?active=${active}></shoal-events>`
      case 'query':
        return html`<shoal-query
          ?hidden=${!active}
          .shoal=${shoal}
          .text=${text}
          .aql=${route?.aql}
          .swarmId=${route?.swarmId}
          ?active=${active}
        ></shoal-query>`
      case 'publish':
        return html`<shoal-publish ?hidden=${!active} .shoal=${shoal} .text=${text} ?active=${active}></shoal-publish>`
      case 'import':
        return html`<shoal-import
          ?hidden=${!active}
          .shoal=${shoal}
          .text=${text}
          ?active=${active}
          @shoal-working=${(event: CustomEvent<boolean>) => (this.importing = event.detail)}
        ></shoal-import>`
    }
  }

  static override styles = [...controls, consoleStyle]
}

customElements.define('shoal-console', ShoalConsole)
