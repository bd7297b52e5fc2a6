/** Only so that the project's own configuration, which builds the app, is not used for this page. */
import { defineConfig } from 'vite'

export default defineConfig({
  publicDir: '../../../public',
  server: { fs: { allow: ['../../..'] } },
  // named here, so that Vite does not reload the page in the middle of a test on discovering them
  optimizeDeps: { include: ['lit', 'lit/directives/repeat.js', 'papaparse', 'qr', 'qr/decode.js'] },
  cacheDir: '../../../.cache/vite-console',
})
