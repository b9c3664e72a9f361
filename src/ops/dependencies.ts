// Dependencies. Everything outside of the engine's own memory that it needs, and what it does while that is gone: as data, so
// that operators can read it and a test can hold the server to it (test/e2e/degradation.test.ts has a trial for each row).
//
// D1. Only the disk of journal and snapshots is strong: without it nothing may be acknowledged. D2. What is gone never
// decides an order: what was sent and not heard of stays unknown, whatever breaker or switch is open.

import type { Refusal } from '../domain/refusals.ts';

/**
 * What becomes of payments while it is gone:
 * - `stops`: the process ends at once and acknowledges nothing more.
 * - `goes_on`: all of them, as ever.
 * - `others_go_on`: what needs it is refused, everything else goes on.
 */
export type CoreLink = 'stops' | 'goes_on' | 'others_go_on';

export type Dependency = {
  readonly strength: 'strong' | 'weak';
  /** Longest wait for it, ms; null where nobody waits. */
  readonly timeoutMs: number | null;
  readonly core: CoreLink;
  /** What whoever needs it is told meanwhile; null where nobody asks it for anything, or the process has ended. */
  readonly told: Refusal | null;
  /** What happens instead. */
  readonly fallback: string;
  readonly recovery: string;
  /** From the moment that it is back, ms. */
  readonly recoveryMs: number;
};

export const DEPENDENCIES = {
  journal_disk: {
    strength: 'strong',
    timeoutMs: null,
    core: 'stops',
    told: null,
    fallback: 'The process ends with code 70; who waited sends the same request again.',
    recovery: 'A start reads the journal; what was acknowledged is in it.',
    recoveryMs: 60_000,
  },
  state_store: {
    strength: 'strong',
    timeoutMs: null,
    core: 'stops',
    told: null,
    fallback: 'The process ends with code 70: a disk that takes no snapshot will not take the journal either.',
    recovery: 'A start reads the last snapshot that is whole, and the journal after it.',
    recoveryMs: 60_000,
  },
  books_threads: {
    strength: 'weak',
    timeoutMs: 5_000,
    core: 'goes_on',
    told: 'books_unavailable',
    fallback: 'Facts wait in the journal; beyond --books-lag-max new work is refused (overloaded).',
    recovery: 'A new thread goes on from the checkpoint of each shard.',
    recoveryMs: 10_000,
  },
  books_reader: {
    strength: 'weak',
    timeoutMs: 30_000,
    core: 'goes_on',
    told: 'books_unavailable',
    fallback: 'Statements, vouchers and reports are refused.',
    recovery: 'The next question starts a new thread.',
    recoveryMs: 10_000,
  },
  channel: {
    strength: 'weak',
    timeoutMs: 30_000,
    core: 'others_go_on',
    told: 'channel_unavailable',
    fallback:
      'Unsent fails at once, its breaker opens and routing leaves it out; what was sent is unknown and is asked about.',
    recovery: 'One probe after each half-open interval (breakerOpenMs); unknown orders by their own queries.',
    recoveryMs: 30_000,
  },
  webhook_store: {
    strength: 'weak',
    timeoutMs: null,
    core: 'goes_on',
    told: null,
    fallback: 'Nothing is read or sent for webhooks; events wait in the journal.',
    recovery: 'The next commit that succeeds; some events are sent again, none is skipped.',
    recoveryMs: 30_000,
  },
  webhook_endpoint: {
    strength: 'weak',
    timeoutMs: 15_000,
    core: 'goes_on',
    told: null,
    fallback: 'Its deliveries are tried again over three days; other endpoints are not held up.',
    recovery: 'By its retries, the first after 5 s; one that is down is tried once a minute.',
    recoveryMs: 60_000,
  },
  redis: {
    strength: 'weak',
    timeoutMs: 5_000,
    core: 'goes_on',
    told: null,
    fallback: 'Events wait in the journal.',
    recovery: 'It is tried again every two seconds at least and goes on behind the last entry that the stream has.',
    recoveryMs: 5_000,
  },
  rules_file: {
    strength: 'weak',
    timeoutMs: null,
    core: 'goes_on',
    told: null,
    fallback: 'The rules in force stay; orders keep the version that they were agreed under. A start needs it.',
    recovery: 'SIGHUP reads it again.',
    recoveryMs: 10_000,
  },
  clock: {
    strength: 'weak',
    timeoutMs: null,
    core: 'goes_on',
    told: null,
    fallback: 'Times in the journal never go back; a clock that does opens no day and ends nothing early.',
    recovery: 'When the clock has passed the latest time in the journal, times move on.',
    recoveryMs: 1,
  },
} as const satisfies Record<string, Dependency>;

export type DependencyName = keyof typeof DEPENDENCIES;
