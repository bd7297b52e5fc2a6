/** What no screen of the console may have, whatever it shows. */
import type { Page } from 'playwright-core'

/** What is visible, tapped, and smaller than a finger in a glove; and what is wider than the screen; and what a screen reader cannot name. */
export const faults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    const name = (element: Element): string =>
      `${element.tagName.toLowerCase()}.${element.className} “${(element.textContent ?? '').trim().slice(0, 30)}”`
    const walk = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) walk(element.shadowRoot)
        if (!element.checkVisibility()) continue
        const { width, height } = element.getBoundingClientRect()
        const isTapped = element.matches(
          'button, a[href], summary, select, textarea, input:not([type=checkbox], [type=radio]), label.tick, label:has(> [type=radio])',
        )
        const isInField = element.matches('.box > input, .skip, .drop > input')
        if (isTapped && !isInField && (width < 56 || height < 55.5)) {
          found.push(`${name(element)} is ${Math.round(width)} × ${Math.round(height)}`)
        }
        const labels =
          element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels : null
        const said = [
          element.getAttribute('aria-label'),
          element.textContent,
          ...Array.from(labels ?? [], (label) => label.textContent),
        ]
        const isNamed = said.some((words) => (words ?? '').trim() !== '')
        if (element.matches('button, a[href], input, textarea, [role=img], [role=group]') && !isNamed)
          found.push(`${name(element)} has no name`)
      }
    }
    walk(document)
    const main = document.querySelector('shoal-console')?.shadowRoot?.querySelector('main')
    if (main && main.scrollWidth > main.clientWidth)
      found.push(`the view is ${main.scrollWidth - main.clientWidth} px too wide`)
    return found
  })
