/** Randomness as an argument: that many bytes, fresh for each call. The device's is `crypto.getRandomValues`, the simulator's is seeded. */
export type Random = (length: number) => Uint8Array<ArrayBuffer>
