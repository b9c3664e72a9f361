// Fault reading. Rules as people write them, checked whole before any of them holds: a misspelt rule would be a test
// that tests nothing.

import { isAmount } from '../../domain/money.ts';
import type { FaultName, Rule } from './faults.ts';
import { LIMITS } from './limits.ts';

/** What is wrong and where, for people. */
export class RuleMistake extends Error {}

type Check = { readonly meaning: string; readonly holds: (value: unknown) => boolean };
type Checks = Readonly<Record<string, Check>>;

const delay = range(0, LIMITS.delayMsMax, 'ms');
const count = range(1, LIMITS.countMax, '');
const by: Check = { meaning: 'an integer other than 0', holds: (value) => Number.isSafeInteger(value) && value !== 0 };
const text: Check = {
  meaning: 'a text of 1 to 200 characters',
  holds: (value) => typeof value === 'string' && value.length > 0 && value.length <= 200,
};
const when = oneOf('before', 'after');

const MATCH: Checks = {
  verb: oneOf('pay', 'refund', 'payout', 'query', 'close', 'capture', 'prepay', 'bill', 'check'),
  number: text,
  amount: { meaning: 'an amount in minor units', holds: isAmount },
  every: range(1, 1_000_000, ''),
  probability: {
    meaning: 'a number from 0 to 1',
    holds: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  },
  times: range(1, 1_000_000, ''),
};

const FIELDS: Readonly<Record<FaultName, Checks>> = {
  latency: { ms: delay, p50: range(1, LIMITS.delayMsMax, 'ms'), p99: delay, min: delay, max: delay, when },
  drop_reply: {},
  reset: {},
  error: { status: range(500, 599, ''), when },
  malformed_body: {},
  amount: { by },
  currency: { currency: { meaning: 'a currency code', holds: isCurrencyCode } },
  refuse: { reason: text },
  accept: { settle_after_ms: delay },
  require_action: {},
  return: { after_ms: delay, reason: text },
  invisible: { for_ms: delay },
  no_callback: {},
  duplicate_callback: { times: count },
  late_callback: { delay_ms: delay },
  reordered_callbacks: { count: range(2, LIMITS.countMax, '') },
  contradictory_callback: { delay_ms: delay },
  forged_callback: { how: oneOf('signature', 'old', 'replay') },
  unknown_callback: {},
  bill_line: { how: oneOf('missing', 'changed', 'duplicated'), by },
};

const REQUIRED: Readonly<Partial<Record<FaultName, readonly string[]>>> = {
  amount: ['by'],
  currency: ['currency'],
  refuse: ['reason'],
  return: ['after_ms'],
  invisible: ['for_ms'],
  late_callback: ['delay_ms'],
  bill_line: ['how'],
};

/** Which fields a latency has: one of these sets. */
const LATENCIES = [['ms'], ['p50', 'p99'], ['min', 'max']];

/** Three capital letters, or the code of an asset: capitals and digits. */
export function isCurrencyCode(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z][A-Z0-9]{2,11}$/.test(value);
}

/** Reads {"rules": […]}. @throws RuleMistake with the place of the first mistake, like rules[0].do[1].fault. */
export function readRules(value: unknown): readonly Rule[] {
  const { rules } = mapOf(value, 'the body');
  onlyFields(value, ['rules'], 'the body');
  const list = listOf(rules, 'rules', LIMITS.rulesMax);
  for (const [index, rule] of list.entries()) checkRule(rule, `rules[${index}]`);
  return list as readonly Rule[];
}

function checkRule(value: unknown, place: string): void {
  const rule = mapOf(value, place);
  onlyFields(value, ['match', 'do'], place);
  if (rule['match'] !== undefined) checkFields(mapOf(rule['match'], `${place}.match`), MATCH, `${place}.match`);
  const faults = listOf(rule['do'], `${place}.do`, LIMITS.countMax);
  if (faults.length === 0) throw new RuleMistake(`${place}.do has nothing to do`);
  const names = faults.map((fault, index) => checkFault(fault, `${place}.do[${index}]`));
  if (names.includes('bill_line') && names.some((name) => name !== 'bill_line')) {
    throw new RuleMistake(`${place}: bill_line goes into a rule of its own, bills are made later than orders`);
  }
}

function checkFault(value: unknown, place: string): FaultName {
  const { fault: name, ...fields } = mapOf(value, place);
  if (!isFaultName(name)) {
    throw new RuleMistake(`${place}.fault must be one of ${Object.keys(FIELDS).join(', ')}`);
  }
  checkFields(fields, FIELDS[name], place);
  const missing = REQUIRED[name]?.find((field) => fields[field] === undefined);
  if (missing !== undefined) throw new RuleMistake(`${place}.${missing} is required`);
  if (name === 'latency') checkLatency(fields, place);
  return name;
}

function checkLatency(fields: Readonly<Record<string, unknown>>, place: string): void {
  const given = Object.keys(fields).filter((field) => field !== 'when');
  const known = LATENCIES.some((set) => set.length === given.length && set.every((field) => given.includes(field)));
  if (!known) throw new RuleMistake(`${place} needs ms, or p50 and p99, or min and max`);
  const [low, high] = [fields['p50'] ?? fields['min'] ?? 0, fields['p99'] ?? fields['max'] ?? 0];
  if (given.length === 2 && Number(low) > Number(high)) throw new RuleMistake(`${place} has its ends exchanged`);
}

function checkFields(fields: Readonly<Record<string, unknown>>, checks: Checks, place: string): void {
  onlyFields(fields, Object.keys(checks), place);
  for (const [name, value] of Object.entries(fields)) {
    const check = checks[name];
    if (check && !check.holds(value)) throw new RuleMistake(`${place}.${name} must be ${check.meaning}`);
  }
}

function onlyFields(value: unknown, names: readonly string[], place: string): void {
  const unknown = Object.keys(mapOf(value, place)).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RuleMistake(`${place}.${unknown.slice(0, 64)} is not a field; there is ${names.join(', ') || 'none'}`);
  }
}

function mapOf(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RuleMistake(`${place} must be an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, place: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new RuleMistake(`${place} must be a list`);
  if (value.length > most) throw new RuleMistake(`${place} has ${value.length} elements; at most ${most}`);
  return value;
}

function isFaultName(value: unknown): value is FaultName {
  return typeof value === 'string' && Object.hasOwn(FIELDS, value);
}

function range(min: number, max: number, unit: string): Check {
  const meaning = `an integer from ${min} to ${max} ${unit}`.trimEnd();
  return { meaning, holds: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max };
}

function oneOf(...choices: readonly string[]): Check {
  return { meaning: choices.join(' or '), holds: (value) => typeof value === 'string' && choices.includes(value) };
}
