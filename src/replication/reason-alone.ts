/** Why a member has no link at all, in a sentence that says what to do. */
import type { StationState } from '../transport/contract.ts'

export interface Circumstances {
  readonly isRadioReady: boolean
  readonly stations: readonly StationState[]
  /** Members seen at the stations. */
  readonly others: number
  readonly lastFailure: string | undefined
}

export const reasonAlone = (circumstances: Circumstances): { readonly code: string; readonly message: string } => {
  const { isRadioReady, stations, others, lastFailure } = circumstances
  if (!isRadioReady)
    return {
      code: 'ERR_NO_RADIO',
      message: 'No other device is linked: no tab of Shoal is on the screen, and only a tab can hold links. Open one.',
    }
  if (others > 0)
    return {
      code: 'ERR_NO_LINK',
      message: `${others} other ${others === 1 ? 'device was' : 'devices were'} found, but none could be linked. ${lastFailure ?? 'It is tried again by itself.'} Check that both are on the same network.`,
    }
  if (stations.length === 0)
    return {
      code: 'ERR_NO_WAY',
      message: 'No other device is linked, and no station is set up. Add a station, or link a device by a code.',
    }
  const connected = stations.filter(({ state }) => state === 'connected').length
  if (connected === 0)
    return {
      code: 'ERR_NO_WAY',
      message: `No other device is linked, and ${stations.length === 1 ? 'the station' : `none of ${stations.length} stations`} can${stations.length === 1 ? 'not' : ''} be reached. Check the network, or link a device by a code.`,
    }
  return {
    code: 'ERR_NOBODY',
    message: `No other device of this swarm is at ${connected === 1 ? 'the station' : 'the stations'} now. Wake one up, or bring it into the network.`,
  }
}
