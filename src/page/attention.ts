/** Whether this tab may be reloaded unasked: told from input events, and from what apps say of long work. */
import type { Clock } from '../core/clock.ts'

export interface Attention {
  /** Milliseconds since the last touch, click or key; 0 during work that an app announced. */
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
  // `shoal-working` with true and later false: an import nobody touches must not be cut off by an update
  let working = 0
  addEventListener('shoal-working', (event) => {
    working = Math.max(0, working + ((event as CustomEvent<boolean>).detail ? 1 : -1))
    touched()
  })
  for (const type of ['pointerdown', 'wheel', 'touchstart'])
    addEventListener(type, touched, { capture: true, passive: true })
  for (const type of ['keydown', 'input', 'paste']) addEventListener(type, typed, { capture: true, passive: true })
  return {
    idleFor: () => (working > 0 ? 0 : clock.monotonic() - touchedAt),
    typedBefore: () => clock.monotonic() - typedAt,
  }
}
