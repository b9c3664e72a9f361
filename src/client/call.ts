// Call. One request from the moment it is made until it has ended, however often it was sent in between.
//
// C1. It ends once. C2. What is sent again is the same: operation, body, key. C3. `maybeDone` never goes back: once nobody
// knows whether an attempt happened, only an answer of the server to the request itself settles it.

import {
  isBeforeRepeats,
  RefusedError,
  UnansweredError,
  type Outcome,
  type Problem,
  type Unanswered,
} from './faults.ts';

export type CallRequest = {
  readonly op: string;
  readonly body: object;
  /** Idempotency key; '' for none. */
  readonly key: string;
  /** What it would do twice when sent twice: it is given up with its connection. */
  readonly once?: boolean;
};

export class Call {
  readonly request: CallRequest;
  /** Monotonic, ms: when it is given up. Infinity for what ends with the client. */
  readonly deadlineMs: number;
  /** Was on a wire at least once: what it says must not change any more. */
  sent = false;
  maybeDone = false;
  /** Refusals that told it to come later. */
  refusals = 0;
  ended = false;
  /** The last thing that stood in its way. */
  hindrance: unknown = undefined;
  readonly #done: (body: unknown) => void;
  readonly #failed: (fault: RefusedError | UnansweredError) => void;

  constructor(
    request: CallRequest,
    deadlineMs: number,
    done: (body: unknown) => void,
    failed: (fault: RefusedError | UnansweredError) => void,
  ) {
    this.request = request;
    this.deadlineMs = deadlineMs;
    this.#done = done;
    this.#failed = failed;
  }

  get outcome(): Outcome {
    return this.maybeDone ? 'unknown' : 'none';
  }

  answered(body: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.#done(body);
  }

  /** The server has judged the request: an earlier attempt that happened would have been found, unless it looked for none. */
  refused(problem: Problem): void {
    if (this.ended) return;
    this.ended = true;
    this.#failed(new RefusedError(problem, this.maybeDone && isBeforeRepeats(problem) ? 'unknown' : problem.outcome));
  }

  givenUp(reason: Unanswered): void {
    if (this.ended) return;
    this.ended = true;
    this.#failed(new UnansweredError(reason, this.outcome, this.request.key, this.hindrance));
  }
}
