/** The flags of `npm start`, read before anything is installed or built: a typing error should cost a second, not a minute. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const usage = `Usage: npm start -- [flags]
       npm start -- ca export DIR   write our certificate authority for device management

  --port PORT        listen on this port of this machine (default 4454; 0 means any free one)
  --data DIR         keep keys here (default: the environment's SHOAL_DATA, else .shoal in your home folder)
  --app DIR          serve this built app, and build nothing
  --lan              serve tablets too, over https; prints a code to scan
  --help             show this

With --lan:
  --origin URL       the address at which tablets open it (default: found, then remembered)
  --name NAME        the name in it only: https://NAME:4443
  --cert FILE        the plant's own certificate for that name, PEM, with those between it and the root
  --key FILE         its private key, PEM
  --https-port PORT  listen here (default: the port of the address), where the network forwards to it
  --ca-port PORT     the page that tells tablets how to trust our own certificate (default 4480)
  --listen ADDRESS   on one address of this machine only (default: on all)

Examples:
  npm start -- --lan
  npm start -- --lan --name shoal.plant.example
  npm start -- --lan --origin https://shoal.plant.example --cert fullchain.pem --key privkey.pem
  npm start -- --lan --origin https://192.168.0.10:4443
  npm start -- ca export ./for-device-management

What to do with twenty tablets: docs/fleet.md`

const options = {
  port: { type: 'string', default: '4454' },
  data: { type: 'string' },
  app: { type: 'string' },
  lan: { type: 'boolean', default: false },
  origin: { type: 'string' },
  name: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
  'https-port': { type: 'string' },
  'ca-port': { type: 'string' },
  listen: { type: 'string' },
  help: { type: 'boolean', default: false },
}

const refuse = (sentence) => {
  console.error(`${sentence}\n\n${usage}`)
  process.exit(2)
}

const parse = (args) => {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    return refuse(error.message)
  }
}

const portOf = (values, flag) => {
  const text = values[flag]
  if (text === undefined) return undefined
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    refuse(`--${flag} must be a number from 0 to 65535, not "${String(text)}".`)
  return Number(text)
}

const present = (entries) => Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined))

const fileOf = (path) => (path === undefined ? undefined : resolve(path))

const ofLan = ['origin', 'name', 'cert', 'key', 'https-port', 'ca-port', 'listen']
const ofExport = ['origin', 'name']

const exportFolder = (words) => {
  if (words.length === 0) return undefined
  const [noun, verb, folder, ...rest] = words
  if (noun !== 'ca' || verb !== 'export' || rest.length > 0) refuse(`"${words.join(' ')}" is nothing that can be done.`)
  if (!folder) refuse('Say in which folder the files are to be written: npm start -- ca export DIR')
  return resolve(folder)
}

export const readFlags = (args) => {
  const { values, positionals } = parse(args)
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const port = portOf(values, 'port')
  for (const flag of ['data', 'app', ...ofLan]) if (values[flag] === '') refuse(`--${flag} needs a value.`)
  const exportTo = exportFolder(positionals)
  const stray = ofLan.filter((flag) => values[flag] !== undefined && !(exportTo && ofExport.includes(flag)))
  if (!values.lan && stray.length > 0) refuse(`--${stray[0]} is for a station on the LAN: add --lan.`)
  const { origin, name, cert, key, listen } = values
  if (origin !== undefined && name !== undefined) refuse('Give --origin or --name, not both.')
  if ((cert === undefined) !== (key === undefined)) refuse('--cert and --key go together.')
  const lan = present({
    origin,
    name,
    cert: fileOf(cert),
    key: fileOf(key),
    httpsPort: portOf(values, 'https-port'),
    caPort: portOf(values, 'ca-port'),
    listen,
  })
  return {
    port,
    dataFolder: resolve(values.data ?? (process.env.SHOAL_DATA || join(homedir(), '.shoal'))),
    appFolder: fileOf(values.app),
    lan: values.lan || exportTo ? lan : undefined,
    exportTo,
  }
}
