/** `npm start`: from a fresh clone to a running station, and in under a second when all is there already. */
import './node-version.mjs'

const start = async () => {
  const { readFlags } = await import('./flags.mjs')
  const { port, dataFolder, appFolder, lan, exportTo } = readFlags(process.argv.slice(2))
  const { ensureBuild, ensureDependencies, root } = await import('./preparation.mjs')
  ensureDependencies()
  if (appFolder === undefined) ensureBuild()
  const { exportAuthority, runStation } = await import(new URL('../../dist/station/main.js', import.meta.url).href)
  if (exportTo !== undefined) return exportAuthority(dataFolder, lan, exportTo)
  await runStation({ port, dataFolder, appFolder: appFolder ?? `${root}dist/app`, ...(lan && { lan }) })
}

start().catch((error) => {
  console.error(error.code === undefined ? error : error.message)
  process.exit(1)
})
