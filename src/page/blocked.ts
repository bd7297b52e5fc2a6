/** `<shoal-blocked>`: what is wrong and what to do, without the console and without its library. */
import { findTrustPage } from './distrust.ts'
import type { Obstacle } from './texts.ts'
import { obstacleWords } from './texts.ts'

const element = (name: string, className: string, text: string): HTMLElement =>
  Object.assign(document.createElement(name), { className, textContent: text })

class ShoalBlocked extends HTMLElement {
  /** `detail`: the browser's own sentence, for whoever is asked for help. */
  show(obstacle: Obstacle, detail?: string): void {
    const { title, text, steps, open, reload } = obstacleWords(obstacle, navigator.language)
    const list = element('ul', 'shell-steps', '')
    list.append(...steps.map((step) => element('li', '', step)))
    const button = element('button', 'shell-button', reload)
    button.addEventListener('click', () => location.reload())
    const parts = [element('h1', 'shell-name', title), element('p', 'shell-word', text), list, button]
    if (obstacle === 'untrusted') void this.#addWay(open)
    if (detail !== undefined && detail !== '') parts.push(element('p', 'shell-detail', detail))
    this.className = 'shell'
    this.dataset['obstacle'] = obstacle
    this.setAttribute('role', 'alert')
    this.replaceChildren(...parts)
  }

  /** Where the station has a page about its certificate. */
  async #addWay(words: string): Promise<void> {
    const href = await findTrustPage()
    if (href !== undefined) this.append(Object.assign(element('a', 'shell-word', words), { href }))
  }
}

/** In the console's place. */
export const showBlocked = (obstacle: Obstacle, detail?: string): void => {
  if (customElements.get('shoal-blocked') === undefined) customElements.define('shoal-blocked', ShoalBlocked)
  const blocked = document.createElement('shoal-blocked') as ShoalBlocked
  blocked.show(obstacle, detail)
  document.body.replaceChildren(blocked)
}
