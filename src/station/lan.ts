/** The station on the LAN: the app and `/signal` over https at one origin, the page with our authority over plain http, each bounded. */
import type { IncomingMessage, RequestListener } from 'node:http'
import { errorMessage } from '../core/errors.ts'
import type { AddressWatch, LanAddress } from './addresses.ts'
import { hostOf, lanAddresses, watchAddresses } from './addresses.ts'
import { headersOfEveryAnswer, isApi, isSignal, isStationFacts, noWorker, sendStationFacts } from './answers.ts'
import type { LanBounds } from './bounds.ts'
import { createGate, lanBounds } from './bounds.ts'
import { serveCaPage } from './ca-page.ts'
import type { Answering, Listening } from './http.ts'
import { listenOnLan } from './http.ts'
import type { CertificateTimes, LanCertificates } from './lan-certificates.ts'
import { openCertificates } from './lan-certificates.ts'
import { findName } from './lan-name.ts'
import type { ChosenOrigin, Origin, OriginFlags } from './origin.ts'
import { chooseOrigin } from './origin.ts'
import type { Report } from './private-file.ts'
import { refuseUpgrade, upgradeRequired } from './signalling.ts'
import type { Signalling } from './signalling.ts'

export interface LanFlags extends OriginFlags {
  /** Where it listens, when something in between forwards the origin's port to it; 0 means any free one. */
  readonly httpsPort?: number
  /** Of the page with our authority; 0 means any free one. */
  readonly caPort?: number
  /** One address of this machine, where not all of them are to be reached. */
  readonly listen?: string
}

export const caPortUsual = 4480

export interface LanOptions extends CertificateTimes {
  readonly flags: LanFlags
  readonly dataFolder: string
  readonly nodeId: string
  /** Serves the app's files. */
  readonly app: RequestListener
  readonly signalling: Signalling
  readonly report: Report
  readonly bounds?: Partial<LanBounds>
  readonly onAddresses?: (addresses: readonly LanAddress[]) => void
}

export interface Lan {
  readonly origin: Origin
  readonly former: readonly Origin[]
  readonly httpsPort: number
  readonly certificates: LanCertificates
  /** Of the page with our authority: by the origin's name, and by an address, which needs no name to be found. Absent with the plant's certificate. */
  readonly caPage: { readonly port: number; readonly byName: string; byAddress(address: string): string } | undefined
  readonly addresses: readonly LanAddress[]
  stop(): Promise<void>
}

/** Only where the certificate is the plant's own: nobody could get past a mistake of ours for so long. Seconds: 30 days. */
const strictTransport = 'max-age=2592000'

/** What a browser says when it does not trust us; everything else that fails is of the network. */
const isDistrust = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  /ALERT_(?:UNKNOWN_CA|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE)/.test(code)

const isNavigation = ({ headers, method }: IncomingMessage): boolean =>
  method === 'GET' && (headers.accept?.includes('text/html') ?? false)

export const startLan = async (options: LanOptions): Promise<Lan> => {
  const { flags, dataFolder, nodeId, app, signalling, report } = options
  const look = (): LanAddress[] => {
    const { listen } = flags
    return listen === undefined || listen === '::' || listen === '0.0.0.0'
      ? lanAddresses()
      : [{ address: listen, via: '--listen' }]
  }
  const bounds: LanBounds = { ...lanBounds, ...options.bounds }
  const chosen: ChosenOrigin = await chooseOrigin(dataFolder, flags, () => findName(look()), report)
  const { origin, former, plant } = chosen
  const certificates = await openCertificates(dataFolder, chosen, report, options)
  const gate = createGate(bounds, report)
  const opened: Listening[] = []
  let watch: AddressWatch | undefined
  const stop = async (): Promise<void> => {
    watch?.stop()
    certificates.stop()
    await Promise.all(opened.map((one) => one.stop()))
  }

  const urlOf = (host: string, port: number): string => `http://${hostOf(host)}${port === 80 ? '' : `:${port}`}/`
  let caPage: Lan['caPage']

  /** Origins under which tablets may hold data: there the app is served as it is, so that it can say that it has moved. */
  const known = new Set([origin, ...former].map(({ href }) => new URL(href).host))
  const elsewhere = (asked: IncomingMessage): boolean => {
    const { host } = asked.headers
    return host !== undefined && !known.has(host.toLowerCase().replace(/:443$/, ''))
  }

  const request: RequestListener = (asked, response) => {
    for (const [name, value] of Object.entries(headersOfEveryAnswer)) response.setHeader(name, value)
    response.setHeader('Shoal-Node', nodeId)
    if (plant !== undefined) response.setHeader('Strict-Transport-Security', strictTransport)
    const url = asked.url ?? '/'
    // the node of this origin lives in the browser; that of the station is for this machine only
    if (isApi(url)) return noWorker(response)
    if (isStationFacts(url)) {
      // asked across origins by the page with our authority, to see whether we are trusted
      response.setHeader('Access-Control-Allow-Origin', '*')
      return sendStationFacts(response, {
        origin: origin.href,
        trust: caPage?.byName ?? null,
        certificate: { notAfter: certificates.expires },
      })
    }
    if (isNavigation(asked) && elsewhere(asked)) {
      // by an address, or another name: what a tablet keeps there would be lost to it at the origin
      response.writeHead(307, { Location: `${origin.href}/`, 'Cache-Control': 'no-store' })
      return void response.end()
    }
    if (isSignal(url)) return upgradeRequired(response)
    app(asked, response)
  }
  const upgrade: Answering['upgrade'] = (asked, socket, head) => {
    if (!gate.take(asked.socket.remoteAddress))
      return refuseUpgrade(socket, '429 Too Many Requests', 'ERR_RATE', 'Too many requests come from your address.')
    if (isSignal(asked.url ?? '/')) return signalling.upgrade(asked, socket, head)
    refuseUpgrade(socket, '404 Not Found', 'ERR_NOT_FOUND', 'WebSockets are at /signal.')
  }
  const noUpgrade: Answering['upgrade'] = (_asked, socket) =>
    refuseUpgrade(socket, '404 Not Found', 'ERR_NOT_FOUND', 'Nothing here takes WebSockets.')

  const door = { host: flags.listen, gate, bounds }
  const onHandshakeFailure = (error: NodeJS.ErrnoException, address: string): void => {
    if (isDistrust(error))
      report(
        'WARN_UNTRUSTED',
        `A browser at ${address.replace(/^::ffff:/, '')} does not trust the certificate of ${origin.href}${caPage === undefined ? '' : `: it is to open ${caPage.byName}`}.`,
      )
  }
  const listenSecurely = (port: number, flag: string): Promise<Listening> =>
    listenOnLan({ request, upgrade }, { ...door, port, flag, certificates, onHandshakeFailure })

  try {
    const main = await listenSecurely(flags.httpsPort ?? origin.port, '--https-port')
    opened.push(main)
    const { authority } = certificates
    if (authority !== undefined) {
      const page = await listenOnLan(
        {
          request: (asked, response) =>
            serveCaPage({
              authority: () => certificates.authority ?? authority,
              origin: origin.href,
              address: urlOf(origin.name, page.port),
            })(asked, response),
          upgrade: noUpgrade,
        },
        { ...door, port: flags.caPort ?? caPortUsual, flag: '--ca-port' },
      )
      opened.push(page)
      caPage = {
        port: page.port,
        byName: urlOf(origin.name, page.port),
        byAddress: (address) => urlOf(address, page.port),
      }
    }
    for (const port of new Set(former.map((one) => one.port))) {
      if (port === origin.port || port === main.port) continue
      try {
        opened.push(await listenSecurely(port, '--https-port'))
      } catch (error) {
        report(
          'WARN_FORMER_PORT',
          `Tablets that know this station at port ${port} do not reach it: ${errorMessage(error)}`,
        )
      }
    }
    watch = watchAddresses((addresses) => options.onAddresses?.(addresses), { look })
    const { current: addresses } = watch
    return {
      origin,
      former,
      httpsPort: main.port,
      certificates,
      caPage,
      get addresses() {
        return watch?.current ?? addresses
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
