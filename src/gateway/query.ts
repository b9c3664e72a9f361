// Query. Reads the parameters of a list: known names, once each, in range.

import type { Page } from '../../actors/commands.ts';
import { isId } from '../domain/ids.ts';
import type { Refused } from './problem.ts';

/** Elements of a page. */
const LIMIT = { default: 20, max: 100 } as const;

export type Query = ReadonlyMap<string, string>;

export function readQuery(text: string, known: readonly string[]): Query | Refused {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (!known.includes(name)) return invalid(name, `There is no parameter ${name.slice(0, 64)}.`);
    if (query.has(name)) return invalid(name, `${name} is given twice.`);
    query.set(name, value);
  }
  return query;
}

/** 1 … `max` elements; 20 when the query does not say. */
export function readLimit(query: Query, max: number = LIMIT.max): number | Refused {
  const text = query.get('limit');
  if (text === undefined) return LIMIT.default;
  const limit = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= max ? limit : invalid('limit', `A page has 1 … ${max} elements.`);
}

/** One of a few words; the first when the query does not say. */
export function readChoice<C extends string>(query: Query, name: string, choices: readonly C[]): C | Refused {
  const text = query.get(name) ?? choices[0];
  const choice = choices.find((one) => one === text);
  return choice ?? invalid(name, `${name} is one of ${choices.filter((one) => one !== '').join(', ')}.`);
}

/** `starting_after` and `ending_before` name elements; at most one of them is given. */
export function readPage(query: Query, limitMax?: number): Page | Refused {
  const limit = readLimit(query, limitMax);
  if (typeof limit !== 'number') return limit;
  const after = query.get('starting_after') ?? '';
  const before = query.get('ending_before') ?? '';
  if (after !== '' && before !== '') return invalid('ending_before', 'Give starting_after or ending_before, not both.');
  for (const [name, value] of [
    ['starting_after', after],
    ['ending_before', before],
  ] as const) {
    if (query.has(name) && !isId(value)) return invalid(name, `${name} is not an id.`);
  }
  return { limit, after, before };
}

/** A word of which no value is the same as not saying it. */
export function readWord(
  query: Query,
  name: string,
  isWord: (text: string) => boolean,
  what: string,
): string | Refused {
  const text = query.get(name);
  if (text === undefined) return '';
  return isWord(text) ? text : invalid(name, `${name} is not ${what}.`);
}

const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** An RFC 3339 time, ms since 1970; `otherwise`, the end of all times, when the query does not say. */
export function readTime(query: Query, name: string, otherwise = Infinity): { readonly timeMs: number } | Refused {
  const text = query.get(name);
  if (text === undefined) return { timeMs: otherwise };
  const timeMs = timeOf(text);
  return timeMs === null ? invalid(name, `${name} is not a time like 2026-01-31T23:59:59.999Z.`) : { timeMs };
}

/** An RFC 3339 time, ms since 1970; null for a text that is none. */
export function timeOf(text: string): number | null {
  const date = TIME.exec(text)?.[1];
  const timeMs = date !== undefined && isDate(date) ? Date.parse(text) : NaN;
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** A date of the calendar: JavaScript itself takes the 30th of February for the 2nd of March. */
export function isDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  return new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false;
}

/** null when the end is not before the beginning. */
export function backwards(from: number | string, to: number | string): Refused | null {
  return to < from ? invalid('to', 'to is before from.') : null;
}

export function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && 'code' in value;
}

export function invalid(param: string, detail: string): Refused {
  return { code: 'query_invalid', param: param.slice(0, 64), detail };
}
