/** What a rival's page can do, as `window.rival`: one replica of a list of factory events, linked to that in another browser's page. */

export interface RivalOptions {
  /** Of the replica's own store. Another one for each run, so that none pays for an earlier one. */
  readonly name: string
  /** How many events it holds before it is linked. */
  readonly events: number
  readonly seed: number
  /** What the other replica's `open` answered, where that one is opened first. */
  readonly other: string | undefined
}

export interface Rival {
  /** Resolves when all its events are readable and stored here. What it answers is handed to the other one. */
  open(options: RivalOptions): Promise<string>
  /** Looks for the other replica in `room`, by the signalling station at `url`. */
  link(url: string, room: string): Promise<void>
  /** Resolves when that many events are readable and stored here. Called before `link`. */
  whenComplete(events: number): Promise<void>
  /** Says what is wrong with the list; empty when it is that of the seed, in its order, nothing missing, nothing doubled. */
  verify(events: number, seed: number): Promise<string>
}

declare global {
  interface Window {
    rival: Rival
  }
}
