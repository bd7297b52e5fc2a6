/** Whether somebody is at this tab, told from input events only. */
import type { Clock } from '../core/clock.ts'

export interface Attention {
  /** Milliseconds since the last touch, click or key. */
  idleFor(): number
  /** Milliseconds since the last change in a field that can be edited; infinite when there was none. */
  typedBefore(): number
}

const isEditable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))

export const watchAttention = (clock: Clock): Attention => {
  let touchedAt = clock.monotonic()
  let typedAt = -Infinity
  const touched = (): void => {
    touchedAt = clock.monotonic()
  }
  const typed = (event: Event): void => {
    touched()
    // the field inside a component, not the component
    if (isEditable(event.composedPath()[0] ?? event.target)) typedAt = clock.monotonic()
  }
  for (const type of ['pointerdown', 'wheel', 'touchstart'])
    addEventListener(type, touched, { capture: true, passive: true })
  for (const type of ['keydown', 'input', 'paste']) addEventListener(type, typed, { capture: true, passive: true })
  return {
    idleFor: () => clock.monotonic() - touchedAt,
    typedBefore: () => clock.monotonic() - typedAt,
  }
}
