/** This device as a node: its name, what it holds, how much room is left, and what could be better about how it runs. */
import type { PropertyValues, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { NodeDetails } from '../../client/contract.ts'
import { errorText } from '../error-text.ts'
import { shownName } from '../devices/words.ts'
import '../export/export-button.ts'
import '../fleet/alert-list.ts'
import { icon, school } from '../icons.ts'
import { linkTo } from '../route.ts'
import { controls } from '../theme.ts'
import { View } from '../view.ts'
import { overviewStyle } from './overview-style.ts'
import './standing-list.ts'

/** Milliseconds between two looks at the node while this view is on screen. */
const lookEvery = 3000

export class ShoalOverview extends View {
  static override properties = {
    details: { state: true },
    problem: { state: true },
    renaming: { state: true },
    copied: { state: true },
  }

  declare details: NodeDetails | undefined
  declare problem: unknown
  declare renaming: boolean
  declare copied: boolean
  #timer: ReturnType<typeof setInterval> | undefined

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('active')) return
    clearInterval(this.#timer)
    if (!this.active) return
    void this.#look()
    void this.page?.measure()
    this.#timer = setInterval(() => document.visibilityState === 'visible' && void this.#look(), lookEvery)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    try {
      this.details = await this.shoal.info()
      this.problem = undefined
    } catch (error) {
      this.problem = error
    }
  }

  #rename = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const name = this.renderRoot.querySelector<HTMLInputElement>('#name')?.value.trim()
    try {
      if (name) await this.shoal.rename(name)
      this.renaming = false
    } catch (error) {
      this.problem = error
    }
    await this.#look()
  }
  #startRenaming = async (): Promise<void> => {
    this.renaming = true
    await this.updateComplete
    this.renderRoot.querySelector<HTMLInputElement>('#name')?.select()
  }
  #copy = async (id: string): Promise<void> => {
    await navigator.clipboard.writeText(id)
    this.copied = true
    setTimeout(() => (this.copied = false), 2000)
  }

  override render(): TemplateResult {
    const { details } = this
    return html`
      ${this.problem ? html`<div class="note bad" role="alert">${errorText(this.problem, this.text)}</div>` : nothing}
      ${details ? this.#node(details) : html`<p class="soft waiting">${this.say('overview.waiting')}</p>`}
    `
  }

  #node(details: NodeDetails): TemplateResult {
    return html`<div class="grid">
      <shoal-alerts class="wide" .shoal=${this.shoal} .swarm=${this.swarm} .text=${this.text}></shoal-alerts>
      <section class="hero">
        ${school(Math.min(60, 6 + Math.round(9 * Math.log10(1 + details.events))))} ${this.#count(details)}
      </section>
      <section class="card stack">${this.#identity(details)}</section>
      <section class="card stack">${this.#storage(details)}</section>
      <section class="card standing">
        <div class="bar">
          <h2 class="grow">${this.say('overview.standing')}</h2>
          <a class="button" href=${linkTo({ view: 'check' })}>${icon('check')}${this.say('check.title')}</a>
        </div>
        <shoal-standing .page=${this.page} .standing=${this.standing} .text=${this.text}></shoal-standing>
      </section>
      ${details.quarantined.length > 0 ? this.#quarantined(details) : nothing}
      ${details.diary.length > 0 ? this.#diary(details) : nothing}
    </div>`
  }

  #count({ events, runs, logBytes }: NodeDetails): TemplateResult {
    if (events === 0) {
      return html`<div>
        <h1>${this.say('overview.emptyTitle')}</h1>
        <p>${this.say('overview.emptyText')}</p>
        <p class="bar">
          <a class="button light" href=${linkTo({ view: 'import' })}
            >${icon('import')}${this.say('overview.emptyImport')}</a
          >
          <a class="button light" href=${linkTo({ view: 'publish' })}
            >${icon('publish')}${this.say('overview.emptyPublish')}</a
          >
        </p>
      </div>`
    }
    const per = this.text.number(logBytes / events, 1)
    return html`<div>
      <p class="big" data-test="events">
        <b>${this.text.number(events)}</b> <span>${this.say('overview.events')}</span>
      </p>
      <p>${this.say('overview.density', { bytes: this.text.bytes(logBytes), runs, per })}</p>
    </div>`
  }

  #identity({ displayName, nodeId, version, uptime }: NodeDetails): TemplateResult {
    return html`
      ${
        this.renaming
          ? html`<form class="bar" @submit=${this.#rename}>
              <label class="grow"
                >${this.say('overview.name')}<input id="name" maxlength="80" .value=${displayName} autocomplete="off"
              /></label>
              <span class="bar">
                <button class="first">${this.say('common.save')}</button>
                <button type="button" class="quiet" @click=${() => (this.renaming = false)}>
                  ${this.say('common.cancel')}
                </button>
              </span>
            </form>`
          : html`<div class="bar">
              <div class="grow">
                <p class="soft small">${this.say('overview.node')}</p>
                <h2 class="name">
                  ${displayName === '' ? this.say('overview.unnamed') : shownName(displayName, this.text)}
                </h2>
              </div>
              <button
                class="quiet"
                aria-label=${this.say('overview.rename')}
                title=${this.say('overview.rename')}
                @click=${this.#startRenaming}
              >
                ${icon('edit')}
              </button>
            </div>`
      }
      <div class="bar id">
        <div class="grow">
          <p class="soft small">${this.say('overview.id')}</p>
          <p class="mono">${nodeId}</p>
        </div>
        <button
          class="quiet"
          aria-label=${this.say('overview.copy')}
          title=${this.say('overview.copy')}
          @click=${() => this.#copy(nodeId)}
        >
          ${icon(this.copied ? 'check' : 'copy')}
        </button>
      </div>
      <p class="soft small">${this.say('overview.running', { time: this.text.duration(uptime.secs), version })}</p>
    `
  }

  #storage(details: NodeDetails): TemplateResult {
    const storage = details.storage ?? this.standing?.storage
    const share = storage && storage.quota > 0 ? Math.min(1, storage.used / storage.quota) : 0
    return html`
      <h2>${this.say('overview.storage')}</h2>
      ${
        storage
          ? html`<div>
              <svg
                class="gauge ${share > 0.9 ? 'low' : ''}"
                viewBox="0 0 1000 1"
                preserveAspectRatio="none"
                role="img"
                aria-label=${this.say('overview.usedShare', { share: this.text.number(share * 100, 1) })}
              >
                <rect height="1" width=${Math.max(6, share * 1000)} />
              </svg>
              <dl>
                <div>
                  <dt>${this.say('overview.used')}</dt>
                  <dd>${this.text.bytes(storage.used)}</dd>
                </div>
                <div>
                  <dt>${this.say('overview.free')}</dt>
                  <dd>${this.text.bytes(Math.max(0, storage.quota - storage.used))}</dd>
                </div>
                <div>
                  <dt>${this.say('overview.log')}</dt>
                  <dd>${this.text.bytes(details.logBytes)}</dd>
                </div>
              </dl>
              ${share > 0.9 ? html`<p class="note bad">${this.say('overview.nearlyFull')}</p>` : nothing}
            </div>`
          : html`<p class="soft">${this.say('overview.storageUnknown')}</p>`
      }
      ${
        details.events > 0
          ? html`<shoal-export
              .shoal=${this.shoal}
              .text=${this.text}
              .total=${details.events}
              .label=${this.say('export.log')}
            ></shoal-export>`
          : nothing
      }
    `
  }

  #quarantined({ quarantined }: NodeDetails): TemplateResult {
    return html`<section class="card stack wide">
      <h2>${this.say('overview.quarantined')}</h2>
      <p class="note warn">${this.say('overview.quarantinedText')}</p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>${this.say('overview.stream')}</th>
              <th>${this.say('overview.offsets')}</th>
              <th>${this.say('overview.reason')}</th>
            </tr>
          </thead>
          <tbody>
            ${quarantined.map(
              (run) =>
                html`<tr>
                  <td class="mono">${run.stream}</td>
                  <td>${run.from}–${run.from + run.count - 1}</td>
                  <td>${run.reason}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`
  }

  #diary({ diary }: NodeDetails): TemplateResult {
    return html`<section class="card stack wide">
      <h2>${this.say('overview.diary')}</h2>
      <ul class="diary">
        ${diary
          .toReversed()
          .slice(0, 20)
          .map(
            (entry) =>
              html`<li>
                <time class="soft small">${this.text.dateTime(entry.time)}</time><span>${entry.message}</span>
              </li>`,
          )}
      </ul>
    </section>`
  }

  static override styles = [...controls, overviewStyle]
}

customElements.define('shoal-overview', ShoalOverview)
