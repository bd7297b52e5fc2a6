/** Every bound of the node, with its reason. Bytes unless the name says otherwise. */

/** A run holds at most this many events: beyond it a deflated event hardly shrinks, and a reader must inflate a whole run. */
export const runEventsMax = 1024
/** A tail of this many payload bytes is sealed although it has fewer events: a frame on the wire is 64 KiB, a run is few of them. */
export const runPayloadBytesSeal = 256 * 1024
/** Inflating stops here whatever a header says (RULES 1). Holds one largest event beside a full run. */
export const rawBytesMax = 4 * 1024 * 1024
/** One event's payload as JSON text, in UTF-16 code units: four pages of text are 4 KB, this is 256 times that. */
export const payloadCharsMax = 1024 * 1024
/** Nesting of a payload; deeper ones overflow the stack of some reader somewhere. */
export const payloadDepthMax = 512
export const tagsPerEventMax = 256
export const tagCharsMax = 1024
/** One publication; a client splits what is larger. */
export const publishEventsMax = 16_384
/** The body of one publish request. */
export const publishBytesMax = 10 * 1024 * 1024
/** A foreign run this far beyond the highest accepted lamport is deferred (RULES 10). */
export const lamportLeapMax = 2 ** 32
/** An event may not be stamped later than this before now; else the clock was wrong before (RULES 11). Microseconds. */
export const timestampAheadMax = 10_000_000
/** Receipts are kept this long (ms) and at most this many (RULES 9). */
export const receiptAgeMax = 7 * 24 * 3600 * 1000
export const receiptsMax = 100_000
/** A filter of one seal; RULES 22. */
export const summaryFilterBytesMax = 1024
/** Seal summaries to a record (RULES 22). */
export const summariesPerRecord = 64
/** While catching up, what was stored becomes present at the latest after this (RULES 12). Milliseconds. */
export const presentHoldMax = 5000
/** Nesting of an AQL expression; tested against the smallest stack we know, a worker's. */
export const queryDepthMax = 200
/** Length of an AQL text in UTF-16 code units. */
export const queryCharsMax = 64 * 1024
