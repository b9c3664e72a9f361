// Settings: what the driver (`loadtest/run.mjs`) tells a scenario. A scenario never chooses where it sends to.

import { PROFILES } from '../profiles/named.ts';
import type { Profile } from '../profiles/profile.ts';

const HERE = /^127\.0\.0\.1:\d+$/;

/** Host and port of the server. Loopback only: a load test at anybody else's address is an attack. */
export const target = required('FLORIN_TARGET');
if (!HERE.test(target)) throw new Error(`FLORIN_TARGET is ${target}; load goes to 127.0.0.1 only`);

/** API key; '' in dev mode. */
export const apiKey = __ENV.FLORIN_KEY ?? '';

/** Where the end totals are written. */
export const totalsFile = required('FLORIN_TOTALS');

/** Replaces the case's rate (iterations a second); 0 leaves it. */
export const rateAsked = Number(__ENV.FLORIN_RATE ?? 0);

/** Replaces the length of all stages together; 0 leaves it. */
const secondsAsked = Number(__ENV.FLORIN_SECONDS ?? 0);

/** Replaces the profile's p99 (ms); 0 leaves it. */
const p99Asked = Number(__ENV.FLORIN_P99 ?? 0);

/** Replaces the number of accounts; 0 leaves it. */
export const accountsAsked = Number(__ENV.FLORIN_ACCOUNTS ?? 0);

/** Transfers in a frame of ws-batch, up to 1,000. */
export const batchSize = Number(__ENV.FLORIN_BATCH || 64);

export const profile: Profile = chosen(required('FLORIN_PROFILE'));

function chosen(name: string): Profile {
  const found = PROFILES[name];
  if (!found) throw new Error(`no profile ${name}: ${Object.keys(PROFILES).join(' ')}`);
  const seconds = found.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const scale = secondsAsked > 0 ? secondsAsked / seconds : 1;
  return {
    ...found,
    stages: found.stages.map((stage) => ({ ...stage, seconds: stage.seconds * scale })),
    warmUpSeconds: found.warmUpSeconds * Math.min(scale, 1),
    p99Ms: p99Asked > 0 ? p99Asked : found.p99Ms,
  };
}

function required(name: string): string {
  const value = __ENV[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: run npm run loadtest -- CASE PROFILE`);
  return value;
}
