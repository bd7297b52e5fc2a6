/** The camera of this device, for as long as somebody looks through it. */

/**
 * `insecure`: the browser gives cameras to https pages only. `denied`: by a person or by the device's management. `none`: there is no camera.
 * `busy`: another app has it. `failed`: it broke.
 */
export type CameraTrouble = 'insecure' | 'denied' | 'none' | 'busy' | 'failed'

export interface Camera {
  readonly stream: MediaStream
  readonly hasTorch: boolean
  /** False where the device refused. */
  torch(isOn: boolean): Promise<boolean>
  stop(): void
}

export type Opening =
  | { readonly type: 'open'; readonly camera: Camera }
  | { readonly type: 'trouble'; readonly trouble: CameraTrouble }

/** Not in the DOM library: only Chromium on Android knows them. */
interface LampCapabilities {
  readonly torch?: boolean
  readonly focusMode?: readonly string[]
}
interface LampConstraints {
  readonly torch?: boolean
  readonly focusMode?: string
}

const troubles: Readonly<Record<string, CameraTrouble>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'busy',
  AbortError: 'busy',
}

const wanted: MediaStreamConstraints = {
  audio: false,
  // the rear one where there are two; enough pixels for a poster read from two metres
  video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
}

const apply = async (track: MediaStreamTrack, setting: LampConstraints): Promise<boolean> => {
  try {
    await track.applyConstraints({ advanced: [setting as MediaTrackConstraintSet] })
    return true
  } catch {
    return false
  }
}

const ofStream = (stream: MediaStream): Camera => {
  const [track] = stream.getVideoTracks()
  const can = (track?.getCapabilities?.() ?? {}) as LampCapabilities
  // some open with the focus of the last picture that was taken
  if (track !== undefined && can.focusMode?.includes('continuous')) void apply(track, { focusMode: 'continuous' })
  return {
    stream,
    hasTorch: can.torch === true,
    torch: async (isOn) => track !== undefined && apply(track, { torch: isOn }),
    stop: () => {
      for (const one of stream.getTracks()) one.stop()
    },
  }
}

/** It was given to this page before. */
let wasOpened = false

/** Asks the person where the browser has not been told yet. Rejects never. */
export const openCamera = async (): Promise<Opening> => {
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices
  if (devices === undefined) return { type: 'trouble', trouble: isSecureContext ? 'none' : 'insecure' }
  try {
    const stream = await devices.getUserMedia(wanted)
    wasOpened = true
    return { type: 'open', camera: ofStream(stream) }
  } catch (error) {
    wasOpened = false
    const name = error instanceof DOMException || error instanceof Error ? error.name : ''
    return { type: 'trouble', trouble: troubles[name] ?? 'failed' }
  }
}

/** Whether nobody needs to be told again what for; false also where the browser does not tell. */
export const isCameraAllowed = async (): Promise<boolean> => {
  if (wasOpened) return true
  try {
    const { state } = await navigator.permissions.query({ name: 'camera' })
    return state === 'granted'
  } catch {
    return false
  }
}
