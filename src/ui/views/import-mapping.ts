/** What the columns of a file mean, changed by hand, with the first events as they would be. */
import type { TemplateResult } from 'lit'
import { LitElement, css, html, nothing } from 'lit'
import type { CsvFormat } from '../import/csv.ts'
import { delimiters } from '../import/csv.ts'
import type { Column, Mapping } from '../import/mapping.ts'
import { mapRecord, templateColumns } from '../import/mapping.ts'
import type { OpenedFile } from '../import/session.ts'
import { valueTypes } from '../import/value.ts'
import { icon } from '../icons.ts'
import { jsonStyle, jsonView } from '../json-view.ts'
import { problemText } from '../problem-text.ts'
import type { StringKey, Text } from '../text.ts'
import { controls } from '../theme.ts'
import { tagStyle } from './tag-style.ts'

const previewed = 4
const delimiterName: Readonly<Record<string, StringKey>> = {
  ',': 'map.comma',
  ';': 'map.semicolon',
  '\t': 'map.tab',
  '|': 'map.pipe',
}

const valueOf = (event: Event): string =>
  event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement ? event.target.value : ''
const isTicked = (event: Event): boolean => event.target instanceof HTMLInputElement && event.target.checked

export class ShoalImportMapping extends LitElement {
  static override properties = { opened: { attribute: false }, text: { attribute: false } }
  declare opened: OpenedFile
  declare text: Text

  #emit(type: 'format' | 'mapping', detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
  #setColumn(columns: readonly Column[], index: number, change: Partial<Column>): void {
    const { mapping } = this.opened
    if (mapping.type !== 'csv') return
    this.#emit('mapping', {
      ...mapping,
      columns: columns.map((column, at) => (at === index ? { ...column, ...change } : column)),
    })
  }
  /** Two columns under one name would overwrite each other. */
  #rename(columns: readonly Column[], index: number, wanted: string): void {
    const taken = columns.filter((_, at) => at !== index).map((column) => column.field)
    let field = wanted
    for (let again = 2; taken.includes(field); again++) field = `${wanted}_${again}`
    this.#setColumn(columns, index, { field })
  }
  #setTags(mapping: Exclude<Mapping, { type: 'export' }>, tags: readonly string[]): void {
    this.#emit('mapping', { ...mapping, tags: [...new Set(tags)] })
  }
  #addTag = (event: SubmitEvent): void => {
    event.preventDefault()
    const input = this.renderRoot.querySelector<HTMLInputElement>('#template')
    const { mapping } = this.opened
    const tag = input?.value.trim()
    if (!input || !tag || mapping.type === 'export') return
    input.value = ''
    this.#setTags(mapping, [...mapping.tags, tag])
  }

  override render(): TemplateResult {
    const { opened, text } = this
    const { mapping, format } = opened
    return html`<div class="sides">
      <div class="stack">
        ${format.type === 'csv' ? this.#format(format) : nothing}
        ${
          mapping.type === 'export'
            ? html`<p class="note good">${text.say('map.export')}</p>`
            : html`${this.#tags(mapping)}${mapping.type === 'csv' ? this.#columns(mapping.columns) : this.#keys(mapping)}`
        }
      </div>
      ${this.#preview()}
    </div>`
  }

  #format(format: CsvFormat): TemplateResult {
    const { text } = this
    return html`<section class="card bar format">
      <label class="grow">
        ${text.say('map.delimiter')}
        <select @change=${(event: Event) => this.#emit('format', { ...format, delimiter: valueOf(event) })}>
          ${delimiters.map((delimiter) => html`<option value=${delimiter} .selected=${delimiter === format.delimiter}>${text.say(delimiterName[delimiter] ?? 'map.comma')}</option>`)}
        </select>
      </label>
      <label class="tick">
        <input
          type="checkbox"
          .checked=${format.header}
          @change=${(event: Event) => this.#emit('format', { ...format, header: isTicked(event) })}
        />
        ${text.say('map.header')}
      </label>
    </section>`
  }

  #tags(mapping: Exclude<Mapping, { type: 'export' }>): TemplateResult {
    const { text, opened } = this
    const unknown = mapping.tags.flatMap(templateColumns).filter((name) => !opened.sample.names.includes(name))
    return html`<section class="card stack">
      <div>
        <h2>${text.say('map.tags')}</h2>
        <p class="soft">${text.say('map.tagsText', { example: 'machine:{asset}' })}</p>
      </div>
      <div class="chips">
        ${mapping.tags.map(
          (tag) =>
            html`<button
              class="tag"
              @click=${() =>
                this.#setTags(
                  mapping,
                  mapping.tags.filter((other) => other !== tag),
                )}
              aria-label=${text.say('publish.removeTag', { tag })}
            >
              ${tag}${icon('close')}
            </button>`,
        )}
      </div>
      <form class="bar" @submit=${this.#addTag}>
        <input
          class="grow"
          id="template"
          autocomplete="off"
          autocapitalize="off"
          aria-label=${text.say('map.newTag')}
          placeholder="machine:{asset}"
        />
        <button>${text.say('map.addTag')}</button>
      </form>
      ${unknown.length > 0 ? html`<p class="note warn">${text.say('map.unknown', { names: unknown.join(', ') })}</p>` : nothing}
    </section>`
  }

  #columns(columns: readonly Column[]): TemplateResult {
    const { text, opened } = this
    const first = opened.sample.records.find((record) => record.type === 'row')
    return html`<section class="card stack">
      <div>
        <h2>${text.say('map.columns')}</h2>
        <p class="soft">${text.say('map.columnsText')}</p>
      </div>
      <ul>
        ${columns.map(
          (column, index) =>
            html`<li class=${column.keep ? '' : 'dropped'}>
              <label class="tick">
                <input
                  type="checkbox"
                  .checked=${column.keep}
                  @change=${(event: Event) => this.#setColumn(columns, index, { keep: isTicked(event) })}
                />
                <span class="what"
                  ><strong>${column.name}</strong
                  ><span class="soft mono">${first?.fields[index]?.slice(0, 40) ?? ''}</span></span
                >
              </label>
              <input
                aria-label=${text.say('map.field', { name: column.name })}
                .value=${column.field}
                ?disabled=${!column.keep}
                @change=${(event: Event) => this.#rename(columns, index, valueOf(event).trim() || column.name)}
              />
              <select
                aria-label=${text.say('map.type', { name: column.name })}
                @change=${(event: Event) => this.#setColumn(columns, index, { as: valueTypes.find((type) => type === valueOf(event)) ?? 'auto' })}
              >
                ${valueTypes.map((type) => html`<option value=${type} .selected=${type === column.as}>${text.say(`map.as.${type}`)}</option>`)}
              </select>
            </li>`,
        )}
      </ul>
    </section>`
  }

  #keys(mapping: Extract<Mapping, { type: 'ndjson' }>): TemplateResult {
    const { text, opened } = this
    if (opened.sample.names.length === 0) return html`${nothing}`
    const set = (name: string, keep: boolean): void => {
      const others = mapping.dropped.filter((other) => other !== name)
      this.#emit('mapping', { ...mapping, dropped: keep ? others : [...others, name] })
    }
    return html`<section class="card stack">
      <h2>${text.say('map.keys')}</h2>
      <div class="bar">
        ${opened.sample.names
          .slice(0, 100)
          .map(
            (name) =>
              html`<label class="tick"
                ><input
                  type="checkbox"
                  .checked=${!mapping.dropped.includes(name)}
                  @change=${(event: Event) => set(name, isTicked(event))}
                />${name}</label
              >`,
          )}
      </div>
    </section>`
  }

  #preview(): TemplateResult {
    const { text, opened } = this
    const mapped = opened.sample.records.map((record) => ({ record, mapped: mapRecord(record, opened.mapping) }))
    const bad = mapped.filter((item) => item.mapped.type === 'bad')
    const first = bad[0]
    return html`<section class="stack preview">
      <h2>${text.say('map.preview')}</h2>
      ${
        first?.mapped.type === 'bad'
          ? html`<p class="note warn">
              ${text.say('map.someBad', { bad: bad.length, of: mapped.length })}
              ${text.say('bad.line', { line: String(first.record.line) })} ${problemText(first.mapped.problem, text)}
            </p>`
          : nothing
      }
      ${mapped
        .flatMap((item) => (item.mapped.type === 'event' ? [item.mapped.event] : []))
        .slice(0, previewed)
        .map(
          (event) =>
            html`<article class="card">
              <div class="chips">${event.tags.map((tag) => html`<span class="chip">${tag}</span>`)}</div>
              ${jsonView(event.payload)}
            </article>`,
        )}
    </section>`
  }

  static override styles = [
    ...controls,
    jsonStyle,
    tagStyle,
    css`
      .sides {
        display: grid;
        gap: 1rem;
        grid-template-columns: minmax(0, 1fr);
        align-items: start;
      }
      .format {
        align-items: end;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 0.5rem;
        align-items: center;
        padding: 0.75rem 0;
        border-top: 1px solid var(--line);
      }
      li .tick {
        grid-column: 1 / -1;
      }
      .dropped .what {
        opacity: 0.6;
      }
      .what {
        display: grid;
        line-height: 1.3;
      }
      .what .mono {
        font-size: 0.875rem;
      }
      article {
        display: grid;
        gap: 0.75rem;
      }
      .preview pre {
        font-size: 0.875rem;
        line-height: 1.4;
      }
      @media (min-width: 620px) {
        li {
          grid-template-columns: minmax(0, 5fr) minmax(0, 4fr) minmax(0, 4fr);
        }
        li .tick {
          grid-column: auto;
        }
      }
      @media (min-width: 1100px) {
        .sides {
          grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
        }
      }
    `,
  ]
}

customElements.define('shoal-import-mapping', ShoalImportMapping)
