/** Adding the app to the home screen: the browser's prompt is kept until somebody taps our button. */
import type { Installability } from './contract.ts'

/** Not in the DOM library: only Chromium has it. */
interface InstallPrompt extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}

export interface Installing {
  isInstalled(): boolean
  installability(): Installability
  install(): Promise<boolean>
}

/** iOS and iPadOS, which names itself a Mac but has fingers. */
const isAppleTablet = (): boolean =>
  /iPad|iPhone|iPod/.test(navigator.userAgent) ||
  (navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1)

export const watchInstalling = (onChange: () => void): Installing => {
  let kept: InstallPrompt | undefined
  let wasInstalled = false
  const standalone = matchMedia('(display-mode: standalone), (display-mode: fullscreen), (display-mode: minimal-ui)')
  const isInstalled = (): boolean =>
    wasInstalled || standalone.matches || (navigator as { standalone?: boolean }).standalone === true

  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    kept = event as InstallPrompt
    onChange()
  })
  addEventListener('appinstalled', () => {
    kept = undefined
    wasInstalled = true
    onChange()
  })
  standalone.addEventListener('change', onChange)
  return {
    isInstalled,
    installability: () => {
      if (isInstalled()) return 'no'
      if (kept !== undefined) return 'prompt'
      return isAppleTablet() ? 'by-hand' : 'no'
    },
    install: async () => {
      const prompt = kept
      if (prompt === undefined) return false
      // it can be used once
      kept = undefined
      const { outcome } = await prompt.prompt()
      onChange()
      return outcome === 'accepted'
    },
  }
}
