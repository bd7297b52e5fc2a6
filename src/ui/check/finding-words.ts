/** A finding as it is said to people, and all of a check as text for whoever is asked for help. */
import type { Connectivity } from '../../client/contract.ts'
import { nameOf } from '../devices/words.ts'
import type { StringKey, Text } from '../text.ts'
import type { Diagnosis, Finding } from './diagnosis.ts'
import type { Observations, Step } from './observations.ts'
import { steps } from './observations.ts'

export interface FindingWords {
  readonly title: string
  readonly text: string
  /** What to try, one thing each. */
  readonly tries: readonly string[]
}

const nodeOf = ({ node }: Observations): Connectivity | undefined => (node === 'silent' ? undefined : node)

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url)

const valuesOf = (
  { device, url, seconds, detail }: Finding,
  seen: Observations,
  text: Text,
): Record<string, string> => ({
  name:
    device !== undefined
      ? nameOf(device, nodeOf(seen)?.devices ?? [], text)
      : url === undefined
        ? text.say('check.unknownDevice')
        : hostOf(url),
  url: url === undefined ? '' : hostOf(url),
  time: seconds === undefined ? '' : text.duration(Math.abs(seconds)),
  detail: detail ?? '',
})

export const findingWords = (finding: Finding, seen: Observations, text: Text): FindingWords => {
  const values = valuesOf(finding, seen, text)
  const say = (key: StringKey): string => text.say(key, values).trim()
  const { cause } = finding
  if (cause === 'fine' && seen.device !== undefined)
    return {
      title: text.say('check.linked', { name: nameOf(seen.device, nodeOf(seen)?.devices ?? [], text) }),
      text: text.say('check.linkedText'),
      tries: [],
    }
  const linked = nodeOf(seen)?.devices.filter(({ link }) => link !== undefined).length ?? 0
  const isLinked = cause === 'fine' && linked > 0
  return {
    title: say(`cause.${cause}`),
    text: isLinked
      ? `${say('cause.fine.text')} ${text.say('check.allLinked', { count: linked })}`
      : say(`cause.${cause}.text`),
    tries: say(`cause.${cause}.try`).split('\n'),
  }
}

/** What is said of a step where nothing is wrong. */
export const stepWords = (step: Step, seen: Observations, text: Text): string => {
  const node = nodeOf(seen)
  const linked = node?.devices.filter(({ link }) => link !== undefined) ?? []
  switch (step) {
    case 'node':
      return text.say('check.step.node.fine')
    case 'network':
      return text.say('check.step.network.fine', { raw: seen.addresses?.raw ?? 0, mdns: seen.addresses?.mdns ?? 0 })
    case 'address': {
      const url = hostOf(seen.origin?.url ?? '')
      return text.say(seen.origin?.answers === 'yes' ? 'check.step.address.fine' : 'check.step.address.away', { url })
    }
    case 'stations': {
      const stations = node?.stations ?? []
      const count = stations.filter(({ state }) => state === 'connected').length
      return stations.length === 0
        ? text.say('check.step.stations.none')
        : text.say('check.step.stations.fine', { count, of: stations.length })
    }
    case 'devices':
      return (node?.devices.length ?? 0) === 0
        ? text.say('check.step.devices.none')
        : text.say('check.step.devices.fine', { count: linked.length })
    case 'clock': {
      const isCompared =
        seen.origin?.clockOffset !== undefined || linked.some(({ link }) => link?.clockOffset !== undefined)
      return text.say(isCompared ? 'check.step.clock.fine' : 'check.step.clock.none')
    }
    case 'storage': {
      const { used = 0, quota = 0 } = seen.storage ?? {}
      return text.say('check.step.storage.fine', { used: text.bytes(used), quota: text.bytes(quota) })
    }
  }
}

export interface ReportFacts {
  readonly build: string
  readonly browser: string
  /** ISO 8601. */
  readonly time: string
}

const short = (id: string): string => id.slice(0, 8)

/** In the language of the screen, with the names of causes as programs know them. Ids are cut short; nothing in it is secret. */
export const reportText = (diagnosis: Diagnosis, seen: Observations, facts: ReportFacts, text: Text): string => {
  const node = nodeOf(seen)
  const main = findingWords(diagnosis.main, seen, text)
  const rows = steps.flatMap((step) => {
    const found = diagnosis.findings.filter((finding) => finding.step === step)
    const lines = found.map((finding) => {
      const words = findingWords(finding, seen, text)
      return `  [${finding.level}] ${finding.cause}: ${words.title}${finding.detail === undefined ? '' : ` (${finding.detail})`}`
    })
    return [text.say(`check.step.${step}`), ...(lines.length > 0 ? lines : [`  [ok] ${stepWords(step, seen, text)}`])]
  })
  const devices = (node?.devices ?? []).map(({ node: id, link, seenAt, attempt, failed, failures }) => {
    const last = failed ?? attempt
    const way = (kinds: typeof last extends undefined ? never : { raw: number; mdns: number } | undefined): string =>
      kinds === undefined ? '?' : `${kinds.raw}+${kinds.mdns}`
    const tried =
      last === undefined ? '' : `, ${last.step} ${way(last.ours)}/${way(last.theirs)} ${last.failure?.code ?? ''}`
    return `  ${short(id)} ${link?.kind ?? '-'} ${seenAt}${tried}, ${failures}`
  })
  return [
    `Shoal ${facts.build}, ${facts.time}, ${short(node?.node ?? '?')}`,
    facts.browser,
    '',
    `${diagnosis.main.cause}: ${main.title}`,
    main.text,
    ...main.tries.map((one) => `- ${one}`),
    '',
    ...rows,
    ...(devices.length > 0 ? ['', text.say('check.step.devices'), ...devices] : []),
    '',
  ].join('\n')
}
