/** Every bound of the node, with its reason. Bytes unless the name says otherwise. */

/** A run holds at most this many events: beyond it a deflated event hardly shrinks, and a reader must inflate a whole run. */
export const runEventsMax = 1024
/** A tail with this much payload (JSON text, UTF-16 code units) is sealed although it has fewer events; about 32 KiB deflated, one frame. */
export const runPayloadCharsSeal = 512 * 1024
/**
 * Tags and payloads of a run as text, in UTF-16 code units, however well they pack: a dictionary entry used a thousand times is a
 * bomb as well. Holds one largest event (payload and tags) beside a run that is just not full.
 */
export const runCharsMax = 2 * 1024 * 1024
/** Inflating stops here whatever a header says (RULES 1). Holds `runCharsMax` at three bytes a code unit, and all numbers beside it. */
export const rawBytesMax = 8 * 1024 * 1024
/** Unsealed records of one stream, in bytes; more of them would make a start slow. */
export const tailBytesSeal = 1024 * 1024
/** A tail of at least this many runs is sealed when nobody has written for `tailIdleSeal`: a start then reads fewer records. */
export const tailRunsSeal = 64
/** Milliseconds. */
export const tailIdleSeal = 60_000
/** Seals with fewer events than this are merged with the seal that follows, while the union stays within a run. */
export const sealEventsSmall = 512
/** Decoded runs kept in memory. */
export const blockCacheBytesMax = 24 * 1024 * 1024
/** Contradictions kept as evidence; an attacker must not fill the device with them. */
export const evidenceMax = 1000
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
/** Seals whose summary is in memory only; after a kill so many runs are read once more. */
export const summariesUnsavedMax = 16
/** Events in one transaction, from however many publishers; a single publication may not be split. */
export const groupEventsMax = 2048
/** While a transaction is under way the next is packed already when at least so many events wait for it. */
export const packAheadEvents = 512
/** While catching up, what was stored becomes present at the latest after this (RULES 12). Milliseconds. */
export const presentHoldMax = 5000
/** Foreign runs in one transaction, and their bytes: a publisher waits for one such transaction (about 30 ms), not for a whole catching up. */
export const ingestRunsMax = 256
export const ingestBytesMax = 512 * 1024
/** What they may inflate to, as their headers say: twice this is in memory while they pass the gate. */
export const ingestRawBytesMax = 16 * 1024 * 1024
/** Of what lies beyond a cut, moved in one transaction: far more than a device writes in a day, and it fits into memory. */
export const cutBytesMax = 8 * 1024 * 1024
/** Foreign runs examined at the same time: enough to keep the threads busy that verify, inflate and hash. */
export const examinedAtOnce = 8
/** Records read from the store at once to be passed on. */
export const runsReadMax = 256
/** Nesting of an AQL expression; tested against the smallest stack we know, a worker's. */
export const queryDepthMax = 200
/** Length of an AQL text in UTF-16 code units. */
export const queryCharsMax = 64 * 1024
/** A frame on a channel; a data channel carries at most 256 KiB at once, and a control frame must not wait for a large one. */
export const frameBytesMax = 64 * 1024
/** How long people have to carry a code from one device to the other; after that the addresses in it may be stale. Milliseconds. */
export const handCodeAgeMax = 600_000
/** What one signal of a WebRTC offer or answer may take. */
export const signalBytesMax = 16 * 1024
/** Bulk waits while more than this is on its way over one link. */
export const linkBytesHigh = 1024 * 1024
export const linkBytesLow = 256 * 1024
/** Bulk is handed to a channel only while less than this waits in it, so that control never waits behind more; control may go further. */
export const channelBulkBytes = 128 * 1024
export const channelControlBytes = 256 * 1024
/** A channel tells when what waits in it has fallen to this: early enough to be refilled before it is empty, below both bounds above. */
export const drainedBytes = 64 * 1024
/** More than this waiting for one node that reads too slowly ends its link. */
export const linkBytesMax = 64 * 1024 * 1024
/** With more than `linkBytesHigh` waiting and nothing leaving for this long, the other end does not read. Milliseconds. */
export const notReadingMax = 30_000
/** Frames that nobody listens for yet, on one channel; an honest node sends a few hundred bytes before it has been answered. */
export const earlyBytesMax = 1024 * 1024
/** From dialling to an open channel, unless people carry the signals. Milliseconds. */
export const dialTimeMax = 20_000
/** What was sent before a channel was closed may take this long to go out. Milliseconds. */
export const closeTimeMax = 1000
/** Heartbeats on a link, and the silence after which it is dead. Milliseconds. */
export const heartbeatEvery = 4000
export const silenceMax = 12_000
/** How long a link may take to answer when the device has just woken up. Milliseconds. */
export const wakeAnswerMax = 2000
/** `hello` and `proof` must both have passed by then. Milliseconds. */
export const proofTimeMax = 10_000
/** Up to this many nodes a full mesh; above it `linksActive` links are made, `linksMax` accepted (DESIGN). */
export const fullMeshMax = 8
export const linksActive = 5
export const linksMax = 8
/** Heads are compared in full this often. Milliseconds. */
export const fullHeadsEvery = 10_000
/** Heads that have changed are told after this, so that what changes in one turn goes in one frame; those that nobody lacks, later. Milliseconds. */
export const headsDelay = 2
export const headsLazyDelay = 300
export const headsLazyPerStream = 10
export const headsLazyDelayMax = 5000
/** Heads of what others wrote are passed on at most this often: in a busy swarm one frame then tells of many, which are wanted, sent and stored together. Milliseconds. */
export const headsRelayEvery = 40
/** Where telling them takes long, the next time comes after so many times as long, but not later than this. */
export const headsDelayShare = 10
export const headsDelayMax = 20
/**
 * Streams of one author, numbered from 0: those that it is given names for, and a few of its own. Others neither want nor store more, or a single
 * member could make so many that nobody could tell of his heads any more.
 */
export const streamsPerNodeMax = 256
/** Lines into which the streams of one author may fall apart here; what a hostile one signs beyond them is kept as evidence only. */
export const branchesMax = 64
/** Streams one linked node may speak of. */
export const headsMax = 65_536
/** Heads in one frame, about 90 bytes each: a frame of 4 MiB would close the link. */
export const headsPerFrame = 16_384
/** Whole heads are told to one linked node at most this often, however often it asks. Milliseconds. */
export const headsAnswerEvery = 1000
/** An own run this small goes unasked to whoever lacks just this one; so many of them at once. It saves a round trip; more are cheaper asked for. */
export const pushBytesMax = 4 * 1024
export const pushRunsMax = 32
/** What one want asks for: at least room for a seal, at most so much that another link may take over soon. */
export const wantBytesMin = 64 * 1024
export const wantBytesMax = 2 * 1024 * 1024
/** Wanted from one link and not arrived: more than fits on a line of 50 ms at 10 MB/s. */
export const wantedBytesMax = 4 * 1024 * 1024
export const wantsMax = 32
/** Wants of one linked node that wait for their answer; more than twice what we would ask. */
export const wantsQueuedMax = 64
/** Read from the store at once to answer a want. */
export const answerBytes = 256 * 1024
/** Arrived and not stored: no more is wanted then. */
export const gatheredBytesMax = 8 * 1024 * 1024
/** Handed to the gate at once. */
export const intakeBytes = 1024 * 1024
export const intakeRunsMax = 1024
/** A link of which no byte came for this long, or no whole run for that long, loses its wants to others and rests. Milliseconds. */
export const wantSilenceMax = 10_000
export const wantTimeMax = 60_000
export const linkRestTime = 30_000
/** A stream that a link could not serve is asked of it again after this, twice as long each time. Milliseconds. */
export const wantBackOffFirst = 2000
export const wantBackOffMax = 600_000
/** When no linked node has what follows of an ephemeral stream for this long, it goes on where they have it. Milliseconds. */
export const jumpAfter = 30_000
/** With more than this many events missing, or streams, a node is catching up: what it stores becomes present as one batch. */
export const catchUpEvents = 256
export const catchUpStreams = 32
/** Not catching up, what was stored becomes present at the latest after this, when more is under way. Milliseconds. */
export const liveHoldMax = 100
/** Seals of what is held already are asked for when nothing else has been wanted for this long, a few at a time. Milliseconds. */
export const sealIdle = 3000
export const sealWantsMax = 4
/** Admissions of a node are asked for again after this. Milliseconds. */
export const askAdmissionsEvery = 10_000
/** Nodes in one question; frames of admissions that wait to be learned. */
export const askAdmissionsMax = 256
export const admissionsQueuedMax = 64
/** Watchers of replication are told at most this often. Milliseconds. */
export const replicationTellEvery = 250
/** A vector is published at most this often (RULES 21). Milliseconds. */
export const vectorEvery = 60_000
/** A device counts as holding what its vector says for this long after it was last heard of (RULES 21). Milliseconds. */
export const seenWithin = 7 * 24 * 3600 * 1000
/** Certificates between a node and the root: the admissions of twice as many fit a hello of one frame. */
export const admissionDepthMax = 56
