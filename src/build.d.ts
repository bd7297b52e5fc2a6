/** Filled in by vite.config.ts. */

/** `<version>-<hash of the sources>`: equal in the app and the worker of one build. */
declare const __SHOAL_BUILD__: string

/** Only in the worker: every file of the built app, for workbox-precaching. Empty under `npm run dev`. */
declare const __SHOAL_PRECACHE__: { readonly url: string; readonly revision: string | null }[]
