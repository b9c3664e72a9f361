// Idempotency. What a key may look like, who needs one, and what a request says under it.

import { hash } from 'node:crypto';
import { NO_KEY, type RequestKey } from '../../actors/commands.ts';
import type { FieldError } from './problem.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** Nesting that a fingerprint looks into: body, list of transfers, transfer. Nothing readable is deeper. */
const DEPTH_MAX = 3;

/** A key that is none, as a mistake of the request; '' is no key. */
export function judgeKey(key: string): FieldError[] {
  if (key === '' || KEY.test(key)) return [];
  const detail = 'An idempotency key is 1-255 visible ASCII characters.';
  return [{ param: 'Idempotency-Key', code: 'id_invalid', detail }];
}

/** For requests that move money and name nothing themselves by which a repetition could be told. */
export function needKey(key: string): FieldError[] {
  if (key !== '') return [];
  const detail = 'Money moves only under an Idempotency-Key.';
  return [{ param: 'Idempotency-Key', code: 'idempotency_key_required', detail }];
}

/** The key with 128 bits over what the request says; equal for the same request on any wire format. */
export function keyedRequest(key: string, operation: string, values: object): RequestKey {
  if (key === '') return NO_KEY;
  const said = JSON.stringify(canonical(values, DEPTH_MAX));
  return { key, fingerprint: hash('sha256', `${operation}\n${said}`, 'base64url').slice(0, 22) };
}

/** A value in one spelling: members sorted by name, integers of any width alike, and bounded in depth. */
function canonical(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint' || value === Infinity) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.map((one) => canonical(one, depth - 1));
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return members.map(([name, one]) => [name, canonical(one, depth - 1)]);
}
