/** What every view of the console has: the node, what the page knows about itself, the language, and whether it is on screen. */
import type { PropertyDeclarations } from 'lit'
import { LitElement } from 'lit'
import type { Shoal, SwarmStatus } from '../client/contract.ts'
import type { PageSnapshot, PageState } from '../page/contract.ts'
import type { StringKey, Text } from './text.ts'
import { controls } from './theme.ts'

export class View extends LitElement {
  static override properties: PropertyDeclarations = {
    shoal: { attribute: false },
    page: { attribute: false },
    standing: { attribute: false },
    swarm: { attribute: false },
    text: { attribute: false },
    active: { type: Boolean, reflect: true },
  }
  static override styles = controls

  declare shoal: Shoal
  declare page: PageState | undefined
  /** `page.current`, handed down anew whenever it changes. */
  declare standing: PageSnapshot | undefined
  /** As the node says it, handed down anew whenever it changes; undefined before its first word. */
  declare swarm: SwarmStatus | undefined
  declare text: Text
  declare active: boolean

  say(key: StringKey, values?: Readonly<Record<string, string | number>>): string {
    return this.text.say(key, values)
  }
}
