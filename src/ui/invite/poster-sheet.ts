/** The poster on paper: a code that is read from two metres away, three steps in words and pictures, until when, and the link as text. */
import type { SVGTemplateResult, TemplateResult } from 'lit'
import { html, nothing, svg } from 'lit'
import { qrCode } from '../qr-code.ts'
import type { Text } from '../text.ts'
import { namesWords } from './words.ts'

export interface Poster {
  /** Of the swarm. */
  readonly name: string
  readonly link: string
  readonly uses: number
  /** Microseconds since the epoch. */
  readonly expires: number
  /** The pattern of names, where there is one. */
  readonly pattern?: string | undefined
}

const picture = (content: SVGTemplateResult): TemplateResult => html`
  <svg
    viewBox="0 0 120 90"
    aria-hidden="true"
    fill="none"
    stroke="#000"
    stroke-width="3.2"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    ${content}
  </svg>
`

/** A tablet before a sheet with a code on it. */
const scanning = picture(svg`
  <path d="M8 8h40v74H8z" />
  <path d="M16 18h9v9h-9zM31 18h9v9h-9zM16 33h9v9h-9zM31 33h3M40 36v6M31 42h3" stroke-width="2.6" />
  <path d="M16 54h24M16 62h24M16 70h14" stroke-width="2" />
  <rect x="66" y="16" width="46" height="58" rx="6" />
  <path d="M76 34v-6h6M96 28h6v6M102 52v6h-6M82 58h-6v-6" />
  <path d="M63 45 52 38M63 45l-11 7" stroke-width="2" stroke-dasharray="4 4" />
`)
/** A finger on the button of a tablet. */
const tapping = picture(svg`
  <rect x="26" y="6" width="68" height="78" rx="7" />
  <path d="M38 22h44M38 32h30" stroke-width="2.4" />
  <rect x="36" y="46" width="48" height="17" rx="6" fill="#000" />
  <path d="M72 84V60a4.5 4.5 0 0 1 9 0v10l11 3.5c4 1.3 5.500 4.500 4.500 8.500l-1 4" fill="#fff" />
`)
/** A home screen, and an icon that comes to it. */
const adding = picture(svg`
  <rect x="26" y="6" width="68" height="78" rx="7" />
  <path d="M37 18h13v13H37zM70 18h13v13H70zM37 59h13v13H37zM70 59h13v13H70z" stroke-width="2.2" />
  <rect x="47" y="32" width="26" height="26" rx="6" fill="#000" />
  <path d="M60 39v12M54 45h12" stroke="#fff" />
`)

export const posterSheet = ({ name, link, uses, expires, pattern }: Poster, text: Text): TemplateResult => html`
  <div class="poster">
    <p class="kind">Shoal</p>
    <h1>${text.say('poster.title', { name })}</h1>
    ${qrCode(link, text.say('invite.qr', { name }))}
    <ol class="steps">
      <li>${scanning}<span>${text.say('poster.one')}</span></li>
      <li>${tapping}<span>${text.say('poster.two')}</span></li>
      <li>${adding}<span>${text.say('poster.three')}</span></li>
    </ol>
    <p class="apple">${text.say('poster.apple')} ${text.say('poster.help')}</p>
    <p class="until">
      <strong>${text.say('poster.until', { count: uses, time: text.dateTime(expires) })}</strong>
      ${pattern === undefined ? nothing : text.say('poster.names', { names: namesWords(pattern, uses, text) })}
    </p>
    <p class="small">${text.say('poster.link')}: <span>${link}</span></p>
  </div>
`
