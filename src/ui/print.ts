/** Printing one sheet with nothing of the screen on it. It stands in the document, outside of the console, and shows on paper only. */
import type { TemplateResult } from 'lit'
import { css, render } from 'lit'

const sheetStyle = css`
  @page {
    margin: 16mm;
  }
  .shoal-sheet {
    display: none;
  }
  @media print {
    body:has(> .shoal-sheet) > *:not(.shoal-sheet) {
      display: none !important;
    }
    body:has(> .shoal-sheet) {
      background: #fff;
    }
    .shoal-sheet {
      display: grid;
      gap: 8mm;
      align-content: start;
      color: #000;
      font:
        12pt/1.45 system-ui,
        'Segoe UI',
        Roboto,
        Arial,
        sans-serif;
    }
    .shoal-sheet h1,
    .shoal-sheet p,
    .shoal-sheet ol,
    .shoal-sheet dl,
    .shoal-sheet dd {
      margin: 0;
    }
    .shoal-sheet h1 {
      font-size: 26pt;
      line-height: 1.15;
    }
    .shoal-sheet .kind {
      font-size: 13pt;
      letter-spacing: 0.08em;
      text-transform: uppercase;
    }
    .shoal-sheet .groups {
      display: grid;
      grid-template-columns: repeat(4, auto);
      justify-content: space-between;
      gap: 5mm 6mm;
      padding: 8mm;
      border: 1.5pt solid #000;
      border-radius: 3mm;
      font:
        600 19pt/1.2 'Liberation Mono',
        Menlo,
        Consolas,
        monospace;
    }
    .shoal-sheet dl {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 2mm 6mm;
    }
    .shoal-sheet dt {
      color: #444;
    }
    .shoal-sheet .small {
      font-size: 9.5pt;
      overflow-wrap: anywhere;
    }
    .shoal-sheet .lines {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 12mm;
      margin-top: 14mm;
    }
    .shoal-sheet .lines span {
      padding-top: 2mm;
      border-top: 1pt solid #000;
      color: #444;
    }
    .shoal-sheet .qr {
      width: 120mm;
      height: 120mm;
      justify-self: center;
    }
    .shoal-sheet ol {
      padding-left: 1.4em;
      font-size: 16pt;
    }
    .shoal-sheet li {
      padding-left: 0.3em;
    }
    .shoal-sheet .poster {
      display: grid;
      gap: 5mm;
    }
    .shoal-sheet .poster h1 {
      font-size: 28pt;
    }
    .shoal-sheet .poster .qr {
      width: 112mm;
      height: 112mm;
    }
    .shoal-sheet .steps {
      display: grid;
      grid-template-columns: repeat(3, 1fr);
      gap: 6mm;
      padding: 0;
      font-size: 13pt;
      line-height: 1.3;
      list-style: none;
      counter-reset: step;
    }
    .shoal-sheet .steps li {
      position: relative;
      display: grid;
      gap: 2mm;
      align-content: start;
      padding: 3mm;
      border: 1pt solid #000;
      border-radius: 3mm;
      counter-increment: step;
    }
    .shoal-sheet .steps li::before {
      content: counter(step);
      position: absolute;
      top: 2.5mm;
      left: 3mm;
      font-size: 20pt;
      font-weight: 700;
      line-height: 1;
    }
    .shoal-sheet .steps svg {
      justify-self: center;
      height: 27mm;
    }
    .shoal-sheet .apple {
      font-size: 10.5pt;
    }
    .shoal-sheet .until {
      font-size: 13pt;
    }
    .shoal-sheet .poster .small {
      font-size: 6.5pt;
      line-height: 1.25;
    }
  }
`

let sheet: HTMLElement | undefined

/** Takes the sheet away: what it holds should not come out of the printer by a later tap on “print”. */
export const dropSheet = (): void => {
  sheet?.remove()
  sheet = undefined
}

/** Puts `content` on a sheet and opens the system's dialog; the sheet stays until it is dropped, since some systems print late. */
export const printSheet = (content: TemplateResult): void => {
  dropSheet()
  const styles = sheetStyle.styleSheet
  if (styles && !document.adoptedStyleSheets.includes(styles)) document.adoptedStyleSheets.push(styles)
  sheet = Object.assign(document.createElement('div'), { className: 'shoal-sheet' })
  render(content, sheet)
  document.body.append(sheet)
  window.print()
}
