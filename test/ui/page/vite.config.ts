/** Only so that the project's own configuration, which builds the app, is not used for this page. */
import { defineConfig } from 'vite'

export default defineConfig({
  publicDir: '../../../public',
  server: { fs: { allow: ['../../..'] } },
  cacheDir: '../../../.cache/vite-console',
})
