// Shape. Reads a body field by field. All mistakes are found; the one that is told first is the lowest of the list of
// refusals, so that the same body always gets the same code.

import { REFUSALS } from '../domain/refusals.ts';
import type { Field } from './fields.ts';
import type { FieldError, Refused } from './problem.ts';

export type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;

/** Absent optional fields are undefined; so is, for a judge, what is wrong. */
export type Shaped<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> | undefined };

/** Finds what is wrong beyond single fields. */
export type Judge<F extends Fields> = (values: Shaped<F>) => FieldError[];

export type ReadBody<F extends Fields> =
  { readonly ok: true; readonly values: Shaped<F> } | { readonly ok: false; readonly refused: Refused };

/** Field errors told at most: the rest would only be noise. */
const ERRORS_MAX = 20;
/** Characters of a client's field name that are told back. */
const NAME_LENGTH_MAX = 64;

export function readBody<F extends Fields>(fields: F, body: unknown, judge: Judge<F> = () => []): ReadBody<F> {
  if (!isMap(body)) return refuse([{ param: '', code: 'body_invalid', detail: 'The body must be an object.' }]);
  const errors = unknownFields(fields, body);
  const read: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (value === undefined || (value === null && field.optional)) {
      if (!field.optional) errors.push({ param: name, code: field.refusal, detail: `${name} is required.` });
      continue;
    }
    const taken = field.read(value);
    if (taken === undefined) errors.push({ param: name, code: field.refusal, detail: REFUSALS[field.refusal].meaning });
    else read[name] = taken;
  }
  const values = read as Shaped<F>;
  errors.push(...judge(values));
  return errors.length > 0 ? refuse(errors) : { ok: true, values };
}

/** A map with string keys, as JSON and msgpack decode them. */
export function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function unknownFields(fields: Fields, body: object): FieldError[] {
  return Object.keys(body)
    .filter((name) => !Object.hasOwn(fields, name))
    .slice(0, ERRORS_MAX)
    .map((name) => unknownField(name));
}

/** The mistake of a field that nobody asked for. */
export function unknownField(name: string): FieldError {
  return { param: name.slice(0, NAME_LENGTH_MAX), code: 'field_unknown', detail: REFUSALS.field_unknown.meaning };
}

function refuse(errors: readonly FieldError[]): { ok: false; refused: Refused } {
  const ordered = errors.toSorted((one, other) => REFUSALS[one.code].number - REFUSALS[other.code].number);
  const [first] = ordered;
  if (!first) throw new Error('a refusal has no reason');
  const { code, detail, param } = first;
  const several = errors.length > 1 ? { errors: ordered.slice(0, ERRORS_MAX) } : {};
  return { ok: false, refused: { code, detail, ...(param === '' ? {} : { param }), ...several } };
}
