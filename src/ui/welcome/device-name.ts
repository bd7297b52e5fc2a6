/** Asking what this device is called, where it is about to meet others. */
import type { TemplateResult } from 'lit'
import { html } from 'lit'
import type { Shoal } from '../../client/contract.ts'
import type { Text } from '../text.ts'

export const deviceNameField = (current: string, text: Text): TemplateResult => html`
  <label>
    ${text.say('welcome.deviceName')}
    <input id="device" maxlength="80" autocomplete="off" .value=${current} aria-describedby="device-hint" />
    <span id="device-hint" class="soft small hint">${text.say('welcome.deviceHint')}</span>
  </label>
`

/** Only when it was changed to something. */
export const renameIfChanged = async (shoal: Shoal, typed: string | undefined, current: string): Promise<void> => {
  const name = typed?.trim() ?? ''
  if (name !== '' && name !== current) await shoal.rename(name)
}
