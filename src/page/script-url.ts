/** The only script URLs that this page ever makes from strings. */

const workerPath = '/sw.js'
/** Where a station says what it is. It is no script: asked for as one, it is refused, and how it is refused tells something. */
export const probePath = '/station.json'

const allowed: readonly string[] = [workerPath, probePath]

const policy = globalThis.window?.trustedTypes?.createPolicy('shoal', {
  createScriptURL: (url: string) => {
    if (!allowed.includes(url)) throw new TypeError(`not a script of Shoal: ${url}`)
    return url
  },
})

const scriptUrl = (path: string): string => (policy?.createScriptURL(path) ?? path) as string

export const workerUrl = (): string => scriptUrl(workerPath)
export const probeUrl = (): string => scriptUrl(probePath)
