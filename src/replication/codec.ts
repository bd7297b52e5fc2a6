/** How the fields of one type of frame are written and read. */
export interface Codec<F> {
  readonly byte: number
  readonly write: (frame: F) => readonly unknown[]
  readonly read: (fields: readonly unknown[]) => F
}
export type Codecs<F extends { readonly type: string }> = {
  readonly [T in F['type']]: Codec<Extract<F, { readonly type: T }>>
}
