/** Writes one event by hand. Nothing is called stored before the node has said so; a draft survives a reload. */
import type { TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { Published } from '../../client/contract.ts'
import { codeOf, errorText } from '../error-text.ts'
import { icon } from '../icons.ts'
import type { JsonProblem } from '../json-text.ts'
import { jsonProblem, jsonText } from '../json-text.ts'
import { recall, remember } from '../preferences.ts'
import { linkTo, quoted } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import './safety-line.ts'
import { tagStyle } from './tag-style.ts'

type State =
  | { readonly type: 'idle' }
  | { readonly type: 'publishing' }
  | { readonly type: 'stored'; readonly published: Published; readonly tags: readonly string[] }
  | { readonly type: 'failed'; readonly error: unknown }

const firstPayload = '{\n  "machine": "press-1",\n  "note": ""\n}'

const savedTags = (): string[] => {
  try {
    const tags: unknown = JSON.parse(recall('draft.tags') ?? '[]')
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : []
  } catch {
    return []
  }
}

export class ShoalPublish extends View {
  static override properties = {
    tags: { state: true },
    payload: { state: true },
    problem: { state: true },
    state: { state: true },
  }
  declare tags: readonly string[]
  declare payload: string
  declare problem: JsonProblem | undefined
  declare state: State

  constructor() {
    super()
    this.tags = savedTags()
    this.payload = recall('draft.payload') ?? firstPayload
    this.problem = jsonProblem(this.payload)
    this.state = { type: 'idle' }
  }

  #setTags(tags: readonly string[]): void {
    this.tags = [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))]
    remember('draft.tags', JSON.stringify(this.tags))
  }
  #setPayload(payload: string): void {
    this.payload = payload
    this.problem = jsonProblem(payload)
    remember('draft.payload', payload)
  }
  get #tagInput(): HTMLInputElement | null {
    return this.renderRoot.querySelector<HTMLInputElement>('#tag')
  }
  #addTag = (): void => {
    const input = this.#tagInput
    if (!input) return
    this.#setTags([...this.tags, ...input.value.split(/[,\n]/)])
    input.value = ''
  }
  #onTagKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault()
      this.#addTag()
    } else if (event.key === 'Backspace' && this.#tagInput?.value === '') this.#setTags(this.tags.slice(0, -1))
  }
  #onPayload = (event: InputEvent): void => {
    if (event.target instanceof HTMLTextAreaElement) this.#setPayload(event.target.value)
  }

  #publish = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    this.#addTag()
    if (this.problem || this.state.type === 'publishing') return
    const { tags } = this
    this.state = { type: 'publishing' }
    try {
      const [published] = await this.shoal.publish([{ tags, payload: JSON.parse(this.payload) as unknown }])
      this.state = published ? { type: 'stored', published, tags } : { type: 'idle' }
    } catch (error) {
      this.state = { type: 'failed', error }
    }
    await this.updateComplete
    this.renderRoot.querySelector('.outcome')?.scrollIntoView({ block: 'nearest' })
  }

  override render(): TemplateResult {
    const { problem, state } = this
    return html`<form class="stack" @submit=${this.#publish}>
      <h1>${this.say('nav.publish')}</h1>
      <div class="field">
        <label for="tag">${this.say('publish.tags')}</label>
        <div class="chips box">
          ${this.tags.map(
            (tag) =>
              html`<button
                type="button"
                class="tag"
                @click=${() => this.#setTags(this.tags.filter((other) => other !== tag))}
                aria-label=${this.say('publish.removeTag', { tag })}
              >
                ${tag}${icon('close')}
              </button>`,
          )}
          <input
            id="tag"
            autocomplete="off"
            autocapitalize="off"
            maxlength="1024"
            placeholder=${this.say('publish.tagHint')}
            @keydown=${this.#onTagKey}
            @blur=${this.#addTag}
          />
        </div>
      </div>
      <div class="field">
        <label for="payload">${this.say('publish.payload')}</label>
        <textarea
          id="payload"
          rows="9"
          spellcheck="false"
          autocapitalize="off"
          autocomplete="off"
          aria-invalid=${problem !== undefined}
          aria-describedby="verdict"
          .value=${this.payload}
          @input=${this.#onPayload}
        ></textarea>
        <p id="verdict" class=${problem ? 'wrong' : 'right'} role="status">
          ${
            problem
              ? this.say(problem.found ? 'publish.invalid' : 'publish.unfinished', { ...problem })
              : this.say('publish.valid')
          }
        </p>
      </div>
      <div class="bar">
        <button class="first" ?disabled=${problem !== undefined || state.type === 'publishing'}>
          ${icon('publish')}${this.say(state.type === 'publishing' ? 'publish.publishing' : 'nav.publish')}
        </button>
        <button
          type="button"
          ?disabled=${problem !== undefined}
          @click=${() => this.#setPayload(jsonText(JSON.parse(this.payload), 2))}
        >
          ${this.say('publish.tidy')}
        </button>
      </div>
      <div class="outcome" role="status">${this.#outcome()}</div>
    </form>`
  }

  #outcome(): TemplateResult {
    const { state } = this
    if (state.type === 'stored') {
      const aql = state.tags[0] === undefined ? 'FROM allEvents LIMIT 1' : `FROM ${quoted(state.tags[0])}`
      return html`<div class="note good">
        <strong>${this.say('publish.stored')}</strong>
        <shoal-safety-line .shoal=${this.shoal} .text=${this.text} .event=${state.published}></shoal-safety-line>
        <p>
          ${this.say('publish.where', { offset: String(state.published.offset), lamport: String(state.published.lamport), time: this.text.dateTime(state.published.timestamp) })}
        </p>
        <p class="mono small">${state.published.stream}</p>
        <p><a class="chip" href=${linkTo({ view: 'query', aql })}>${this.say('publish.show')}</a></p>
      </div>`
    }
    if (state.type !== 'failed') return html`${nothing}`
    return html`<div class="note bad" role="alert">
      <strong>${this.say('publish.notStored')}</strong>
      <p>${errorText(state.error, this.text)}</p>
      ${codeOf(state.error) === 'ERR_STORE_FULL' ? html`<p>${this.say('publish.draftKept')}</p>` : nothing}
    </div>`
  }

  static override styles = [
    ...controls,
    tagStyle,
    css`
      form {
        max-width: 60rem;
      }
      .field {
        display: grid;
        gap: 0.4rem;
      }
      .box {
        align-items: center;
        padding: 0.35rem;
        border: 1.5px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
      }
      .box:focus-within {
        border-color: var(--accent);
      }
      .box input {
        flex: 1 1 10rem;
        width: auto;
        min-height: 48px;
        border: 0;
        background: none;
      }
      textarea[aria-invalid='true'] {
        border-color: var(--bad);
      }
      .wrong {
        color: var(--bad);
        font-weight: 600;
      }
      .right {
        color: var(--ink-soft);
      }
    `,
  ]
}

customElements.define('shoal-publish', ShoalPublish)
