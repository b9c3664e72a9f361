// Channel configuration. Turns a JSON file into channels with all their limits, or into every problem at once. Secrets
// are read elsewhere (channel-credentials.ts): one that stands in the file is a problem.
//
// C1. A field nobody knows is a problem: a misspelt limit would silently be the default. C2. Pure: text in, values out.
// C3. Every number has a range and a reason; the defaults suit a provider that answers within a second.

import type { GatewayLimits } from './channel-gateway.ts';
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
  /** ISO 4217; empty takes all. */
  readonly currencies: readonly string[];
  readonly cost: ChannelCost;
  readonly gateway: GatewayLimits;
  readonly http: HttpLimits;
};

export type LoadedChannels = { readonly channels: readonly ChannelConfig[] };

/** Sentences for the person who starts the program; never empty. */
export type RejectedChannels = { readonly problems: readonly string[] };

const FIELDS = ['name', 'adapter', 'baseUrl', 'callbackUrl', 'returnUrl', 'paymentMethod', 'currencies', 'cost', 'limits', 'maintenance'] as const; // prettier-ignore

/** Names of fields in which people put secrets. */
const SECRET_FIELD = /secret|key|token|password|credential/i;

/** A channel's name is in metrics, in account ids and in names of variables. */
const NAME = /^[a-z][a-z0-9_]{0,31}$/;

const CHANNELS_MAX = 64;

type Fields = Readonly<Record<string, unknown>>;

/** @param text `{"channels": [{"name": …, "adapter": …, "baseUrl": …, …}]}` */
export function readChannelConfig(text: string): LoadedChannels | RejectedChannels {
  const list = parseList(text);
  if (typeof list === 'string') return { problems: [list] };
  const problems: string[] = [];
  const channels = list.map((entry, index) => readChannel(entry, index, problems));
  const names = list.map((entry) => entry['name']);
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
    problems.push(`Two channels are called ${JSON.stringify(name)}.`);
  }
  return problems.length > 0 ? { problems } : { channels };
}

function parseList(text: string): readonly Fields[] | string {
  try {
    const content: unknown = JSON.parse(text);
    if (!isObject(content) || !Array.isArray(content['channels']))
      return 'It must be an object with a list "channels".';
    const list: readonly unknown[] = content['channels'];
    if (Object.keys(content).length > 1) return 'Besides "channels" it may have nothing.';
    if (list.length > CHANNELS_MAX) return `There are more than ${CHANNELS_MAX} channels.`;
    return list.every(isObject) ? list : 'Every channel must be an object.';
  } catch (error) {
    return `It is not JSON: ${String(error)}`;
  }
}

function readChannel(entry: Fields, index: number, problems: string[]): ChannelConfig {
  const label = typeof entry['name'] === 'string' ? `Channel "${entry['name']}"` : `Channel ${index + 1}`;
  const complain = (what: string) => void problems.push(`${label}: ${what}.`);
  for (const field of Object.keys(entry)) {
    if (FIELDS.some((known) => known === field)) continue;
    if (SECRET_FIELD.test(field)) complain(`${field} does not belong into a file; give it in the environment`);
    else complain(`${field} is not a field; known are ${FIELDS.join(', ')}`);
  }
  const text = (field: string, pattern: RegExp, expected: string, byDefault?: string) => {
    const value = entry[field] ?? byDefault;
    if (typeof value === 'string' && (value === byDefault || pattern.test(value))) return value;
    complain(`${field} must be ${expected}`);
    return '';
  };
  const adapter = text('adapter', /^(simulator|stripe)$/, 'simulator or stripe') as AdapterName;
  const limits = readLimits(entry['limits'] ?? {}, complain);
  return {
    name: text('name', NAME, 'up to 32 of a-z, 0-9 and _, a letter first'),
    adapter,
    baseUrl: readOrigin(entry['baseUrl'], complain),
    callbackUrl: text('callbackUrl', URL_PATTERN, 'a URL', adapter === 'simulator' ? undefined : ''),
    returnUrl: text('returnUrl', URL_PATTERN, 'a URL', ''),
    paymentMethod: text('paymentMethod', /^[\w-]{1,255}$/, 'a name of Stripe such as pm_…', ''),
    currencies: readCurrencies(entry['currencies'] ?? [], complain),
    cost: readCost(entry['cost'] ?? {}, complain),
    gateway: gatewayLimits(limits, readMaintenance(entry['maintenance'] ?? [], complain)),
    http: httpLimits(limits),
  };
}

type Complain = (what: string) => void;

const URL_PATTERN = /^https?:\/\/[^\s/]+(\/\S*)?$/;

function readOrigin(value: unknown, complain: Complain): string {
  if (typeof value === 'string' && URL_PATTERN.test(value) && URL.canParse(value)) {
    const url = new URL(value);
    if (url.href === `${url.origin}/` && url.username === '') return url.origin;
  }
  complain('baseUrl must be scheme, host and port, such as https://api.stripe.com');
  return '';
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

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
}
