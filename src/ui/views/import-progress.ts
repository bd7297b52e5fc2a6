/** An import under way, or how it ended: rate, time left, and the lines that could not be taken. */
import type { TemplateResult } from 'lit'
import { LitElement, css, html, nothing } from 'lit'
import { errorText } from '../error-text.ts'
import { saveBlob } from '../export/download.ts'
import { icon } from '../icons.ts'
import type { BadLine, ImportEnd, ImportState } from '../import/importer.ts'
import type { OpenedFile } from '../import/session.ts'
import { problemText } from '../problem-text.ts'
import { linkTo } from '../route.ts'
import type { Text } from '../text.ts'
import { controls } from '../theme.ts'

const shownLines = 100

/** Quoted for a spreadsheet, which is where such a list is read. */
const csvCell = (text: string): string => `"${text.replaceAll('"', '""')}"`

export class ShoalImportProgress extends LitElement {
  static override properties = {
    opened: { attribute: false },
    progress: { attribute: false },
    end: { attribute: false },
    started: { attribute: false },
    seconds: { attribute: false },
    text: { attribute: false },
  }
  declare opened: OpenedFile
  declare progress: ImportState | undefined
  declare end: ImportEnd | undefined
  declare started: number
  declare seconds: number
  declare text: Text

  override render(): TemplateResult {
    const { opened, progress, end, text } = this
    const bytes = progress?.bytesRead ?? 0
    return html`<div class="stack">
      <section class="card stack" data-test=${end ? `ended-${end.type}` : 'running'}>
        <h2>${opened.file.name}</h2>
        ${end ? this.#ending(end) : html`<progress max=${Math.max(1, opened.file.size)} value=${bytes}></progress>`}
        <dl>
          <div>
            <dt>${text.say('import.stored')}</dt>
            <dd data-test="stored">${text.number(progress?.events ?? 0)}</dd>
          </div>
          <div>
            <dt>${text.say('import.bad')}</dt>
            <dd data-test="bad" class=${progress && progress.bad > 0 ? 'some' : ''}>
              ${text.number(progress?.bad ?? 0)}
            </dd>
          </div>
          ${this.#pace(bytes)}
        </dl>
        <div class="bar">
          <slot></slot>
          ${end?.type === 'done' ? html`<a class="button" href=${linkTo({ view: 'query' })}>${icon('query')}${text.say('import.toQuery')}</a>` : nothing}
        </div>
      </section>
      ${progress && progress.badLines.length > 0 && end ? this.#badLines(progress.badLines, progress.bad) : nothing}
    </div>`
  }

  #ending(end: ImportEnd): TemplateResult {
    const { text } = this
    const events = this.progress?.events ?? 0
    switch (end.type) {
      case 'done':
        return html`<p class="note good" role="status">${text.say('import.done', { count: events })}</p>`
      case 'cancelled':
        return html`<p class="note warn" role="status">${text.say('import.cancelled', { count: events })}</p>`
      case 'failed':
        return html`<div class="note bad" role="alert">
          <p>${errorText(end.error, text)}</p>
          <p>${text.say('import.failed', { count: events })}</p>
        </div>`
    }
  }

  #pace(bytes: number): TemplateResult {
    const { text, opened, progress, end } = this
    const seconds = end ? this.seconds : (performance.now() - this.started) / 1000
    const rate = (progress?.eventsNow ?? 0) / Math.max(0.001, seconds)
    const left = bytes > 0 ? (seconds * (opened.file.size - bytes)) / bytes : undefined
    return html`
      <div>
        <dt>${text.say('import.rate')}</dt>
        <dd>${text.say('import.perSecond', { count: Math.round(rate) })}</dd>
      </div>
      ${
        end
          ? html`<div>
              <dt>${text.say('import.took')}</dt>
              <dd>${text.duration(seconds)}</dd>
            </div>`
          : html`<div>
              <dt>${text.say('import.left')}</dt>
              <dd>${left === undefined || seconds < 1 ? '…' : text.duration(left)}</dd>
            </div>`
      }
    `
  }

  #save = (lines: readonly BadLine[]): void => {
    const { text, opened } = this
    const rows = lines.map(({ line, problem, text: content }) => [String(line), problemText(problem, text), content])
    const header = [text.say('import.line'), text.say('import.why'), text.say('import.content')]
    const csv = [header, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')
    saveBlob(new Blob(['\ufeff', csv, '\r\n'], { type: 'text/csv' }), `${opened.file.name}-bad-lines.csv`)
  }

  #badLines(lines: readonly BadLine[], count: number): TemplateResult {
    const { text } = this
    return html`<section class="card stack">
      <div class="bar">
        <h2 class="grow">${text.say('import.badTitle', { count })}</h2>
        <button @click=${() => this.#save(lines)}>${icon('save')}${text.say('import.badSave')}</button>
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th class="number">${text.say('import.line')}</th>
              <th>${text.say('import.why')}</th>
              <th>${text.say('import.content')}</th>
            </tr>
          </thead>
          <tbody>
            ${lines.slice(0, shownLines).map(
              (bad) =>
                html`<tr>
                  <td class="number">${bad.line}</td>
                  <td>${problemText(bad.problem, text)}</td>
                  <td class="mono">${bad.text.slice(0, 120)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${count > shownLines ? html`<p class="soft">${text.say('import.badMore', { count: count - Math.min(shownLines, lines.length) })}</p>` : nothing}
    </section>`
  }

  static override styles = [
    ...controls,
    css`
      progress {
        width: 100%;
        height: 18px;
        accent-color: var(--accent);
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr));
        gap: 1rem;
        margin: 0;
      }
      dt {
        color: var(--ink-soft);
        font-size: 0.9375rem;
      }
      dd {
        margin: 0;
        font-size: 1.75rem;
        font-weight: 640;
        line-height: 1.2;
      }
      dd.some {
        color: var(--warn);
      }
      .scroll {
        max-height: 60dvh;
      }
    `,
  ]
}

customElements.define('shoal-import-progress', ShoalImportProgress)
