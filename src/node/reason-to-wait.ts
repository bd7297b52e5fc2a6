/** Why a device that wants to join waits, in a sentence that says what to do. */
import type { StationState } from '../transport/contract.ts'

export interface Waiting {
  readonly swarmName: string
  readonly isRadioReady: boolean
  readonly stations: readonly StationState[]
  /** Members seen. */
  readonly found: number
  /** Why the last of them could not be linked. */
  readonly failure: string | undefined
}

export const reasonToWait = (waiting: Waiting): { readonly code: string; readonly message: string } => {
  const { isRadioReady, stations, found, failure } = waiting
  const swarm = waiting.swarmName === '' ? 'the swarm' : `"${waiting.swarmName}"`
  if (!isRadioReady)
    return {
      code: 'ERR_NO_RADIO',
      message: 'Only a tab of Shoal that is on the screen can reach other devices. Leave this page open and in front.',
    }
  if (found > 0)
    return {
      code: 'ERR_NO_LINK',
      message: `A device of ${swarm} was found, but no link to it could be made. ${failure ?? 'It is tried again by itself.'} Check that both are in the same network.`,
    }
  if (stations.length === 0)
    return {
      code: 'ERR_NO_WAY',
      message: `The invitation names no station, so ${swarm} cannot be found by itself. Link this device with one of its devices by a code.`,
    }
  if (stations.every(({ state }) => state !== 'connected'))
    return {
      code: 'ERR_NO_STATION',
      message: `${stations.length === 1 ? `The station ${stations[0]?.url} cannot` : `None of ${stations.length} stations can`} be reached. Check the network of this device, or link it with one of ${swarm} by a code.`,
    }
  return {
    code: 'ERR_NOBODY',
    message: `No device of ${swarm} has answered yet. Open Shoal on one of them and leave it on the screen: any will do.`,
  }
}
