// JSON reader. Reads plain JSON (rules, products) into types, and tells every field at fault, by its path, at once.
//
// J1. A field that is not known is refused: a misspelt limit is no limit. J2. Fields are written in snake_case and read
// in camelCase. J3. Nothing is converted: "12" is not 12. J4. What was read holds nothing of what was given.

import { isId } from '../ids.ts';
import { isAmount, MONEY_MAX } from '../money.ts';

/** A field at fault: 'fees.card.basis_points', 'must be an integer 0 … 10000, is 12.5'. */
export type JsonProblem = { readonly field: string; readonly message: string };

/** What is read at this path, or null and at least one problem more. */
export type JsonReader<Value> = (value: unknown, field: string, problems: JsonProblem[]) => Value | null;

/** A name in the rules: of a fee, a channel, a product. */
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/** Characters of a wrong value that are shown. */
const SHOWN_MAX = 60;

/** 'fees.card.basis_points: must be an integer 0 … 10000, is 12.5'. */
export function problemText({ field, message }: JsonProblem): string {
  return field === '' ? message : `${field}: ${message}`;
}

/** The entry of that name; undefined when there is none, also for names such as 'constructor'. */
export function entryOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A value that passes, as it is. @param must what it has to be: 'must be true or false'. */
export function exactly<Value>(passes: (value: unknown) => value is Value, must: string): JsonReader<Value> {
  return (value, field, problems) => {
    if (passes(value)) return value;
    problems.push({ field, message: `${must}, ${shown(value)}` });
    return null;
  };
}

export const flag = exactly((value) => typeof value === 'boolean', 'must be true or false');

export const name = exactly(
  (value): value is string => typeof value === 'string' && NAME.test(value),
  'must be a name of 1-64 characters a-z 0-9 _ -',
);

export const id = exactly(isId, 'must be an id of 1-64 characters A-Z a-z 0-9 _ . : -');

/** An integer of `min` … `max`. */
export function integer(min: number, max: number): JsonReader<number> {
  const passes = (value: unknown): value is number => Number.isInteger(value) && within(value as number, min, max);
  return exactly(passes, `must be an integer ${min} … ${max}`);
}

/** Minor units, 0 included. */
export const money = integer(0, MONEY_MAX);

/** Minor units up to which something is allowed; "unlimited" reads as the largest amount there is. */
export const limit: JsonReader<number> = (value, field, problems) => {
  if (value === 'unlimited') return MONEY_MAX;
  if (value === 0 || isAmount(value)) return value;
  problems.push({ field, message: `must be an integer 0 … ${MONEY_MAX} or "unlimited", ${shown(value)}` });
  return null;
};

/** One of these words. */
export function choice<Word extends string>(...words: readonly Word[]): JsonReader<Word> {
  const passes = (value: unknown): value is Word => words.includes(value as Word);
  return exactly(passes, `must be ${words.map((word) => `"${word}"`).join(' or ')}`);
}

/** A string of this form. @param form for people: 'three capital letters'. */
export function text(pattern: RegExp, form: string): JsonReader<string> {
  return exactly(
    (value): value is string => typeof value === 'string' && pattern.test(value),
    `must be a string of ${form}`,
  );
}

/** Where a field is missing it is `otherwise`: for rules that were written before it was there. */
export function optional<Value>(reader: JsonReader<Value>, otherwise: Value): JsonReader<Value> {
  return (value, field, problems) => (value === undefined ? otherwise : reader(value, field, problems));
}

/** A list of `min` … `max` entries. */
export function list<Value>(entry: JsonReader<Value>, min: number, max: number): JsonReader<readonly Value[]> {
  return (value, field, problems) => {
    if (!Array.isArray(value) || !within(value.length, min, max)) {
      problems.push({ field, message: `must be a list of ${min} … ${max} entries, ${shown(value)}` });
      return null;
    }
    const read = value.map((one: unknown, place) => entry(one, `${field}[${place}]`, problems));
    return read.every((one) => one !== null) ? read : null;
  };
}

/** An object of entries that the rules name themselves; at least one. */
export function named<Value>(entry: JsonReader<Value>): JsonReader<Readonly<Record<string, Value>>> {
  return (value, field, problems) => {
    if (!isObject(value) || Object.keys(value).length === 0) {
      problems.push({ field, message: `must be an object with at least one entry, ${shown(value)}` });
      return null;
    }
    const before = problems.length;
    const read = Object.entries(value).map(([key, one]) => {
      name(key, path(field, key), problems);
      return [key, entry(one, path(field, key), problems)] as const;
    });
    return problems.length === before ? (Object.fromEntries(read) as Record<string, Value>) : null;
  };
}

/** An object with exactly these fields. */
export function object<Value extends object>(fields: {
  readonly [Field in keyof Value]-?: JsonReader<Value[Field]>;
}): JsonReader<Value> {
  const readers = Object.entries<JsonReader<unknown>>(fields);
  const known = new Set(readers.map(([field]) => snake(field)));
  return (value, field, problems) => {
    if (!isObject(value)) {
      problems.push({ field, message: `must be an object, ${shown(value)}` });
      return null;
    }
    const before = problems.length;
    for (const key of Object.keys(value)) {
      if (!known.has(key)) problems.push({ field: path(field, key), message: 'is not a known field' });
    }
    const read = readers.map(([key, reader]) => {
      return [key, reader(entryOf(value, snake(key)), path(field, snake(key)), problems)] as const;
    });
    return problems.length === before ? (Object.fromEntries(read) as Value) : null;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function path(field: string, key: string): string {
  return field === '' ? key : `${field}.${key}`;
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'is missing';
  const whole = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return `is ${whole.length > SHOWN_MAX ? `${whole.slice(0, SHOWN_MAX)}…` : whole}`;
}
