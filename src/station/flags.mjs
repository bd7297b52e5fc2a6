/** The flags of `npm start`, read before anything is installed or built: a typing error should cost a second, not a minute. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const usage = `Usage: npm start -- [flags]

  --port PORT   listen on this port of this machine (default 4454; 0 means any free one)
  --data DIR    keep the station's key here (default: the environment's SHOAL_DATA, else .shoal in your home folder)
  --app DIR     serve this built app, and build nothing
  --help        show this`

const options = {
  port: { type: 'string', default: '4454' },
  data: { type: 'string' },
  app: { type: 'string' },
  help: { type: 'boolean', default: false },
}

const refuse = (sentence) => {
  console.error(`${sentence}\n\n${usage}`)
  process.exit(2)
}

const parse = (args) => {
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    return refuse(error.message)
  }
}

export const readFlags = (args) => {
  const { port, data, app, help } = parse(args)
  if (help) {
    console.log(usage)
    process.exit(0)
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    refuse(`--port must be a number from 0 to 65535, not "${String(port)}".`)
  if (data === '' || app === '') refuse('--data and --app need the name of a folder.')
  const dataFolder = resolve(data ?? (process.env.SHOAL_DATA || join(homedir(), '.shoal')))
  return { port: Number(port), dataFolder, appFolder: app === undefined ? undefined : resolve(app) }
}
