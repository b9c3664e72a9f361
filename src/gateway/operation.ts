// Operation. How something that clients can ask is defined: the fields, the scope, the command that it becomes and the
// answer that the command's outcome becomes.

import type { Command, RequestKey } from '../../actors/commands.ts';
import type { Context } from '../domain/context.ts';
import type { CheckSaid, NeededChecks } from '../domain/orders/checks.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import type { Field } from './fields.ts';
import { judgeKey, keyedRequest } from './idempotency.ts';
import type { Scope } from './keys.ts';
import type { FieldError, Refused } from './problem.ts';
import { readBody, type Fields, type Shaped } from './shape.ts';

/** What is shown and has not come to its end: how its end is heard of, and how it is read again. */
export type Open = { readonly id: string; readonly again: Prepared };

/** What a client is shown. */
export type Shown = {
  readonly body: object;
  /** Path under which it is read; '' where it has none. */
  readonly location: string;
  /** null: nothing of it goes on by itself. */
  readonly open: Open | null;
};

export type Done = Shown & {
  readonly ok: true;
  /** Answered from an earlier request. */
  readonly replayed: boolean;
  /** Results of the transfers in it, as batches number them; for the metrics. */
  readonly results: readonly number[];
};

export type Reply = Done | { readonly ok: false; readonly refused: Refused };

/** Nothing has happened yet: checks have to be asked first, and with what they say it is prepared again. */
export type Unchecked = { readonly needs: NeededChecks; readonly again: (said: readonly CheckSaid[]) => Attempt };

export type Tell = (reply: Reply) => void;

/** A request whose shape is right: it becomes a command once it is known for whom. */
export type Prepared = (context: Context, tell: Tell) => Command;

/** One that may have to know first what checks say. */
export type Attempt = (context: Context, tell: (reply: Reply | Unchecked) => void) => Command;

export type Operation = {
  readonly scope: Scope;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** HTTP status of success. */
  readonly status: 200 | 201;
  /** `key`: the idempotency key, '' for none. */
  readonly prepare: (body: unknown, key: string) => { ok: true; prepared: Attempt } | { ok: false; refused: Refused };
};

type Definition<F extends Fields> = {
  readonly scope: Scope;
  readonly fields: F;
  readonly status: 200 | 201;
  /** What is wrong beyond single fields. */
  readonly judge?: (values: Shaped<F>, key: string) => FieldError[];
  readonly command: (
    values: Shaped<F>,
    context: Context,
    keyed: RequestKey,
    tell: (reply: Reply | Unchecked) => void,
  ) => Command;
};

export function operation<F extends Fields>(name: string, definition: Definition<F>): Operation {
  const { scope, status, judge = () => [], command } = definition;
  return {
    scope,
    status,
    fields: definition.fields,
    prepare: (body, key) => {
      const read = readBody(definition.fields, body, (values) => [...judgeKey(key), ...judge(values, key)]);
      if (!read.ok) return read;
      const keyed = keyedRequest(key, name, read.values);
      return { ok: true, prepared: (context, tell) => command(read.values, context, keyed, tell) };
    },
  };
}

/** What a command came to. `result`: null only where it was refused. */
export function outcome<T>(
  command: Command,
  result: T | null,
  show: (result: T) => Shown,
  results: number[] = [],
): Reply {
  if (command.verdict !== ALLOWED) return { ok: false, refused: { code: refusalOf(command.verdict) } };
  if (result === null) throw new Error(`${command.constructor.name} has neither result nor refusal`);
  return { ok: true, ...show(result), replayed: command.replayed, results };
}
