// Routing. Which channel is asked: of those that can take it, the one that costs least and succeeds most.
//
// R1. A route is chosen before anything is sent; what was sent stays with its channel, and a refund goes back by it.
// R2. The same question has the same answer: equal scores are decided by the order of the rules.

import { basisPointsOf } from '../money.ts';
import { feeOf, feeRule, type FeeRule } from './fees.ts';
import { entryOf, flag, id, integer, limit, list, money, name, object, text, type JsonReader } from './json-reader.ts';
import { refuse, type Refused } from './order-base.ts';

/** Minutes of a UTC day, 0 … 1,439; from 23:30 to 00:30 goes over midnight. */
export type MaintenanceWindow = { readonly from: number; readonly to: number };

export type ChannelRule = {
  readonly enabled: boolean;
  /** Who and what may use it; an empty list is everything. */
  readonly merchants: readonly string[];
  readonly products: readonly string[];
  readonly currencies: readonly string[];
  /** Minor units of one order. */
  readonly amountMin: number;
  readonly amountMax: number;
  /** What it takes of us. */
  readonly cost: FeeRule;
  /** Every day at these times it is not asked for anything new. */
  readonly maintenance: readonly MaintenanceWindow[];
  /** How long a new order may be invisible to its queries: before that "not found" says nothing. */
  readonly visibilityDelaySeconds: number;
};

/** What a point of cost and a point of success rate are worth to each other. */
export type RoutingRule = { readonly costWeight: number; readonly successWeight: number };

/** What the router needs of the rules. */
export type RoutingRules = {
  readonly channels: Readonly<Record<string, ChannelRule>>;
  readonly routing: RoutingRule;
};

export type RouteRequest = {
  readonly merchant: string;
  readonly product: string;
  readonly currency: string;
  readonly amount: number;
  /** Names of the channels that are there; one alone when the payer named it. */
  readonly candidates: readonly string[];
  readonly nowMs: number;
};

export type ChannelHealth = {
  /** False while its breaker is open or it is full. */
  readonly available: boolean;
  /** Of its last orders, hundredths of a percent, 0 … 10,000. */
  readonly successBasisPoints: number;
};

/** Names of channels, the best first: the next one is asked only when the one before provably sent nothing. */
export type Route = { readonly channels: readonly [string, ...string[]] };

/** A channel that was not asked yet is trusted, or it would never be asked. */
const HEALTH_UNHEARD: ChannelHealth = { available: true, successBasisPoints: 10_000 };

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const WEIGHT_MAX = 1_000;
const ENTRIES_MAX = 1_000;
/** Longest invisibility, seconds: a day. What is hidden for longer is looked for in the settlement file. */
const VISIBILITY_SECONDS_MAX = 86_400;

const CLOCK = /^([01][0-9]|2[0-3]):([0-5][0-9])$/;

const clock: JsonReader<number> = (value, field, problems) => {
  const read = text(CLOCK, 'the form "23:30" (UTC)')(value, field, problems);
  return read === null ? null : Number(read.slice(0, 2)) * 60 + Number(read.slice(3));
};

export const channelRule: JsonReader<ChannelRule> = object<ChannelRule>({
  enabled: flag,
  merchants: list(id, 0, ENTRIES_MAX),
  products: list(name, 0, ENTRIES_MAX),
  currencies: list(text(/^[A-Z][A-Z0-9]{2,11}$/, '3-12 capital letters and digits'), 0, ENTRIES_MAX),
  amountMin: money,
  amountMax: limit,
  cost: feeRule,
  maintenance: list(object<MaintenanceWindow>({ from: clock, to: clock }), 0, ENTRIES_MAX),
  visibilityDelaySeconds: integer(0, VISIBILITY_SECONDS_MAX),
});

export const routingRule: JsonReader<RoutingRule> = object<RoutingRule>({
  costWeight: integer(0, WEIGHT_MAX),
  successWeight: integer(0, WEIGHT_MAX),
});

/** The channels that can take it, the best first. `health`: by name of channel. */
export function routeOf(
  rules: RoutingRules,
  request: RouteRequest,
  health: Readonly<Record<string, ChannelHealth>>,
): Route | Refused {
  const ranked = Object.entries(rules.channels)
    .filter(([channel, rule]) => request.candidates.includes(channel) && takes(rule, request))
    .map(([channel, rule]) => ({ channel, rule, health: entryOf(health, channel) ?? HEALTH_UNHEARD }))
    .filter((one) => one.health.available)
    .map((one) => ({ channel: one.channel, score: scoreOf(rules.routing, one.rule, one.health, request.amount) }))
    .toSorted((one, other) => one.score - other.score)
    .map(({ channel }) => channel);
  const [best, ...others] = ranked;
  if (best === undefined) return refuse('channel_unavailable', `none of: ${request.candidates.join(', ')}`);
  return { channels: [best, ...others] };
}

/** True at a time at which the channel is asked for nothing new; from is inside, to is not. */
export function isInMaintenance(windows: readonly MaintenanceWindow[], nowMs: number): boolean {
  const minute = Math.floor(nowMs / MINUTE_MS) % DAY_MINUTES;
  return windows.some(({ from, to }) => (from < to ? minute >= from && minute < to : minute >= from || minute < to));
}

function takes(rule: ChannelRule, request: RouteRequest): boolean {
  return (
    rule.enabled &&
    isListed(rule.merchants, request.merchant) &&
    isListed(rule.products, request.product) &&
    isListed(rule.currencies, request.currency) &&
    request.amount >= rule.amountMin &&
    request.amount <= rule.amountMax &&
    !isInMaintenance(rule.maintenance, request.nowMs)
  );
}

function isListed(names: readonly string[], wanted: string): boolean {
  return names.length === 0 || names.includes(wanted);
}

/**
 * Minor units that asking this channel is expected to cost, times the weights: what it takes, and what is lost with the
 * payments that fail there. Lower is better. Scores only order channels, so here a float will do.
 */
function scoreOf(weights: RoutingRule, rule: ChannelRule, health: ChannelHealth, amount: number): number {
  const lost = basisPointsOf(amount, 10_000 - health.successBasisPoints, 'half_up');
  return weights.costWeight * feeOf(rule.cost, amount) + weights.successWeight * lost;
}
