/** The console's frame: navigation, banners, and the view that the address names. Views that were opened stay, so that an import goes on. */
import type { TemplateResult } from 'lit'
import { LitElement, html, nothing } from 'lit'
import type { Shoal } from '../client/contract.ts'
import type { PageState } from '../page/contract.ts'
import './check/check-view.ts'
import { consoleStyle } from './console-style.ts'
import { icon, mark } from './icons.ts'
import type { Theme } from './preferences.ts'
import { applyTheme, chosenLanguage, chosenTheme, remember, themes } from './preferences.ts'
import type { Route, ViewName } from './route.ts'
import { currentRoute, linkTo, viewNames } from './route.ts'
import type { Language, StringKey, Text } from './text.ts'
import { createText } from './text.ts'
import { controls, tokens } from './theme.ts'
import './views/banners.ts'
import './views/events-view.ts'
import './views/import-view.ts'
import './views/overview-view.ts'
import './views/publish-view.ts'
import './views/query-view.ts'

const themeIcon = { auto: 'auto', light: 'sun', dark: 'moon' } as const

export class ShoalConsole extends LitElement {
  static override properties = {
    shoal: { attribute: false },
    page: { attribute: false },
    route: { state: true },
    opened: { state: true },
    theme: { state: true },
    text: { state: true },
    importing: { state: true },
  }

  declare shoal: Shoal | undefined
  declare page: PageState | undefined
  declare route: Route
  declare opened: ReadonlySet<ViewName>
  declare theme: Theme
  declare text: Text
  declare importing: boolean
  #forget: (() => void)[] = []

  constructor() {
    super()
    this.route = currentRoute(location)
    this.opened = new Set([this.route.view])
    this.theme = chosenTheme()
    this.text = createText(chosenLanguage())
    this.importing = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const sheet = tokens.styleSheet
    if (sheet && !document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet)
    applyTheme(this.theme)
    document.documentElement.lang = this.text.language
    const follow = (): void => {
      this.route = currentRoute(location)
      this.opened = new Set([...this.opened, this.route.view])
      this.renderRoot.querySelector('main')?.scrollTo(0, 0)
    }
    window.addEventListener('hashchange', follow)
    this.#forget.push(() => window.removeEventListener('hashchange', follow))
    const stop = this.page?.onChange(() => this.requestUpdate())
    if (stop) this.#forget.push(stop)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const forget of this.#forget.splice(0)) forget()
  }

  #nextTheme = (): void => {
    this.theme = themes[(themes.indexOf(this.theme) + 1) % themes.length] ?? 'auto'
    remember('theme', this.theme)
    applyTheme(this.theme)
  }
  #nextLanguage = (): void => {
    const language: Language = this.text.language === 'en' ? 'de' : 'en'
    remember('language', language)
    document.documentElement.lang = language
    this.text = createText(language)
  }

  override render(): TemplateResult {
    const { text, route } = this
    // The element that stands in the page before the node is there only shows what was put into it.
    if (this.shoal === undefined) return html`<slot></slot>`
    document.title = `${text.say(`nav.${route.view}`)} · Shoal`
    return html`<div class="frame">
      <a class="skip" href="#main" @click=${this.#skip}>${text.say('nav.skip')}</a>
      <header>
        <a class="brand" href=${linkTo({ view: 'overview' })} aria-label="Shoal">${mark()}<span>Shoal</span></a>
        <nav aria-label=${text.say('nav.label')}>${viewNames.map((view) => this.#link(view))}</nav>
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
            aria-label=${text.language === 'en' ? 'Auf Deutsch umschalten' : 'Switch to English'}
          >
            <b>${text.language === 'en' ? 'DE' : 'EN'}</b><span>${text.language === 'en' ? 'Deutsch' : 'English'}</span>
          </button>
        </div>
      </header>
      <main id="main" tabindex="-1">
        <shoal-banners .page=${this.page} .standing=${this.page?.current} .text=${text}></shoal-banners>
        ${viewNames.map((view) => (this.opened.has(view) ? this.#view(view) : nothing))}
      </main>
    </div>`
  }

  #skip = (event: Event): void => {
    event.preventDefault()
    this.renderRoot.querySelector('main')?.focus()
  }

  #link(view: ViewName): TemplateResult {
    const current = this.route.view === view
    const key: StringKey = `nav.${view}`
    return html`<a href=${linkTo({ view })} class=${view} aria-current=${current ? 'page' : nothing}>
      ${icon(view)}<span>${this.text.say(key)}</span>
      ${view === 'import' && this.importing ? html`<i class="busy" title=${this.text.say('import.running')}></i>` : nothing}
    </a>`
  }

  #view(view: ViewName): TemplateResult {
    const { shoal, page, text, route } = this
    const active = route.view === view
    const standing = page?.current
    if (view === 'check') {
      return html`<shoal-check
        ?hidden=${!active}
        .shoal=${shoal}
        .page=${page}
        .standing=${standing}
        .text=${text}
        ?active=${active}
      ></shoal-check>`
    }
    switch (view) {
      case 'overview':
        return html`<shoal-overview
          ?hidden=${!active}
          .shoal=${shoal}
          .page=${page}
          .standing=${standing}
          .text=${text}
          ?active=${active}
        ></shoal-overview>`
      case 'events':
        return html`<shoal-events
          ?hidden=${!active}
          .shoal=${shoal}
          .page=${page}
          .text=${text}
          ?active=${active}
        ></shoal-events>`
      case 'query':
        return html`<shoal-query
          ?hidden=${!active}
          .shoal=${shoal}
          .page=${page}
          .text=${text}
          .aql=${active ? route.aql : undefined}
          ?active=${active}
        ></shoal-query>`
      case 'publish':
        return html`<shoal-publish
          ?hidden=${!active}
          .shoal=${shoal}
          .page=${page}
          .text=${text}
          ?active=${active}
        ></shoal-publish>`
      case 'import':
        return html`<shoal-import
          ?hidden=${!active}
          .shoal=${shoal}
          .page=${page}
          .text=${text}
          ?active=${active}
          @shoal-working=${(event: CustomEvent<boolean>) => (this.importing = event.detail)}
        ></shoal-import>`
    }
  }

  static override styles = [...controls, consoleStyle]
}

customElements.define('shoal-console', ShoalConsole)
