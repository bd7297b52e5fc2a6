/** What the station loads only when it is asked for: the LAN, what is printed of it, and our authority for device management. */
export { exportTo } from './authority-export.ts'
export { lanSummary } from './lan-summary.ts'
export { startLan } from './lan.ts'
