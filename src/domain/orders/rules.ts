// Rules. Everything about payments that is data and not code: versioned, judged at the start and at every change, and
// named by every order that was agreed under them.
//
// R1. Rules are used only when all of them are right. R2. What they refer to by name is there. R3. A version is never used
// for other rules: orders carry it.

import { approvalRule, type ApprovalRule } from './approvals.ts';
import { checkRules, type Check } from './checks.ts';
import { combinationRule, instrumentRules, type CombinationRules } from './combinations.ts';
import { feeRule, type FeeRule } from './fees.ts';
import { id, named, object, optional, type JsonProblem } from './json-reader.ts';
import { limitRule, type LimitRule } from './limits.ts';
import { policyRule, type PolicyRule } from './policies.ts';
import { channelRule, routingRule, type RoutingRules } from './routing.ts';
import { backoffRule, queryDelays, type BackoffRule } from './schedule.ts';

export type Rules = CombinationRules &
  RoutingRules & {
    readonly version: string;
    readonly fees: Readonly<Record<string, FeeRule>>;
    readonly limits: Readonly<Record<string, LimitRule>>;
    readonly policies: Readonly<Record<string, PolicyRule>>;
    /** What is asked before a payment begins; products that name none are asked about by nobody. */
    readonly checks: Readonly<Record<string, readonly Check[]>>;
    readonly approvals: ApprovalRule;
    /** When an unknown outcome is asked about: milliseconds between queries, the last one for ever. */
    readonly queryDelaysMs: readonly number[];
    /** When an undoing that failed is tried again. */
    readonly compensation: BackoffRule;
  };

export type RuleProblem = JsonProblem;

const document = object<Rules>({
  version: id,
  instruments: instrumentRules,
  combinations: named(combinationRule),
  fees: named(feeRule),
  limits: named(limitRule),
  channels: named(channelRule),
  routing: routingRule,
  policies: named(policyRule),
  checks: optional(named(checkRules), {}),
  approvals: approvalRule,
  queryDelaysMs: queryDelays,
  compensation: backoffRule,
});

/** Reads rules from plain JSON; or tells all that is wrong with them, at least one problem. */
export function judgeRules(json: unknown): Rules | RuleProblem[] {
  const problems: RuleProblem[] = [];
  const rules = document(json, '', problems);
  if (rules === null) return problems;
  problems.push(...instrumentProblems(rules), ...rangeProblems(rules));
  return problems.length === 0 ? rules : problems;
}

/** Instruments are declared once, and combinations are made of declared ones (R2). */
function* instrumentProblems({ instruments, combinations }: Rules): Generator<RuleProblem> {
  const names = new Set<string>();
  for (const [place, { name }] of instruments.entries()) {
    if (names.has(name)) yield { field: `instruments[${place}].name`, message: `"${name}" is declared twice` };
    names.add(name);
  }
  for (const [combination, { allowed }] of Object.entries(combinations)) {
    for (const [place, set] of allowed.entries()) {
      const field = `combinations.${combination}.allowed[${place}]`;
      const unknown = set.find((name) => !names.has(name));
      if (unknown !== undefined) yield { field, message: `names "${unknown}", which is not among the instruments` };
      if (new Set(set).size < set.length) yield { field, message: 'names an instrument twice' };
    }
  }
}

/** No range is empty: it would refuse everything, or nothing. */
function* rangeProblems({ limits, channels, queryDelaysMs, compensation }: Rules): Generator<RuleProblem> {
  for (const [name, { paymentMin, paymentMax }] of Object.entries(limits)) {
    if (paymentMin > paymentMax) yield above(`limits.${name}.payment_min`, 'payment_max', paymentMin, paymentMax);
  }
  for (const [name, { amountMin, amountMax, maintenance }] of Object.entries(channels)) {
    if (amountMin > amountMax) yield above(`channels.${name}.amount_min`, 'amount_max', amountMin, amountMax);
    const empty = maintenance.findIndex(({ from, to }) => from === to);
    if (empty >= 0) yield { field: `channels.${name}.maintenance[${empty}]`, message: 'begins when it ends' };
  }
  for (const [place, delay] of queryDelaysMs.entries()) {
    const before = queryDelaysMs[place - 1] ?? 0;
    if (delay < before)
      yield { field: `query_delays_ms[${place}]`, message: `must be at least ${before}, is ${delay}` };
  }
  const { firstMs, maxMs } = compensation;
  if (firstMs > maxMs) yield above('compensation.first_ms', 'max_ms', firstMs, maxMs);
}

function above(field: string, other: string, min: number, max: number): RuleProblem {
  return { field, message: `must be at most ${other}, ${max}, is ${min}` };
}
