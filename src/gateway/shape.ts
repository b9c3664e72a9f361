// Shape. Reads a body field by field. All mistakes are found; the one that is told first is the lowest of the list of
// refusals, so that the same body always gets the same code.

import { REFUSALS } from '../domain/refusals.ts';
import type { Field } from './fields.ts';
import type { FieldError, Refused } from './problem.ts';

type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;

/** Absent optional fields are undefined. */
export type Shaped<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> | undefined };

export type ReadBody<F extends Fields> =
  { readonly ok: true; readonly values: Shaped<F> } | { readonly ok: false; readonly refused: Refused };

/** Field errors told at most: the rest would only be noise. */
const ERRORS_MAX = 20;

export function readBody<F extends Fields>(fields: F, body: unknown): ReadBody<F> {
  if (!isMap(body)) return refuse([{ param: '', code: 'body_invalid', detail: 'The body must be an object.' }]);
  const errors: FieldError[] = [];
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(fields, name))
      errors.push({ param: name.slice(0, 64), code: 'field_unknown', detail: REFUSALS.field_unknown.meaning });
  }
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (value === undefined || (value === null && field.optional)) {
      if (!field.optional) errors.push({ param: name, code: field.refusal, detail: `${name} is required.` });
      continue;
    }
    const read = field.read(value);
    if (read === undefined) errors.push({ param: name, code: field.refusal, detail: REFUSALS[field.refusal].meaning });
    else values[name] = read;
  }
  return errors.length > 0 ? refuse(errors) : { ok: true, values: values as Shaped<F> };
}

/** A map with string keys, as JSON and msgpack decode them. */
export function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuse(errors: FieldError[]): { ok: false; refused: Refused } {
  const ordered = errors.toSorted((one, other) => REFUSALS[one.code].number - REFUSALS[other.code].number);
  const first = ordered[0] as FieldError;
  return {
    ok: false,
    refused: {
      code: first.code,
      detail: first.detail,
      ...(first.param === '' ? {} : { param: first.param }),
      ...(errors.length > 1 ? { errors: ordered.slice(0, ERRORS_MAX) } : {}),
    },
  };
}
