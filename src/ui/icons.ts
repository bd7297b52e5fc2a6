/** Line icons on a grid of 24, drawn for this console. */
import type { TemplateResult } from 'lit'
import { svg, html } from 'lit'

const paths = {
  welcome: 'M12 3v18M3 12h18',
  andon: 'M6 17V11a6 6 0 0 1 12 0v6M4 17h16v3H4zM12 2v1.5M3.5 5.5l1.2 1M20.5 5.5l-1.2 1',
  devices:
    'M12 7a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM5 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM19 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM10.8 6.8 6.2 16.2M13.2 6.8l4.6 9.4M7.5 18.5h9',
  recovery: 'M15 13a5 5 0 1 0-4.5-2.8L3 17.7V21h3.3v-2.5H9V16h2.2l1-1.2A5 5 0 0 0 15 13ZM16.5 7.2v.1',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  print: 'M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z',
  share: 'M12 15V3M8 6.5 12 3l4 3.5M6 11v9h12v-9',
  leave: 'M14 4H5v16h9M10 12h11M17.5 8.5 21 12l-3.5 3.5',
  sound: 'M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  silent: 'M4 9.5v5h3.5L12 19V5L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  link: 'M9.5 14.5l5-5M11 6.5l2-2a4.6 4.6 0 0 1 6.5 6.5l-2 2M13 17.5l-2 2a4.6 4.6 0 0 1-6.5-6.5l2-2',
  plus: 'M12 5v14M5 12h14',
  overview: 'M4 13a8 8 0 0 1 16 0M12 13l4-4M4 13v4h16v-4',
  events: 'M5 6h14M5 12h14M5 18h9',
  query: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20 20',
  publish: 'M12 19V6M6.5 11.5 12 6l5.5 5.5M5 21h14',
  import: 'M12 4v11M6.5 10 12 15.5 17.5 10M4 16v4h16v-4',
  diary: 'M6 3h12v18H6zM6 3v18M9.5 8h5M9.5 12h5',
  check: 'M4 12.5 9.5 18 20 7',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5v14l12-7z',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  save: 'M12 4v11M6.5 10 12 15.5 17.5 10M4 20h16',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4',
  moon: 'M19 14.5A8 8 0 0 1 9.5 5 8 8 0 1 0 19 14.5Z',
  auto: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  back: 'M14.5 5 8 12l6.5 7',
  forward: 'M9.5 5 16 12l-6.5 7',
  warn: 'M12 4 2.5 20h19zM12 10v4.5M12 17.2v.1',
  wait: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 8v4.5l3 2',
  invite: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v2h-2M14 20v-2M18 20h2',
  recover: 'M15 13a5 5 0 1 0-4.5-2.8L3 17.7V21h3.3v-2.5H9V16h2.2l1-1.2A5 5 0 0 0 15 13ZM16.5 7.2v.1',
  full: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  swap: 'M4 8h14M14.5 4.5 18 8l-3.5 3.5M20 16H6M9.5 12.5 6 16l3.5 3.5',
  star: 'M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1.1 5.9L12 16.8l-5.3 2.9 1.1-5.9L3.5 9.7l5.9-.8z',
  off: 'M12 3v8M7 6.2a8 8 0 1 0 10 0',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  ban: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.7 5.7l12.6 12.6',
  camera: 'M4 8h4l1.5-3h5L16 8h4v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
} as const

export type IconName = keyof typeof paths

export const icon = (name: IconName): TemplateResult => html`
  <svg
    viewBox="0 0 24 24"
    width="24"
    height="24"
    aria-hidden="true"
    fill="none"
    stroke="currentColor"
    stroke-width="1.9"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    ${svg`<path d=${paths[name]} />`}
  </svg>
`

/** The mark of the app: four fish, one of them ahead of its time. */
const fish = 'M92 0C58-46 4-44-44-7L-86-42Q-74 0-86 42L-44 7C4 44 58 46 92 0Z'
export const mark = (): TemplateResult => html`
  <svg viewBox="60 60 392 392" width="40" height="40" aria-hidden="true">
    ${svg`<g transform="rotate(-30 256 256)">
      <path d=${fish} transform="translate(376 256)" fill="#fff" />
      <path d=${fish} transform="translate(244 134)" fill="#9fe8da" />
      <path d=${fish} transform="translate(244 378)" fill="#9fe8da" />
      <path d=${fish} transform="translate(136 256)" fill="#ffb454" />
    </g>`}
  </svg>
`

/** A school of them, seen from above; the count is the caller's. */
export const school = (count: number): TemplateResult => html`
  <svg class="school" viewBox="0 0 400 160" preserveAspectRatio="xMaxYMid slice" aria-hidden="true">
    ${Array.from({ length: count }, (_, index) => {
      // Phyllotaxis, flattened: even spacing without a grid.
      const angle = index * 2.39996
      const radius = 17 * Math.sqrt(index + 0.6)
      const x = 300 + radius * 1.5 * Math.cos(angle)
      const y = 82 + radius * 0.8 * Math.sin(angle)
      const size = 0.1 + 0.02 * Math.sin(index * 1.7)
      return svg`<path d=${fish} transform="translate(${x} ${y}) rotate(${-16 + 7 * Math.sin(index)}) scale(${size})" />`
    })}
  </svg>
`
