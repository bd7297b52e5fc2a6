/** A short tone and a shake: a code was read. Silent where the sounds of calls are switched off on this device. */
import { recall } from '../preferences.ts'

/** Hertz, seconds, of 1. */
const pitch = 1320
const length = 0.12
const loudness = 0.25
/** Milliseconds. */
const shake = 60

export const chime = (): void => {
  // before the first touch browsers allow neither, and complain
  if (!(navigator.userActivation?.hasBeenActive ?? true)) return
  navigator.vibrate?.(shake)
  const Context = (globalThis as { AudioContext?: typeof AudioContext }).AudioContext
  if (Context === undefined || recall('andon.sound') === 'off') return
  const context = new Context()
  const end = context.currentTime + length
  const volume = context.createGain()
  // without a ramp a speaker clicks
  volume.gain.setValueAtTime(loudness, context.currentTime)
  volume.gain.linearRampToValueAtTime(0, end)
  const tone = context.createOscillator()
  tone.frequency.value = pitch
  tone.connect(volume).connect(context.destination)
  tone.addEventListener('ended', () => void context.close())
  tone.start()
  tone.stop(end)
}
