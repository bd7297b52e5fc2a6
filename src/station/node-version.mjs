/** Ends the process in one sentence where Node.js is too old. Written so that an old one can still read it. */
export const nodeVersionMin = [20, 19]

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < nodeVersionMin[0] || (major === nodeVersionMin[0] && minor < nodeVersionMin[1])) {
  console.error(
    `Shoal needs Node.js ${nodeVersionMin.join('.')} or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org and start again.`,
  )
  process.exit(1)
}
