// Run rules. How files of a channel are matched: a small JSON file, judged as a whole, `{"default": {…}, "channels": {NAME: {…}}}`.
// What is left out is the default's.

import { dayNumber, readIsoDate } from '../formats/calendar.ts';
import type { CsvMapping } from '../formats/csv-mapping.ts';
import type { Cardinality, MatchingRules } from '../matching/rules.ts';

/** number: ours of the order. channel_trade_no: the channel's own. */
export const ROW_KEYS = ['number', 'channel_trade_no'] as const;

export type RowKey = (typeof ROW_KEYS)[number];

/** What a channel should keep of a payment; null: whatever it says, which is then counted and not compared. */
export type ExpectedFee = { readonly fixed: number; readonly basisPoints: number } | null;

export type ChannelRules = Pick<MatchingRules, 'amountTolerance' | 'feeTolerance' | 'windowDays' | 'waitDays'> & {
  readonly keys: readonly RowKey[];
  readonly cardinality: Cardinality;
  readonly fee: ExpectedFee;
  /** A text by which a line of a bank statement is known to be a settlement of this channel; '' is the channel's name. */
  readonly settlementText: string;
  /** Of bills in CSV that are none of the known ones; null for those. */
  readonly csv: CsvMapping | null;
};

export type RunRules = {
  readonly default: ChannelRules;
  readonly channels: Readonly<Record<string, ChannelRules>>;
};

const DEFAULTS: ChannelRules = {
  keys: ['number'],
  amountTolerance: 0,
  feeTolerance: 0,
  windowDays: 1,
  waitDays: 1,
  cardinality: '1:1',
  fee: null,
  settlementText: '',
  csv: null,
};

export const DEFAULT_RUN_RULES: RunRules = { default: DEFAULTS, channels: {} };

const CARDINALITIES: readonly Cardinality[] = ['1:1', '1:N', 'N:1'];

/** Days that a row may wait: a bill that has not come by then does not come. */
const DAYS_MAX = 60;

type Json = Readonly<Record<string, unknown>>;

/** A field: how it is called here, and what it has to be. Gives the value, or what it should have been. */
type Read = readonly [name: keyof ChannelRules, read: (value: unknown) => unknown, expected: string];

const FIELDS: Readonly<Record<string, Read>> = {
  keys: ['keys', readKeys, `a list of ${ROW_KEYS.join(', ')}`],
  amount_tolerance: ['amountTolerance', upTo(Number.MAX_SAFE_INTEGER), 'minor units, 0 or more'],
  fee_tolerance: ['feeTolerance', upTo(Number.MAX_SAFE_INTEGER), 'minor units, 0 or more'],
  window_days: ['windowDays', upTo(DAYS_MAX), `0 … ${DAYS_MAX} days`],
  wait_days: ['waitDays', upTo(DAYS_MAX), `0 … ${DAYS_MAX} days`],
  cardinality: ['cardinality', (value) => CARDINALITIES.find((one) => one === value), CARDINALITIES.join(', ')],
  fee: ['fee', readFee, '{"fixed": minor units, "basis_points": 0 … 10000}, or null'],
  settlement_text: ['settlementText', (value) => (isText(value) ? value : undefined), 'a text of 1 … 200 characters'],
  csv: ['csv', readMapping, 'a mapping with separator, encoding, amounts, dates and columns with amount and bookedAt'],
};

/** Rules of a file's text, or everything that is wrong with it, one sentence each. */
export function readRunRules(text: string): RunRules | readonly string[] {
  const problems: string[] = [];
  const json = parsed(text);
  if (!isMap(json)) return ['it is not a JSON object'];
  for (const name of Object.keys(json)) {
    if (name !== 'default' && name !== 'channels') problems.push(`there is no field ${name}`);
  }
  const own = readChannel(json['default'] ?? {}, 'default', DEFAULTS, problems);
  const channels: Record<string, ChannelRules> = {};
  const named = json['channels'] ?? {};
  if (!isMap(named)) problems.push('channels: an object with a channel a name was expected');
  else for (const [name, value] of Object.entries(named)) channels[name] = readChannel(value, name, own, problems);
  return problems.length > 0 ? problems : { default: own, channels };
}

export function rulesOf({ default: others, channels }: RunRules, channel: string): ChannelRules {
  return Object.hasOwn(channels, channel) ? (channels[channel] as ChannelRules) : others;
}

/** As the matcher wants them. `date`: YYYY-MM-DD of the file. */
export function matchingRules(rules: ChannelRules, date: string): MatchingRules {
  const { keys, amountTolerance, feeTolerance, windowDays, waitDays, cardinality } = rules;
  return { keys, amountTolerance, feeTolerance, windowDays, waitDays, cardinality, asOfDay: dayOf(date) };
}

/** The last date and its day: all rows of a bill have the same. */
let lastDate = '';
let lastDay = 0;

/** Days since 1970. @throws RangeError for what is no date */
export function dayOf(date: string): number {
  if (date === lastDate) return lastDay;
  if (readIsoDate(date) === null) throw new RangeError(`${date} is no date`);
  lastDay = dayNumber(date);
  lastDate = date;
  return lastDay;
}

function readChannel(value: unknown, where: string, otherwise: ChannelRules, problems: string[]): ChannelRules {
  if (!isMap(value)) {
    problems.push(`${where}: an object was expected`);
    return otherwise;
  }
  const read: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(value)) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    const taken = field?.[1](given);
    if (!field) problems.push(`${where}: there is no field ${name}`);
    else if (taken === undefined) problems.push(`${where}.${name}: ${field[2]} was expected`);
    else read[field[0]] = taken;
  }
  return { ...otherwise, ...read };
}

function readKeys(value: unknown): readonly RowKey[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const keys = value.flatMap((name) => ROW_KEYS.filter((key) => key === name));
  return keys.length === value.length && new Set(keys).size === keys.length ? keys : undefined;
}

function readFee(value: unknown): ExpectedFee | undefined {
  if (value === null) return null;
  if (!isMap(value)) return undefined;
  const { fixed = 0, basis_points: basisPoints = 0, ...others } = value;
  const isRight = isUpTo(fixed, Number.MAX_SAFE_INTEGER) && isUpTo(basisPoints, 10_000);
  return isRight && Object.keys(others).length === 0 ? { fixed, basisPoints } : undefined;
}

function readMapping(value: unknown): CsvMapping | null | undefined {
  if (value === null) return null;
  if (!isMap(value)) return undefined;
  const { separator, encoding, amounts, dates, columns, signs, ...others } = value;
  const isRight =
    [',', ';', '\t', '|'].includes(separator as string) &&
    ['utf-8', 'windows-1252'].includes(encoding as string) &&
    ['minor', 'point', 'comma'].includes(amounts as string) &&
    ['iso', 'dmy.', 'mdy/'].includes(dates as string) &&
    isMap(columns) &&
    Object.values(columns).every(isText) &&
    isText(columns['amount']) &&
    isText(columns['bookedAt']) &&
    (signs === undefined || (isMap(signs) && Object.values(signs).every((sign) => sign === 1 || sign === -1))) &&
    Object.keys(others).length === 0;
  return isRight ? (value as unknown as CsvMapping) : undefined;
}

function upTo(max: number): (value: unknown) => number | undefined {
  return (value) => (isUpTo(value, max) ? value : undefined);
}

function isUpTo(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 200;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
