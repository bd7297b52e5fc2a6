/** Which entries of a diary somebody wants to see, and how they are handed to somebody else. */
import type { DiaryEntry, DiaryFilter, Severity } from './contract.ts'
import { severities } from './contract.ts'
import type { DiaryExport } from './fleet-contract.ts'
import { createRedaction } from './redaction.ts'

const rank = (severity: Severity): number => severities.indexOf(severity)

export const filterDiary = (entries: readonly DiaryEntry[], filter: DiaryFilter = {}): readonly DiaryEntry[] => {
  const { severity = 'info', codes = [], device, from = -Infinity, to = Infinity } = filter
  const text = filter.text?.trim().toLowerCase() ?? ''
  return entries.filter(
    (entry) =>
      rank(entry.severity) >= rank(severity) &&
      (codes.length === 0 || codes.includes(entry.code)) &&
      (device === undefined || entry.device === device) &&
      entry.time >= from &&
      entry.time <= to &&
      (text === '' ||
        [entry.message, entry.code, entry.device, entry.stream].some((part) => part?.toLowerCase().includes(text))),
  )
}

export interface ExportFacts extends Omit<DiaryExport, 'entries'> {
  /** Whether an id is that of a member: any other 43 characters may be a key. */
  readonly isMember: (id: string) => boolean
}

/** Everything that goes out is either a number, a word of ours or a sentence without what is nobody else's business. */
export const exportDiary = (entries: readonly DiaryEntry[], { isMember, ...head }: ExportFacts): DiaryExport => {
  const redact = createRedaction(isMember)
  return {
    ...head,
    entries: entries.map(({ time, code, severity, message, device, stream, link }) => ({
      time,
      code: /^[A-Z]{1,20}(?:_[A-Z]{1,20}){0,5}\d{0,3}$/.test(code) ? code : 'OTHER',
      severity,
      message: redact(message),
      ...(device !== undefined && isMember(device) && { device }),
      ...(stream !== undefined && isMember(stream.slice(0, 43)) && { stream }),
      ...(link !== undefined && { link }),
    })),
  }
}
