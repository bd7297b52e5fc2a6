/** The sound of a call: two tones, again and again. Browsers are silent until somebody has touched the page once. */

/** `locked`: nobody has tapped yet. `none`: this browser makes no sound. */
export type SoundState = 'ready' | 'locked' | 'none'

export interface AlarmSound {
  readonly state: SoundState
  /** Call it from a tap. */
  unlock(): void
  /** Rings until `stop`, from the unlocking on where it is locked. */
  ring(): void
  stop(): void
  close(): void
}

/** Hertz: a falling third, heard over machines and told from their beeps. */
const tones = [988, 784] as const
/** Seconds. */
const toneLength = 0.42
const pause = 0.75
const round = tones.length * toneLength + pause
const loudness = 0.55
/** Milliseconds. */
const vibration = [420, 120, 420, 700]

const soundsLike = (): typeof AudioContext | undefined => globalThis.AudioContext

export const createAlarmSound = (onChange: () => void): AlarmSound => {
  const Context = soundsLike()
  let context: AudioContext | undefined
  let timer: ReturnType<typeof setInterval> | undefined

  const state = (): SoundState => {
    if (Context === undefined) return 'none'
    return context?.state === 'running' ? 'ready' : 'locked'
  }
  const play = (): void => {
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(vibration)
    if (context?.state !== 'running') return
    for (const [index, hertz] of tones.entries()) {
      const begin = context.currentTime + 0.02 + index * toneLength
      const end = begin + toneLength
      const volume = context.createGain()
      // without ramps a speaker clicks
      volume.gain.setValueAtTime(0, begin)
      volume.gain.linearRampToValueAtTime(loudness, begin + 0.02)
      volume.gain.setValueAtTime(loudness, end - 0.06)
      volume.gain.linearRampToValueAtTime(0, end)
      volume.connect(context.destination)
      for (const [harmonic, share] of [
        [1, 0.7],
        [2, 0.3],
      ] as const) {
        const tone = context.createOscillator()
        const part = context.createGain()
        tone.frequency.value = hertz * harmonic
        part.gain.value = share
        tone.connect(part).connect(volume)
        tone.start(begin)
        tone.stop(end)
      }
    }
  }
  const stop = (): void => {
    if (timer === undefined) return
    clearInterval(timer)
    timer = undefined
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(0)
  }
  return {
    get state() {
      return state()
    },
    unlock: () => {
      if (Context === undefined || context?.state === 'running') return
      context ??= new Context()
      const wasRinging = timer !== undefined
      void context.resume().then(() => {
        onChange()
        if (wasRinging && timer !== undefined) play()
      })
    },
    ring: () => {
      if (timer !== undefined) return
      timer = setInterval(play, round * 1000)
      play()
    },
    stop,
    close: () => {
      stop()
      void context?.close()
    },
  }
}
