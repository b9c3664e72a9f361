// Operations. What clients can ask, once for HTTP and WebSocket: the fields, the scope, the command that it becomes and
// the answer that the command's outcome becomes.

import { createHash } from 'node:crypto';
import {
  ChangeAccount,
  MakeTransfer,
  NO_KEY,
  OpenAccount,
  ReadAccount,
  ReadTransfer,
  RunBatch,
  SettleHold,
  type ChangeRequest,
  type Command,
  type RequestKey,
} from '../../actors/commands.ts';
import type { Context } from '../domain/context.ts';
import type { Currencies } from '../domain/currencies.ts';
import { ALLOWED, refusalOf, RESULT } from '../domain/refusals.ts';
import { resultOf } from '../domain/transfers.ts';
import type { Field } from './fields.ts';
import * as fields from './fields.ts';
import type { Scope } from './keys.ts';
import type { Refused } from './problem.ts';
import { accountResource, namedResource, transferResource } from './resources.ts';
import { readBody, type Shaped } from './shape.ts';

export type Reply =
  | {
      readonly ok: true;
      readonly body: unknown;
      /** Answered from an earlier request. */
      readonly replayed: boolean;
      /** Results of the transfers in it, as batches number them; for the metrics. */
      readonly results: readonly number[];
    }
  | { readonly ok: false; readonly refused: Refused };

export type Tell = (reply: Reply) => void;

/** A request whose shape is right: it becomes a command once it is known for whom. */
export type Prepared = (context: Context, tell: Tell) => Command;

export type Operation = {
  readonly scope: Scope;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** HTTP status of success. */
  readonly status: 200 | 201;
  /** `key`: the idempotency key, '' for none. */
  readonly prepare: (body: unknown, key: string) => { ok: true; prepared: Prepared } | { ok: false; refused: Refused };
};

type Fields = Readonly<Record<string, Field<unknown>>>;

type Definition<F extends Fields> = {
  readonly scope: Scope;
  readonly fields: F;
  readonly status: 200 | 201;
  /** What is wrong beyond single fields. */
  readonly judge?: (values: Shaped<F>, key: string) => Refused | null;
  readonly command: (values: Shaped<F>, context: Context, keyed: RequestKey, tell: Tell) => Command;
};

function operation<F extends Fields>(name: string, definition: Definition<F>): Operation {
  const { scope, status, judge, command } = definition;
  return {
    scope,
    status,
    fields: definition.fields,
    prepare: (body, key) => {
      const read = readBody(definition.fields, body);
      if (!read.ok) return read;
      const refused = judge?.(read.values, key);
      if (refused) return { ok: false, refused };
      const keyed = key === '' ? NO_KEY : { key, fingerprint: fingerprintOf(name, read.values) };
      return { ok: true, prepared: (context, tell) => command(read.values, context, keyed, tell) };
    },
  };
}

const KEY_REQUIRED: Refused = { code: 'idempotency_key_required', param: 'Idempotency-Key' };

function needsKey(_values: unknown, key: string): Refused | null {
  return key === '' ? KEY_REQUIRED : null;
}

export type OperationName =
  | 'accounts.create'
  | 'accounts.get'
  | 'accounts.change'
  | 'transfers.create'
  | 'transfers.get'
  | 'transfers.capture'
  | 'transfers.void'
  | 'transfers.batch';

export type Operations = Readonly<Record<OperationName, Operation>>;

/** `batchMax`: transfers in a batch. */
export function makeOperations(currencies: Currencies, batchMax: number): Operations {
  return {
    'accounts.create': createAccount(currencies),
    'accounts.get': getAccount(),
    'accounts.change': changeAccount(),
    'transfers.create': createTransfer(currencies),
    'transfers.get': getTransfer(),
    'transfers.capture': settleHold('transfers.capture', 'captured'),
    'transfers.void': settleHold('transfers.void', 'voided'),
    'transfers.batch': runBatch(batchMax),
  };
}

function createAccount(currencies: Currencies): Operation {
  return operation('accounts.create', {
    scope: 'accounts:write',
    status: 201,
    fields: {
      id: fields.optional(fields.id),
      currency: fields.currency(currencies),
      kind: fields.word,
      credit_limit: fields.optional(fields.creditLimit),
      metadata: fields.optional(fields.metadata),
    },
    command: (
      { id = '', currency = '', kind = '', credit_limit: creditLimit = 0, metadata = {} },
      context,
      keyed,
      tell,
    ) => new OpenAccount(context, { id, currency, kind, creditLimit, metadata }, keyed, accountTo(tell)),
  });
}

function getAccount(): Operation {
  return operation('accounts.get', {
    scope: 'accounts:read',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, _keyed, tell) => new ReadAccount(context, id, accountTo(tell)),
  });
}

function changeAccount(): Operation {
  return operation('accounts.change', {
    scope: 'accounts:write',
    status: 200,
    fields: {
      id: fields.id,
      status: fields.optional(fields.status),
      credit_limit: fields.optional(fields.creditLimit),
      metadata: fields.optional(fields.metadata),
    },
    command: ({ id = '', status, credit_limit: creditLimit, metadata }, context, keyed, tell) => {
      const request: ChangeRequest = {
        id,
        ...(status === undefined ? {} : { status }),
        ...(creditLimit === undefined ? {} : { creditLimit }),
        ...(metadata === undefined ? {} : { metadata }),
      };
      return new ChangeAccount(context, request, keyed, accountTo(tell));
    },
  });
}

function createTransfer(currencies: Currencies): Operation {
  return operation('transfers.create', {
    scope: 'payments:write',
    status: 201,
    fields: {
      id: fields.optional(fields.id),
      debit_account: fields.id,
      credit_account: fields.id,
      amount: fields.amount,
      currency: fields.optional(fields.currency(currencies)),
      hold: fields.optional(fields.flag),
      expires_in: fields.optional(fields.expiresIn),
      metadata: fields.optional(fields.metadata),
    },
    judge: (values, key) => {
      if (values.expires_in !== undefined && values.hold !== true) {
        return { code: 'body_invalid', param: 'expires_in', detail: 'Only a hold expires.' };
      }
      if (values.debit_account === values.credit_account) return { code: 'same_account', param: 'credit_account' };
      return values.id === undefined ? needsKey(values, key) : null;
    },
    command: (values, context, keyed, tell) => {
      const { id = '', debit_account: debit = '', credit_account: credit = '', amount = 0, currency = '' } = values;
      const { hold = false, expires_in: expiresInSeconds = 0, metadata } = values;
      const notes = metadata === undefined || Object.keys(metadata).length === 0 ? null : metadata;
      const request = { id, debit, credit, amount, currency, hold, expiresInSeconds, metadata: notes };
      return new MakeTransfer(context, request, keyed, transferTo(tell));
    },
  });
}

function getTransfer(): Operation {
  return operation('transfers.get', {
    scope: 'payments:read',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, _keyed, tell) =>
      new ReadTransfer(context, id, (command) => {
        tell(outcome(command, command.transfer, (transfer) => namedResource(id, transfer)));
      }),
  });
}

function settleHold(name: 'transfers.capture' | 'transfers.void', step: 'captured' | 'voided'): Operation {
  return operation(name, {
    scope: 'payments:write',
    status: 200,
    fields: { id: fields.id, amount: fields.optional(fields.amount) },
    judge: needsKey,
    command: ({ id: transfer = '', amount = 0 }, context, keyed, tell) =>
      new SettleHold(context, { id: '', transfer, step, amount, debit: '', credit: '' }, keyed, transferTo(tell)),
  });
}

function runBatch(batchMax: number): Operation {
  return operation('transfers.batch', {
    scope: 'payments:write',
    status: 200,
    fields: { transfers: fields.tuples, atomic: fields.optional(fields.flag) },
    judge: ({ transfers = [] }) => {
      const detail = `A batch has 1 … ${batchMax} transfers, this one has ${transfers.length}.`;
      const fits = transfers.length > 0 && transfers.length <= batchMax;
      return fits ? null : { code: 'batch_size_invalid', param: 'transfers', detail };
    },
    command: ({ transfers = [], atomic = false }, context, keyed, tell) =>
      new RunBatch(context, transfers, atomic, keyed, (command) => {
        tell(outcome(command, command, ({ results, position }) => ({ results, position }), command.results));
      }),
  });
}

function accountTo(tell: Tell): (command: OpenAccount | ChangeAccount | ReadAccount) => void {
  return (command) => tell(outcome(command, command.account, accountResource));
}

function transferTo(tell: Tell): (command: MakeTransfer | SettleHold) => void {
  return (command) => {
    const result = command.replayed ? RESULT.alreadyThere : resultOf(command.transfer?.fact.step ?? 'posted');
    tell(outcome(command, command.transfer, transferResource, [result]));
  };
}

function outcome<T>(command: Command, result: T | null, show: (result: T) => unknown, results: number[] = []): Reply {
  if (command.verdict !== ALLOWED) return { ok: false, refused: { code: refusalOf(command.verdict) } };
  if (result === null) throw new Error(`${command.constructor.name} has neither result nor refusal`);
  return { ok: true, body: show(result), replayed: command.replayed, results };
}

/** 128 bits over what the request says; equal for the same request on any wire format. */
function fingerprintOf(name: string, values: object): string {
  const said = JSON.stringify(Object.entries(values).toSorted(byName), sortKeys);
  return createHash('sha256').update(`${name}\n${said}`).digest('base64url').slice(0, 22);
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (value === Infinity) return 'unlimited';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(byName));
}
