/** Our authority for device management, made where there is none yet: files that may be given to anybody. */
import { lanAddresses } from './addresses.ts'
import { writeAuthorityFiles } from './authority-files.ts'
import { openAuthority } from './authority.ts'
import { tlsFolder } from './lan-certificates.ts'
import { findName } from './lan-name.ts'
import type { OriginFlags } from './origin.ts'
import { chooseOrigin } from './origin.ts'
import type { Report } from './private-file.ts'

/** Answers what was done, for the terminal. */
export const exportTo = async (
  folder: string,
  dataFolder: string,
  flags: OriginFlags,
  report: Report,
): Promise<string> => {
  const { origin, plant } = await chooseOrigin(dataFolder, flags, () => findName(lanAddresses()), report)
  const authority = await openAuthority(tlsFolder(dataFolder), origin.name, Date.now(), report)
  return [
    ...writeAuthorityFiles(authority, folder),
    `${authority.name}, for ${origin.href}, until ${new Date(authority.expires).toISOString().slice(0, 10)}`,
    `SHA-256 ${authority.fingerprint}`,
    ...(plant === undefined
      ? []
      : [`The station shows the plant's certificate there: devices need this only if you go back to our own.`]),
  ].join('\n')
}
