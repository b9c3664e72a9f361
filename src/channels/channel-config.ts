// Channel configuration. Turns a JSON file into channels with all their limits, or into every problem at once. Secrets
// are read elsewhere (channel-credentials.ts): one that stands in the file is a problem.
//
// C1. A field nobody knows is a problem: a misspelt limit would silently be the default. C2. Pure: text in, values out.
// C3. Every number has a range and a reason; the defaults suit a provider that answers within a second.

import type { GatewayLimits } from './channel-gateway.ts';
import { readCheck, type CheckConfig } from './check-config.ts';
import {
  CONFIG_NAME,
  CONFIG_NAME_FORM,
  isObject,
  isWithin,
  refuseStrangers,
  refuseTwins,
  URL_PATTERN,
  type Complain,
  type Fields,
} from './config-fields.ts';
import type { HttpLimits } from './http-call.ts';
import { readMaintenanceWindow, type MaintenanceWindow } from './maintenance-window.ts';
import { LIMITS, type LimitName } from './channel-limits.ts';

export type AdapterName = 'simulator' | 'stripe';

export type ChannelCost = {
  /** Minor units a payment. */
  readonly fixed: number;
  /** Hundredths of a percent of the amount. */
  readonly basisPoints: number;
};

export type ChannelConfig = {
  readonly name: string;
  readonly adapter: AdapterName;
  /** Scheme, host and port. */
  readonly baseUrl: string;
  /** Where the channel reaches our callbacks from outside; '' where the provider keeps that itself. */
  readonly callbackUrl: string;
  /** Stripe: where a customer is sent back to, and what is charged when a payment names nothing; '' for none. */
  readonly returnUrl: string;
  readonly paymentMethod: string;
  /** The payer pays there, with a token that the channel gives out: a code to scan, a page of a wallet. */
  readonly prepaid: boolean;
  /** ISO 4217; empty takes all. */
  readonly currencies: readonly string[];
  readonly cost: ChannelCost;
  readonly gateway: GatewayLimits;
  readonly http: HttpLimits;
};

export type LoadedChannels = {
  readonly channels: readonly ChannelConfig[];
  readonly checks: readonly CheckConfig[];
};

/** Sentences for the person who starts the program; never empty. */
export type RejectedChannels = { readonly problems: readonly string[] };

const FIELDS = ['name', 'adapter', 'baseUrl', 'callbackUrl', 'returnUrl', 'paymentMethod', 'prepaid', 'currencies', 'cost', 'limits', 'maintenance']; // prettier-ignore

/** Channels of one server, and checks: each keeps connections of its own. */
const ENTRIES_MAX = 64;

/** @param text `{"channels": [{"name": …, "adapter": …, "baseUrl": …, …}], "checks": [{"name": …, "url": …}]}` */
export function readChannelConfig(text: string): LoadedChannels | RejectedChannels {
  const lists = parseLists(text);
  if (typeof lists === 'string') return { problems: [lists] };
  const problems: string[] = [];
  const channels = lists.channels.map((entry, index) => readChannel(entry, index, problems));
  const checks = lists.checks.map((entry, index) => readCheck(entry, index, problems));
  refuseTwins('channels', lists.channels, problems);
  refuseTwins('checks', lists.checks, problems);
  return problems.length > 0 ? { problems } : { channels, checks };
}

type Lists = Readonly<Record<'channels' | 'checks', readonly Fields[]>>;

function parseLists(text: string): Lists | string {
  try {
    const content: unknown = JSON.parse(text);
    if (!isObject(content) || !Array.isArray(content['channels']))
      return 'It must be an object with a list "channels".';
    const { channels, checks = [], ...others } = content;
    if (Object.keys(others).length > 0) return 'Besides "channels" and "checks" it may have nothing.';
    if (!isList(channels)) return `"channels" must be a list of at most ${ENTRIES_MAX} objects.`;
    if (!isList(checks)) return `"checks" must be a list of at most ${ENTRIES_MAX} objects.`;
    return { channels, checks };
  } catch (error) {
    return `It is not JSON: ${String(error)}`;
  }
}

function isList(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.length <= ENTRIES_MAX && value.every(isObject);
}

function readChannel(entry: Fields, index: number, problems: string[]): ChannelConfig {
  const label = typeof entry['name'] === 'string' ? `Channel "${entry['name']}"` : `Channel ${index + 1}`;
  const complain = (what: string) => void problems.push(`${label}: ${what}.`);
  refuseStrangers(entry, FIELDS, complain);
  const text = (field: string, pattern: RegExp, expected: string, byDefault?: string) => {
    const value = entry[field] ?? byDefault;
    if (typeof value === 'string' && (value === byDefault || pattern.test(value))) return value;
    complain(`${field} must be ${expected}`);
    return '';
  };
  const adapter = text('adapter', /^(simulator|stripe)$/, 'simulator or stripe') as AdapterName;
  const limits = readLimits(entry['limits'] ?? {}, complain);
  return {
    name: text('name', CONFIG_NAME, CONFIG_NAME_FORM),
    adapter,
    baseUrl: readOrigin(entry['baseUrl'], complain),
    callbackUrl: text('callbackUrl', URL_PATTERN, 'a URL', adapter === 'simulator' ? undefined : ''),
    returnUrl: text('returnUrl', URL_PATTERN, 'a URL', ''),
    paymentMethod: text('paymentMethod', /^[\w-]{1,255}$/, 'a name of Stripe such as pm_…', ''),
    prepaid: readFlag('prepaid', entry['prepaid'] ?? false, complain),
    currencies: readCurrencies(entry['currencies'] ?? [], complain),
    cost: readCost(entry['cost'] ?? {}, complain),
    gateway: gatewayLimits(limits, readMaintenance(entry['maintenance'] ?? [], complain)),
    http: httpLimits(limits),
  };
}

function readOrigin(value: unknown, complain: Complain): string {
  if (typeof value === 'string' && URL_PATTERN.test(value) && URL.canParse(value)) {
    const url = new URL(value);
    if (url.href === `${url.origin}/` && url.username === '') return url.origin;
  }
  complain('baseUrl must be scheme, host and port, such as https://api.stripe.com');
  return '';
}

function readFlag(field: string, value: unknown, complain: Complain): boolean {
  if (typeof value !== 'boolean') complain(`${field} must be true or false`);
  return value === true;
}

function readCurrencies(value: unknown, complain: Complain): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && /^[A-Z]{3}$/.test(one))) {
    return value as string[];
  }
  complain('currencies must be a list of codes such as EUR');
  return [];
}

function readCost(value: unknown, complain: Complain): ChannelCost {
  const { fixed = 0, basisPoints = 0, ...others } = isObject(value) ? value : { others: value };
  if (isWithin(fixed, 0, 1_000_000) && isWithin(basisPoints, 0, 10_000) && Object.keys(others).length === 0) {
    return { fixed, basisPoints };
  }
  complain('cost must be {"fixed": minor units up to 1000000, "basisPoints": up to 10000}');
  return { fixed: 0, basisPoints: 0 };
}

function readMaintenance(value: unknown, complain: Complain): readonly MaintenanceWindow[] {
  if (!Array.isArray(value)) complain('maintenance must be a list of windows');
  return (Array.isArray(value) ? value : []).flatMap((one: unknown, index) => {
    const window = readMaintenanceWindow(one);
    if (!('problem' in window)) return [window];
    complain(`maintenance window ${index + 1} ${window.problem}`);
    return [];
  });
}

function readLimits(value: unknown, complain: Complain): Readonly<Record<LimitName, number>> {
  const given = isObject(value) ? value : {};
  if (!isObject(value)) complain('limits must be an object');
  const names = Object.keys(LIMITS) as LimitName[];
  for (const name of Object.keys(given).filter((one) => !names.some((known) => known === one))) {
    complain(`limits.${name} is not a limit; known are ${names.join(', ')}`);
  }
  const entries = names.map((name): [LimitName, number] => {
    const { min, max, unit, byDefault } = LIMITS[name];
    const limit = given[name] ?? byDefault;
    if (isWithin(limit, min, max)) return [name, limit];
    complain(`limits.${name} must be a whole number from ${min} to ${max} (${unit})`);
    return [name, byDefault];
  });
  return Object.fromEntries(entries) as Record<LimitName, number>;
}

function gatewayLimits(
  limits: Readonly<Record<LimitName, number>>,
  maintenance: readonly MaintenanceWindow[],
): GatewayLimits {
  const money = limits.moneyDeadlineMs;
  const asking = limits.queryDeadlineMs;
  return {
    money: {
      bulkhead: { inFlightMax: limits.inFlightMax, queueMax: limits.queueMax },
      rate: { perSecond: limits.ratePerSecond, burst: limits.burst },
      queueWaitMsMax: limits.queueWaitMs,
    },
    asking: {
      bulkhead: { inFlightMax: limits.queriesInFlightMax, queueMax: limits.queueMax },
      rate: { perSecond: limits.queryRatePerSecond, burst: limits.queryRatePerSecond },
      queueWaitMsMax: limits.queueWaitMs,
    },
    breaker: {
      windowMs: limits.breakerWindowMs,
      callsMin: limits.breakerCallsMin,
      errorRatio: limits.breakerErrorPercent / 100,
      slowMs: limits.breakerSlowMs,
      slowRatio: limits.breakerSlowPercent / 100,
      openMs: limits.breakerOpenMs,
    },
    deadlineMs: {
      pay: money,
      prepay: money,
      refund: money,
      payout: money,
      query: asking,
      queryRefund: asking,
      queryPayout: asking,
      close: asking,
    },
    maintenance,
  };
}

/** The gateway's deadline ends a request; the agent's own limits only come into play for bills. */
function httpLimits(limits: Readonly<Record<LimitName, number>>): HttpLimits {
  return {
    connections: limits.inFlightMax + limits.queriesInFlightMax + 1,
    connectMsMax: limits.connectMs,
    headersMsMax: Math.max(limits.moneyDeadlineMs, limits.queryDeadlineMs),
    bodyMsMax: Math.max(limits.moneyDeadlineMs, limits.queryDeadlineMs),
    bodyBytesMax: limits.bodyBytesMax,
  };
}
