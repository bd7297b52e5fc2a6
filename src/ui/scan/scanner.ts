/**
 * Looking for a QR code through the camera, or in a picture. The camera is asked for in words first, is on only while this element is really on
 * the screen, and off as soon as the code is found. Tells what it found by `shoal-scanned`, and by `shoal-scan-closed` that somebody is done.
 */
import type { PropertyValues, TemplateResult } from 'lit'
import { LitElement, html, nothing } from 'lit'
import { icon } from '../icons.ts'
import type { StringKey, Text } from '../text.ts'
import { controls } from '../theme.ts'
import type { Camera, CameraTrouble } from './camera.ts'
import { isCameraAllowed, openCamera } from './camera.ts'
import { chime } from './chime.ts'
import type { WantedType } from './content.ts'
import { wrongCode } from './content.ts'
import type { CodeReader } from './reader.ts'
import { createReader, readPicture } from './reader.ts'
import { scannerStyle } from './scanner-style.ts'

/** At most so often is a frame looked at; a slow device rests as long as it looked. Milliseconds. */
const lookEvery = 120

/** `asking`: nobody has allowed it yet. `waiting`: it is being opened, or will be once this is on the screen. */
type State =
  | { readonly type: 'asking' }
  | { readonly type: 'waiting' }
  | { readonly type: 'looking'; readonly camera: Camera }
  | { readonly type: 'trouble'; readonly trouble: CameraTrouble }
  | { readonly type: 'found' }

const troubleText = {
  insecure: 'scan.insecure',
  denied: 'scan.denied',
  none: 'scan.none',
  busy: 'scan.busy',
  failed: 'scan.failed',
} as const satisfies Readonly<Record<CameraTrouble, StringKey>>

export class ShoalScanner extends LitElement {
  static override properties = {
    text: { attribute: false },
    wanted: { attribute: false },
    hint: { attribute: false },
    accepts: { attribute: false },
    state: { state: true },
    light: { state: true },
    wrong: { state: true },
    reading: { state: true },
  }

  declare text: Text
  declare wanted: readonly WantedType[]
  /** What the camera is to be held at. */
  declare hint: string
  /** Why a code that is of the right kind is not wanted all the same; absent: each is. */
  declare accepts: ((text: string) => string | undefined) | undefined
  declare state: State
  declare light: boolean
  /** What was found is something else. */
  declare wrong: string
  /** A picture is being looked at. */
  declare reading: boolean
  #isSeen = false
  #reader: Promise<CodeReader> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #sight: IntersectionObserver | undefined

  constructor() {
    super()
    this.state = { type: 'asking' }
    this.light = false
    this.wrong = ''
    this.reading = false
    this.hint = ''
    this.wanted = []
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#follow)
    this.#sight = new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)?.isIntersecting === true
      this.#follow()
    })
    this.#sight.observe(this)
    void isCameraAllowed().then((isAllowed) => isAllowed && this.state.type === 'asking' && this.#start())
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.#follow)
    this.#sight?.disconnect()
    this.#isSeen = false
    this.#follow()
  }
  override updated(_: PropertyValues): void {
    const video = this.renderRoot.querySelector('video')
    if (this.state.type !== 'looking' || video === null || video.srcObject === this.state.camera.stream) return
    video.srcObject = this.state.camera.stream
    // interrupted by its own removal
    video.play().catch(() => undefined)
  }

  #start = (): void => {
    this.state = { type: 'waiting' }
    this.#follow()
  }
  /** The camera is on while somebody can see what it sees. */
  #follow = (): void => {
    const isWatched = this.#isSeen && document.visibilityState === 'visible'
    if (isWatched && this.state.type === 'waiting') void this.#open()
    if (!isWatched && this.state.type === 'looking') {
      this.#stop()
      this.state = { type: 'waiting' }
    }
  }
  #isOpening = false
  async #open(): Promise<void> {
    if (this.#isOpening) return
    this.#isOpening = true
    this.#reader ??= createReader()
    this.#reader.catch(() => (this.#reader = undefined))
    const opening = await openCamera()
    this.#isOpening = false
    if (this.state.type !== 'waiting') {
      if (opening.type === 'open') opening.camera.stop()
    } else if (opening.type === 'trouble') this.state = opening
    else {
      const { camera } = opening
      this.state = { type: 'looking', camera }
      for (const track of camera.stream.getTracks()) track.addEventListener('ended', () => this.#lost(camera))
      this.#next(camera, 0)
      this.#follow()
    }
  }
  /** The device took it away: unplugged, or forbidden meanwhile. */
  #lost(camera: Camera): void {
    if (this.state.type !== 'looking' || this.state.camera !== camera) return
    this.#stop()
    this.state = { type: 'trouble', trouble: 'failed' }
  }
  #stop(): void {
    clearTimeout(this.#timer)
    if (this.state.type === 'looking') this.state.camera.stop()
    this.light = false
  }

  #next(camera: Camera, after: number): void {
    this.#timer = setTimeout(() => void this.#look(camera), after)
  }
  async #look(camera: Camera): Promise<void> {
    const isOn = (): boolean => this.state.type === 'looking' && this.state.camera === camera
    const video = this.renderRoot.querySelector('video')
    const begun = performance.now()
    let found: string | undefined
    try {
      const reader = await this.#reader
      if (isOn() && reader && video && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA)
        found = await reader.read(video)
    } catch {
      if (!isOn()) return
      this.#stop()
      this.state = { type: 'trouble', trouble: 'failed' }
    }
    if (!isOn()) return
    if (found !== undefined && found !== '' && this.#judge(found)) return
    this.#next(camera, Math.max(lookEvery, performance.now() - begun))
  }

  /** Whether it is what is wanted; then all is over. */
  #judge(found: string): boolean {
    const others = this.wanted.map((wanted) => wrongCode(found, wanted, this.text))
    const wrong = others.includes(undefined) ? this.accepts?.(found) : others[0]
    if (wrong !== undefined) {
      this.wrong = wrong
      return false
    }
    this.#stop()
    this.state = { type: 'found' }
    chime()
    this.dispatchEvent(new CustomEvent('shoal-scanned', { detail: found }))
    return true
  }

  #close = (): void => {
    this.#stop()
    this.state = { type: 'asking' }
    this.dispatchEvent(new CustomEvent('shoal-scan-closed'))
  }
  #lamp = async (): Promise<void> => {
    if (this.state.type !== 'looking') return
    const isOn = !this.light
    if (await this.state.camera.torch(isOn)) this.light = isOn
  }
  #picked = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement
    const [file] = input.files ?? []
    if (file === undefined) return
    // the same one may be picked again
    input.value = ''
    this.wrong = ''
    this.reading = true
    try {
      this.#reader ??= createReader()
      const found = await readPicture(await this.#reader, file)
      if (found === undefined) this.wrong = this.text.say('scan.noCode')
      else this.#judge(found)
    } catch {
      this.#reader = undefined
      this.wrong = this.text.say('scan.noPicture')
    } finally {
      this.reading = false
    }
  }

  override render(): TemplateResult {
    const { state, text } = this
    return html`<div class="stack" data-test=${state.type}>
      ${this.#middle()}
      <p class="note warn" role="status" ?hidden=${this.wrong === ''} data-test="wrong">${this.wrong}</p>
      <div class="bar">
        ${
          state.type === 'looking' && state.camera.hasTorch
            ? html`<button aria-pressed=${this.light} @click=${this.#lamp}>
                ${icon('sun')}${text.say(this.light ? 'scan.lightOff' : 'scan.light')}
              </button>`
            : nothing
        }
        <label class="button picture">
          ${icon('file')}${text.say(this.reading ? 'scan.reading' : 'scan.picture')}
          <input class="unseen" type="file" accept="image/*" ?disabled=${this.reading} @change=${this.#picked} />
        </label>
        <button class="quiet" @click=${this.#close}>${text.say('common.cancel')}</button>
      </div>
    </div>`
  }

  #middle(): TemplateResult {
    const { state, text } = this
    switch (state.type) {
      case 'asking':
        return html`<p>${text.say('scan.why')}</p>
          <button class="first open" @click=${this.#start} data-test="open">
            ${icon('camera')}${text.say('scan.open')}
          </button>`
      case 'trouble':
        return html`<p class="note bad" role="alert" data-test="why">${text.say(troubleText[state.trouble])}</p>
          ${state.trouble === 'insecure' ? nothing : html`<button @click=${this.#start}>${text.say('scan.again')}</button>`}`
      case 'waiting':
      case 'found':
      case 'looking':
        return html`<p class="hint">${this.hint}</p>
          <div class="finder">
            ${state.type === 'looking' ? html`<video muted playsinline aria-label=${text.say('scan.view')}></video>` : nothing}
            <svg viewBox="0 0 100 100" aria-hidden="true">
              <path
                d="M4 26V10a6 6 0 0 1 6-6h16M74 4h16a6 6 0 0 1 6 6v16M96 74v16a6 6 0 0 1-6 6H74M26 96H10a6 6 0 0 1-6-6V74"
              />
            </svg>
            ${state.type === 'found' ? html`<span class="found">${icon('check')}</span>` : nothing}
          </div>`
    }
  }

  static override styles = [...controls, scannerStyle]
}

customElements.define('shoal-scanner', ShoalScanner)
