/**
 * The worker's half of the switch by which an operator keeps this device from making links (`src/page/link-setting.ts`; the other half is
 * the tab that has the radio). Remembered beside the logs, since the worker starts before any page can say it again.
 */
import type { Shelf } from '../src/store/shelf.ts'
import type { CloseReason, OpenRelaySocket, RelaySocket } from '../src/transport/contract.ts'

export interface LinkSwitch {
  readonly openRelaySocket: OpenRelaySocket
  /** As it is remembered. */
  isOn(): Promise<boolean>
  set(isOn: boolean): Promise<void>
}

const noteKey = 'links'
const off: CloseReason = { code: 'ERR_LINKS_OFF', message: 'Links are switched off on this device.' }

interface Held {
  /** Opens it, or ends it, as the switch stands. */
  follow(isOn: boolean): void
}

export const createLinkSwitch = (shelf: Pick<Shelf, 'note' | 'setNote'>, open: OpenRelaySocket): LinkSwitch => {
  const held = new Set<Held>()
  let isOn: boolean | undefined
  const turn = (next: boolean): void => {
    isOn = next
    for (const one of held) one.follow(next)
  }
  const known = shelf.note(noteKey).then(
    (note) => {
      if (isOn === undefined) turn(note === undefined)
    },
    () => {
      if (isOn === undefined) turn(true)
    },
  )
  return {
    openRelaySocket: (url, listener) => {
      let socket: RelaySocket | undefined
      const one: Held = {
        follow: (mayOpen) => {
          if (!mayOpen) {
            held.delete(one)
            socket?.close()
            return listener.onClose(off)
          }
          socket ??= open(url, {
            ...listener,
            onClose: (reason) => {
              if (held.delete(one)) listener.onClose(reason)
            },
          })
        },
      }
      held.add(one)
      // never from within the call that asks for it
      queueMicrotask(() => {
        if (isOn !== undefined && held.has(one)) one.follow(isOn)
      })
      return {
        send: (text) => socket?.send(text),
        close: () => {
          if (held.delete(one)) socket?.close()
        },
      }
    },
    isOn: async () => {
      await known
      return isOn !== false
    },
    set: async (next) => {
      if (next === isOn) return
      turn(next)
      await shelf.setNote(noteKey, next ? undefined : Uint8Array.of(0))
    },
  }
}
