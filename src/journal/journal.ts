// Journal port. The one thing that must never be lost: frames, numbered without a gap, each durable before anybody is
// told of it. Backends pass the same contract and crash tests (test/journal).
//
// J1. `append` resolves only when the frame is on disk. J2. A frame is appended only right after its predecessor;
// whoever lost the journal to another owner cannot append any more. J3. After one failed append every later one
// fails: a disk that failed once is not asked again, and nothing after the failure may be acknowledged.

export type Journal = {
  /** Sequence number of the last durable frame; 0 when there is none. */
  readonly position: () => number;
  /** Makes the frame durable under position + 1. @throws JournalFault on the first and every later failure. */
  readonly append: (frame: Uint8Array) => Promise<void>;
  /** A durable frame's bytes; null when there is none with this number. */
  readonly read: (seq: number) => Uint8Array | null;
  /** Removes the last frame: only for one that a crash cut short. */
  readonly cutLast: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Storage failed: the process must stop and start again from what is durable. */
export class JournalFault extends Error {
  override name = 'JournalFault';
}
