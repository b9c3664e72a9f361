// Open load: iterations that begin when they are due, whatever has been answered.

import exec from 'k6/execution';
import type { Options, Scenario } from 'k6/options';
import { Arrivals } from './arrivals.ts';
import { took } from './measures.ts';
import { profile, rateAsked } from './settings.ts';
import { thresholdsOf } from './thresholds.ts';

/** Seconds of answers that do not come for which there are VUs: a disk's hiccup, and no more. */
const HICCUP_SECONDS = 1;
const VUS = { min: 40, max: 800 } as const;
/** What HTTP costs the generator (95-127 µs a request) leaves no more on two cores. */
const HTTP_RATE_MAX = 2_000;

/** A kind of iteration: its rate at level 1 (a second), and how many HTTP requests one of it makes. */
export type Load = { readonly exec: string; readonly rate: number; readonly requests: number };

/** Options of a case that does these kinds of iterations beside each other. */
export function openLoad(...loads: readonly Load[]): Options {
  const scenarios: Record<string, Scenario> = {};
  for (const load of loads) scenarios[load.exec] = scenario(load, rateOf(load, loads));
  return {
    scenarios,
    thresholds: thresholdsOf(profile),
    summaryTrendStats: ['avg', 'min', 'med', 'p(90)', 'p(99)', 'p(99.9)', 'max'],
    setupTimeout: '120s',
    // One tag for a name: what an iteration costs the generator is what the server does not have.
    systemTags: ['scenario', 'status'],
    discardResponseBodies: false,
  };
}

function scenario({ exec }: Load, rate: number): Scenario {
  const peak = rate * Math.max(profile.from, ...profile.stages.map(({ level }) => level));
  const vus = Math.ceil(Math.min(VUS.max, Math.max(VUS.min, peak * HICCUP_SECONDS)));
  return {
    executor: 'ramping-arrival-rate',
    exec,
    // k6 takes whole numbers: a minute is fine enough for a twentieth of a small rate.
    timeUnit: '1m',
    startRate: Math.round(rate * profile.from * 60),
    stages: profile.stages.map(({ level, seconds }) => ({
      target: Math.round(rate * level * 60),
      duration: `${Math.round(seconds * 1_000)}ms`,
    })),
    preAllocatedVUs: vus,
    maxVUs: vus,
    gracefulStop: '10s',
  };
}

/** The rate asked for is that of all requests of the case together. */
function rateOf(load: Load, loads: readonly Load[]): number {
  const requests = loads.reduce((sum, { rate, requests }) => sum + rate * requests, 0);
  const wanted = rateAsked > 0 ? rateAsked : requests;
  const level = Math.max(profile.from, ...profile.stages.map(({ level }) => level));
  const allowed = profile.findsLimit ? wanted : Math.min(wanted, HTTP_RATE_MAX / level);
  return (load.rate * allowed) / requests;
}

/**
 * Makes an iteration of `load` of what is done in one, and measures it from the moment at which it was due. Which
 * arrival it is, its number says, as long as none was dropped: after one, all look later than they were, and the run is void.
 */
export function measured(load: Load, others: readonly Load[], iterate: (number: number) => void): () => void {
  const arrivals = new Arrivals(profile, rateOf(load, [load, ...others]));
  return () => {
    const number = exec.scenario.iterationInTest;
    // k6 lets the first arrival wait for its interval like any other.
    const dueMs = arrivals.dueMs(number + 1);
    iterate(number);
    took(Math.max(0, Date.now() - exec.scenario.startTime - dueMs), dueMs >= profile.warmUpSeconds * 1_000);
  };
}
