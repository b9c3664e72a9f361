// Thresholds: what a run must keep to be worth its figures.
//
// T1. A run with dropped iterations is void: its load was not the one that it names.

import type { Options, Threshold } from 'k6/options';
import type { Profile } from '../profiles/profile.ts';

type Thresholds = NonNullable<Options['thresholds']>;

/** How long a load that rises until it fails may be late before that counts. */
const GRACE = '10s';

export function thresholdsOf({ p99Ms, findsLimit }: Profile): Thresholds {
  const rule = (threshold: string): Threshold =>
    findsLimit ? { threshold, abortOnFail: true, delayAbortEval: GRACE } : { threshold, abortOnFail: false };
  return {
    dropped_iterations: [rule('count==0')],
    florin_unsent: [rule('count==0')],
    florin_wrong: [rule('count==0')],
    florin_unknown: [rule('count==0')],
    florin_latency: [rule(`p(99)<${p99Ms}`)],
  };
}
