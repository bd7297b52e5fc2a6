/** An invitation, scanned, pasted or opened as an address: what it says, and one tap to follow it. */
import type { PropertyValues, TemplateResult } from 'lit'
import { css, html, nothing } from 'lit'
import type { InvitationDetails } from '../../client/contract.ts'
import { shownName } from '../devices/words.ts'
import { icon } from '../icons.ts'
import { namesWords } from '../invite/words.ts'
import { Panel } from '../panel.ts'
import { linkTo } from '../route.ts'
import { readScanned, wrongCode } from '../scan/content.ts'
import '../scan/scanner.ts'
import { controls } from '../theme.ts'
import { deviceNameField, renameIfChanged } from './device-name.ts'

export class ShoalJoin extends Panel {
  static override properties = {
    invitation: { attribute: false },
    details: { state: true },
    deviceName: { state: true },
    events: { state: true },
    scanning: { state: true },
    scanned: { state: true },
  }
  declare invitation: string | undefined
  declare details: InvitationDetails | undefined
  declare deviceName: string
  declare events: number
  declare scanning: boolean
  /** By the camera, so that nothing needs to be pasted. */
  declare scanned: boolean
  #read: string | undefined

  constructor() {
    super()
    this.deviceName = ''
    this.events = 0
    this.scanning = false
    this.scanned = false
  }

  override firstUpdated(_: PropertyValues): void {
    void this.during(async () => {
      const { displayName, events } = await this.shoal.info()
      this.deviceName = shownName(displayName, this.text)
      this.events = events
    })
  }
  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('invitation') && this.invitation !== undefined) void this.#show(this.invitation)
  }

  async #show(text: string): Promise<void> {
    this.#read = text
    this.details = undefined
    this.problem = undefined
    if (text.trim() === '') return
    const { type } = readScanned(text)
    if (type === 'offer' || type === 'answer') {
      this.problem = { message: wrongCode(text, 'invitation', this.text) }
      return
    }
    const details = await this.during(() => this.shoal.swarm.readInvitation(text))
    if (this.#read === text) this.details = details
  }
  #typed = (event: InputEvent): void => {
    this.scanning = false
    void this.#show((event.target as HTMLTextAreaElement).value)
  }

  #scan = (): void => {
    this.problem = undefined
    this.scanning = true
  }
  #closeScan = (): void => {
    this.scanning = false
  }
  #found = (event: CustomEvent<string>): void => {
    this.scanning = false
    this.scanned = true
    void this.#show(event.detail)
  }

  #join = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const text = this.#read
    if (text === undefined) return
    // a link that let somebody in should not stay in the history of the device
    history.replaceState(history.state, '', linkTo({ view: 'welcome', step: 'join' }))
    const isBack = this.#isBack(this.details)
    await this.during(async () => {
      if (isBack) await this.shoal.swarm.leave()
      await renameIfChanged(this.shoal, this.field('device')?.value, this.deviceName)
      await this.shoal.swarm.join(text)
    })
  }

  override render(): TemplateResult {
    const { details } = this
    return html`<form class="card stack" @submit=${this.#join}>
      ${this.invitation === undefined ? this.#ways() : nothing} ${this.trouble()}
      ${details && !this.scanning ? this.#details(details) : nothing}
    </form>`
  }

  /** How the invitation comes onto this device. */
  #ways(): TemplateResult {
    const isFirst = this.details === undefined
    return html`<h1>${this.say('join.title')}</h1>
      ${
        this.scanning
          ? html`<shoal-scanner
              .text=${this.text}
              .wanted=${['invitation']}
              .hint=${this.say('join.scanHint')}
              @shoal-scanned=${this.#found}
              @shoal-scan-closed=${this.#closeScan}
            ></shoal-scanner>`
          : html`<button type="button" class="scan ${isFirst ? 'first' : ''}" @click=${this.#scan} data-test="scan">
              ${icon('camera')}${this.say('join.scan')}
            </button>`
      }
      ${
        this.scanned && !isFirst
          ? nothing
          : html`<label>
              ${this.say('join.orPaste')}
              <textarea
                id="paste"
                rows="3"
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                aria-describedby="paste-hint"
                @input=${this.#typed}
              ></textarea>
              <span id="paste-hint" class="soft small hint">${this.say('join.pasteHint')}</span>
            </label>`
      }`
  }

  /** It was taken out of service in this very swarm, and begins anew in it. */
  #isBack(details: InvitationDetails | undefined): boolean {
    const { swarm } = this
    return swarm?.state === 'member' && swarm.swarmId === details?.swarmId && swarm.standing.type !== 'active'
  }

  /** Asked for only where the invitation gives none. */
  #name({ uses, profile, replaces }: InvitationDetails): TemplateResult {
    const { text } = this
    if (replaces !== undefined) return html`<p class="note" data-test="named">${this.say('join.replaces')}</p>`
    if (profile?.name === undefined) return deviceNameField(this.deviceName, text)
    const names = namesWords(profile.name, uses, text)
    return html`<p class="note" data-test="named">${this.say('join.named', { names })}</p>`
  }

  #details(details: InvitationDetails): TemplateResult {
    const { swarm, text } = this
    const until = text.dateTime(details.expires)
    if (swarm?.state === 'member' && swarm.swarmId === details.swarmId && !this.#isBack(details)) {
      return html`<p class="note good">${this.say('join.same', { name: swarm.name })}</p>
        <a class="button first" href=${linkTo({ view: 'devices' })}>${this.say('join.toDevices')}</a>`
    }
    const isExpired = details.expires < Date.now() * 1000
    return html`
      <div class="invited">
        <p class="soft">${this.say('join.invited')}</p>
        <h2 data-test="swarm-name">${details.swarmName}</h2>
        ${isExpired ? nothing : html`<p class="soft small">${this.say('join.until', { time: until })}</p>`}
      </div>
      ${
        // the clock of this device may be wrong: it says so and lets the swarm decide
        isExpired ? html`<p class="note warn">${this.say('join.expired', { time: until })}</p>` : nothing
      }
      ${details.role === 'admin' ? html`<p class="note">${this.say('join.asAdmin')}</p>` : nothing}
      ${swarm?.state === 'member' ? html`<p class="note warn">${this.say('join.leaves', { name: swarm.name })}</p>` : nothing}
      ${
        swarm?.state === 'alone' && this.events > 0
          ? html`<p class="note">${this.say('join.keeps', { count: this.events })}</p>`
          : nothing
      }
      ${this.#name(details)}
      <button class="first join" ?disabled=${this.busy} data-test="join">
        ${icon('link')}${this.say('join.start', { name: details.swarmName })}
      </button>
    `
  }

  static override styles = [
    ...controls,
    css`
      .hint {
        font-weight: 400;
      }
      .invited {
        display: grid;
        gap: 0.2rem;
      }
      .invited h2 {
        font-size: clamp(1.6rem, 1.2rem + 2vw, 2.2rem);
        line-height: 1.2;
      }
      .scan {
        min-height: 68px;
        font-size: 1.1875rem;
      }
      .join {
        min-height: 68px;
        font-size: 1.1875rem;
      }
      .button.first {
        border-color: transparent;
        background: var(--accent);
        color: var(--accent-ink);
      }
      @media (min-width: 700px) {
        form {
          padding: 2rem;
        }
      }
    `,
  ]
}

customElements.define('shoal-join', ShoalJoin)
