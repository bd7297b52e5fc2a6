/**
 * The Content-Security-Policy of every page of our origin, written once: the station sends it as a header, the build puts it into
 * index.html. Everything loads from our own origin; a string becomes script only through the two named Trusted Types policies.
 */
const directives = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  // where an unmodified Actyx app looks for its node: on any other port or host of ours, the worker answers in its place
  // ws and wss of any host: which stations a node uses is for whoever sets it up to say
  "connect-src 'self' http://localhost:4454 ws: wss:",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html shoal',
]

/** For `<meta http-equiv>`, where browsers refuse `frame-ancestors`. */
export const metaPolicy = directives.join('; ')

export const headerPolicy = [...directives, "frame-ancestors 'none'"].join('; ')
