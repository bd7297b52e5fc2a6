/** The recovery code: its groups, and the sheet of paper it is kept on. */
import type { TemplateResult } from 'lit'
import { html } from 'lit'
import type { Text } from '../text.ts'

/** As the code is written: characters between anything that is no letter or digit. */
export const groupsOf = (code: string): readonly string[] => code.split(/[^0-9A-Za-z]+/).filter((group) => group !== '')

/** What a person may write for the same character, in the alphabet of the code. */
const plain = (typed: string): string =>
  typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')

/** Whether somebody has copied the code: its last group, however it is written. */
export const isLastGroup = (typed: string, code: string): boolean => {
  const last = groupsOf(code).at(-1)
  return last !== undefined && plain(typed) === plain(last)
}

export interface RecoverySheet {
  readonly name: string
  readonly swarmId: string
  readonly code: string
  /** Microseconds since the epoch. */
  readonly now: number
}

export const recoverySheet = ({ name, swarmId, code, now }: RecoverySheet, text: Text): TemplateResult => html`
  <p class="kind">${text.say('sheet.recovery')}</p>
  <h1>${name}</h1>
  <div class="groups">${groupsOf(code).map((group) => html`<span>${group}</span>`)}</div>
  <p>${text.say('sheet.what')}</p>
  <dl>
    <dt>${text.say('sheet.date')}</dt>
    <dd>${text.date(now)}</dd>
    <dt>${text.say('sheet.id')}</dt>
    <dd class="small">${swarmId}</dd>
  </dl>
  <div class="lines"><span>${text.say('sheet.place')}</span><span>${text.say('sheet.checked')}</span></div>
`
