import type { Radio } from '../transport/contract.ts'

/** Where no WebRTC connections can be made. */
export const noRadio: Radio = {
  isReady: false,
  onReady: () => () => undefined,
  onWake: () => () => undefined,
  onAdopt: () => () => undefined,
  dial: ({ onFail }) => {
    onFail({ code: 'ERR_NO_RADIO', message: 'Nothing on this device can make connections.' })
    return { signal: () => undefined, close: () => undefined }
  },
}
