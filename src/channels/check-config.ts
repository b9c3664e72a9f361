// Check configuration. Where each check is asked: an address by name, in the file of the channels, and when it is left alone for
// a while. Which checks a product wants, and what holds when they do not answer, is in the rules.

import { LIMITS } from './channel-limits.ts';
import type { BreakerLimits } from './circuit-breaker.ts';
import {
  CONFIG_NAME,
  CONFIG_NAME_FORM,
  isWithin,
  refuseStrangers,
  URL_PATTERN,
  type Complain,
  type Fields,
} from './config-fields.ts';

export type CheckConfig = {
  readonly name: string;
  /** Scheme, host and port; and the path, with its query. */
  readonly origin: string;
  readonly path: string;
  /** Questions under way at once; above it a check counts as one that did not answer. */
  readonly inFlightMax: number;
  /** An answer that came in time was no slow one: how long it may take, the rules say. */
  readonly breaker: BreakerLimits;
};

/** As those of a channel (channel-limits.ts). */
const BREAKER_FIELDS = ['breakerWindowMs', 'breakerCallsMin', 'breakerErrorPercent', 'breakerOpenMs'] as const;

const FIELDS = ['name', 'url', 'inFlightMax', ...BREAKER_FIELDS];

/** 1,000 payments a second whose check takes a quarter of one. */
const IN_FLIGHT_DEFAULT = 256;
const IN_FLIGHT_MAX = 10_000;

/** @param index from 0, for one without a name */
export function readCheck(entry: Fields, index: number, problems: string[]): CheckConfig {
  const { name, url, inFlightMax = IN_FLIGHT_DEFAULT } = entry;
  const label = typeof name === 'string' ? `Check "${name}"` : `Check ${index + 1}`;
  const complain = (what: string) => void problems.push(`${label}: ${what}.`);
  refuseStrangers(entry, FIELDS, complain);
  const isNamed = typeof name === 'string' && CONFIG_NAME.test(name);
  if (!isNamed) complain(`name must be ${CONFIG_NAME_FORM}`);
  if (!isWithin(inFlightMax, 1, IN_FLIGHT_MAX))
    complain(`inFlightMax must be a whole number from 1 to ${IN_FLIGHT_MAX}`);
  const place = placeOf(url);
  if (!place) complain('url must be a URL such as https://risk.example/v1/check, without a user in it');
  return {
    name: isNamed ? name : '',
    ...(place ?? { origin: '', path: '' }),
    inFlightMax: Number(inFlightMax),
    breaker: readBreaker(entry, complain),
  };
}

function readBreaker(entry: Fields, complain: Complain): BreakerLimits {
  const [windowMs = 0, callsMin = 0, errorPercent = 0, openMs = 0] = BREAKER_FIELDS.map((name) => {
    const { min, max, unit, byDefault } = LIMITS[name];
    const given = entry[name] ?? byDefault;
    if (isWithin(given, min, max)) return given;
    complain(`${name} must be a whole number from ${min} to ${max} (${unit})`);
    return byDefault;
  });
  return { windowMs, callsMin, errorRatio: errorPercent / 100, slowMs: Infinity, slowRatio: 1, openMs };
}

function placeOf(url: unknown): Pick<CheckConfig, 'origin' | 'path'> | null {
  if (typeof url !== 'string' || !URL_PATTERN.test(url) || !URL.canParse(url)) return null;
  const { origin, pathname, search, username, hash } = new URL(url);
  return username === '' && hash === '' ? { origin, path: pathname + search } : null;
}
