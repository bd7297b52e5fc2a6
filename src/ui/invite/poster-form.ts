/** Making an invitation: one device or a poster for several, what they are called, and the rest behind good defaults. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { PosterOptions } from '../../client/contract.ts'
import { icon } from '../icons.ts'
import { Panel } from '../panel.ts'
import type { StringKey } from '../text.ts'
import { languages } from '../text.ts'
import { controls } from '../theme.ts'
import { exampleNames, namesWords, patternFor } from './words.ts'

const hour = 3_600_000
const many = [5, 10, 20, 50, 100] as const
const manyFirst = 20
const times: readonly (readonly [milliseconds: number, key: StringKey])[] = [
  [hour, 'invite.hour'],
  [24 * hour, 'invite.day'],
  [7 * 24 * hour, 'invite.week'],
  [30 * 24 * hour, 'invite.month'],
]
const homes: readonly (readonly [path: string, key: StringKey])[] = [
  ['', 'invite.homeUsual'],
  ['/events', 'invite.homeEvents'],
  ['/devices', 'invite.homeDevices'],
  ['/overview', 'invite.homeOverview'],
]
const languageNames = { en: 'English', de: 'Deutsch' } as const
const nameCharsMax = 60

export interface Made {
  readonly link: string
  readonly uses: number
  /** Microseconds since the epoch. */
  readonly expires: number
  readonly name: string | undefined
}

export class ShoalPosterForm extends Panel {
  static override properties = {
    isPoster: { state: true },
    uses: { state: true },
    pattern: { state: true },
    expiresIn: { state: true },
    role: { state: true },
  }
  declare isPoster: boolean
  declare uses: number
  declare pattern: string
  declare expiresIn: number
  declare role: 'admin' | 'member'

  constructor() {
    super()
    this.isPoster = false
    this.uses = manyFirst
    this.pattern = ''
    this.expiresIn = 24 * hour
    this.role = 'member'
  }

  #make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const uses = this.isPoster ? this.uses : 1
    const name = patternFor(this.pattern, uses)
    const [home, language] = [this.field('home')?.value ?? '', this.field('language')?.value ?? '']
    const profile = {
      ...(name === undefined ? {} : { name }),
      ...(home === '' ? {} : { home }),
      ...(language === '' ? {} : { language }),
    }
    const options: PosterOptions = {
      uses,
      expiresIn: this.expiresIn,
      role: this.role,
      ...(Object.keys(profile).length === 0 ? {} : { profile }),
    }
    const link = await this.during(() => this.shoal.swarm.invite(options))
    if (link === undefined) return
    const made: Made = { link, uses, expires: (Date.now() + this.expiresIn) * 1000, name }
    this.dispatchEvent(new CustomEvent<Made>('shoal-made', { detail: made }))
  }

  override render(): TemplateResult {
    return html`<form class="card stack" @submit=${this.#make}>
      <fieldset>
        <legend class="unseen">${this.say('invite.kind')}</legend>
        ${this.#kind('one', 'devices', 'invite.kindOne', 'invite.kindOneText')}
        ${this.#kind('many', 'print', 'invite.kindMany', 'invite.kindManyText')}
      </fieldset>
      ${
        this.isPoster
          ? html`<label>
              ${this.say('invite.howMany')}
              <select id="uses" @change=${this.#read}>
                ${many.map((count) => html`<option value=${count} ?selected=${count === this.uses}>${this.say('invite.usesMany', { count })}</option>`)}
              </select>
            </label>`
          : nothing
      }
      ${this.#name()}
      <details>
        <summary>
          <span>
            <b>${this.say('invite.more')}</b>
            <span class="soft small">${this.#chosen()}</span>
          </span>
          ${icon('forward')}
        </summary>
        <div class="choices">${this.#more()}</div>
      </details>
      ${this.trouble()}
      <button class="first" ?disabled=${this.busy} data-test="invite">
        ${icon('invite')}${this.say('invite.make')}
      </button>
    </form>`
  }

  #kind(kind: 'one' | 'many', sign: 'devices' | 'print', title: StringKey, meaning: StringKey): TemplateResult {
    return html`<label class="kind">
      <input
        type="radio"
        name="kind"
        value=${kind}
        .checked=${this.isPoster === (kind === 'many')}
        @change=${() => (this.isPoster = kind === 'many')}
      />
      <span class="sign">${icon(sign)}</span>
      <span class="words">
        <strong>${this.say(title)}</strong>
        <span class="soft small">${this.say(meaning)}</span>
      </span>
    </label>`
  }

  #name(): TemplateResult {
    const uses = this.isPoster ? this.uses : 1
    const pattern = patternFor(this.pattern, uses)
    const example = this.say('invite.namesLike', { place: this.isPoster ? '{n}' : '1' })
    return html`<div class="stack name">
      <label>
        ${this.say(this.isPoster ? 'invite.names' : 'invite.name')}
        <input
          id="pattern"
          maxlength=${nameCharsMax}
          autocomplete="off"
          placeholder=${example}
          aria-describedby="pattern-hint"
          .value=${this.pattern}
          @input=${(event: InputEvent) => (this.pattern = (event.target as HTMLInputElement).value)}
        />
      </label>
      <p id="pattern-hint" class="soft small" role="status">
        ${
          pattern === undefined
            ? html`${this.say('invite.nameHint')}
              ${this.isPoster ? this.say('invite.namesHint', { place: '{n}' }) : nothing}`
            : html`${this.isPoster ? this.say('invite.preview') : nothing}
                <strong data-test="preview"
                  >${this.isPoster ? namesWords(pattern, uses, this.text) : exampleNames(pattern, 1)[0]}</strong
                >`
        }
      </p>
    </div>`
  }

  /** What is chosen behind the disclosure, so that nobody has to open it to know. */
  #chosen(): string {
    const time = times.find(([milliseconds]) => milliseconds === this.expiresIn)?.[1] ?? 'invite.day'
    return `${this.say('invite.expires')} ${this.say(time)}, ${this.say(`invite.role.${this.role}`)}`
  }
  #read = (): void => {
    this.uses = Number(this.field('uses')?.value ?? this.uses)
    this.expiresIn = Number(this.field('expires')?.value ?? this.expiresIn)
    this.role = this.field('role')?.value === 'admin' ? 'admin' : 'member'
  }

  #more(): TemplateResult {
    return html`<label>
        ${this.say('invite.expires')}
        <select id="expires" @change=${this.#read}>
          ${times.map(([time, key]) => html`<option value=${time} ?selected=${time === this.expiresIn}>${this.say(key)}</option>`)}
        </select>
      </label>
      <label>
        ${this.say('invite.role')}
        <select id="role" @change=${this.#read}>
          <option value="member">${this.say('invite.asMember')}</option>
          <option value="admin">${this.say('invite.asAdmin')}</option>
        </select>
      </label>
      <label>
        ${this.say('invite.home')}
        <select id="home">
          ${homes.map(([path, key]) => html`<option value=${path}>${this.say(key)}</option>`)}
        </select>
      </label>
      <label>
        ${this.say('invite.language')}
        <select id="language">
          <option value="">${this.say('invite.languageOwn')}</option>
          ${languages.map((language) => html`<option value=${language} lang=${language}>${languageNames[language]}</option>`)}
        </select>
      </label>`
  }

  static override styles = [
    ...controls,
    css`
      fieldset {
        display: grid;
        gap: 0.75rem;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
        margin: 0;
        padding: 0;
        border: 0;
      }
      .kind {
        position: relative;
        display: flex;
        align-items: center;
        gap: 1rem;
        min-height: 76px;
        padding: 0.9rem 1rem;
        border: 2px solid var(--line);
        border-radius: var(--radius);
        cursor: pointer;
      }
      .kind input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .kind:has(:checked) {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      .kind:has(:focus-visible) {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }
      .sign {
        flex: none;
        color: var(--accent);
      }
      .words {
        display: grid;
      }
      .words .soft {
        font-weight: 400;
      }
      .name {
        gap: 0.4rem;
      }
      summary {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        min-height: var(--target);
        cursor: pointer;
        list-style: none;
      }
      summary span span {
        display: block;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary svg {
        flex: none;
        color: var(--accent);
      }
      details[open] summary svg {
        transform: rotate(90deg);
      }
      .choices {
        display: grid;
        gap: 1rem;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
        margin-top: 0.75rem;
      }
      form > button.first {
        min-height: 68px;
        font-size: 1.1875rem;
      }
    `,
  ]
}

customElements.define('shoal-poster-form', ShoalPosterForm)
