// Operations. What clients can ask, once for HTTP and WebSocket: the fields, the scope, the command that it becomes and
// the answer that the command's outcome becomes.

import {
  ChangeAccount,
  MakeTransfer,
  OpenAccount,
  ReadAccount,
  ReadTransfer,
  ReverseTransfer,
  RunBatch,
  SettleHold,
  type ChangeRequest,
  type Command,
  type RequestKey,
} from '../../actors/commands.ts';
import type { AccountView, Metadata } from '../domain/accounts.ts';
import type { Context } from '../domain/context.ts';
import type { Currencies } from '../domain/currencies.ts';
import { ALLOWED, refusalOf, REFUSALS, RESULT } from '../domain/refusals.ts';
import { resultOf } from '../domain/transfers.ts';
import type { Field } from './fields.ts';
import * as fields from './fields.ts';
import { judgeKey, keyedRequest, needKey } from './idempotency.ts';
import type { Scope } from './keys.ts';
import type { FieldError, Refused } from './problem.ts';
import { accountResource, namedResource, transferResource, type TransferResource } from './resources.ts';
import { readBody, type Fields, type Shaped } from './shape.ts';

/** What a client is shown. */
type Shown = {
  readonly body: object;
  /** Of the account or transfer in the body; '' where it has none. */
  readonly id: string;
  /** The body is a hold of which something remains, or a transfer on its way. */
  readonly open: boolean;
};

export type Done = Shown & {
  readonly ok: true;
  /** Answered from an earlier request. */
  readonly replayed: boolean;
  /** Results of the transfers in it, as batches number them; for the metrics. */
  readonly results: readonly number[];
};

export type Reply = Done | { readonly ok: false; readonly refused: Refused };

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

type Definition<F extends Fields> = {
  readonly scope: Scope;
  readonly fields: F;
  readonly status: 200 | 201;
  /** What is wrong beyond single fields. */
  readonly judge?: (values: Shaped<F>, key: string) => FieldError[];
  readonly command: (values: Shaped<F>, context: Context, keyed: RequestKey, tell: Tell) => Command;
};

function operation<F extends Fields>(name: string, definition: Definition<F>): Operation {
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

export type OperationName =
  | 'accounts.create'
  | 'accounts.get'
  | 'accounts.change'
  | 'transfers.create'
  | 'transfers.get'
  | 'transfers.capture'
  | 'transfers.void'
  | 'transfers.reverse'
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
    'transfers.reverse': reverseTransfer(),
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
      crediting: fields.optional(fields.crediting),
    },
    command: (values, context, keyed, tell) => {
      const { id = '', currency = '', kind = '', credit_limit: creditLimit = 0, metadata = {}, crediting } = values;
      const request = { id, currency, kind, creditLimit, metadata, ...(crediting ? { crediting } : {}) };
      return new OpenAccount(context, request, keyed, accountTo(tell));
    },
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
      crediting: fields.optional(fields.crediting),
    },
    command: ({ id = '', status, credit_limit: creditLimit, metadata, crediting }, context, keyed, tell) => {
      const request: ChangeRequest = {
        id,
        ...(status === undefined ? {} : { status }),
        ...(creditLimit === undefined ? {} : { creditLimit }),
        ...(metadata === undefined ? {} : { metadata }),
        ...(crediting === undefined ? {} : { crediting }),
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
    judge: judgeTransfer,
    command: (values, context, keyed, tell) => {
      const { id = '', debit_account: debit = '', credit_account: credit = '', amount = 0, currency = '' } = values;
      const { hold = false, expires_in: expiresInSeconds = 0, metadata } = values;
      const request = { id, debit, credit, amount, currency, hold, expiresInSeconds, metadata: notesOf(metadata) };
      return new MakeTransfer(context, request, keyed, transferTo(tell));
    },
  });
}

/** What is kept of metadata: nothing of an empty object. */
function notesOf(metadata: Metadata | undefined): Metadata | null {
  return metadata === undefined || Object.keys(metadata).length === 0 ? null : metadata;
}

/** `id`: absent, or not readable and then refused for that. */
function judgeTransfer(
  values: Readonly<Partial<Record<'id' | 'debit_account' | 'credit_account' | 'expires_in' | 'hold', unknown>>>,
  key: string,
): FieldError[] {
  const { id, debit_account: debit, credit_account: credit, expires_in: expiresIn, hold } = values;
  const errors = id === undefined ? needKey(key) : [];
  if (expiresIn !== undefined && hold !== true)
    errors.push({ param: 'expires_in', code: 'body_invalid', detail: 'Only a hold expires.' });
  if (debit !== undefined && debit === credit)
    errors.push({ param: 'credit_account', code: 'same_account', detail: REFUSALS.same_account.meaning });
  return errors;
}

function getTransfer(): Operation {
  return operation('transfers.get', {
    scope: 'payments:read',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, _keyed, tell) => readTransfer(id, context, tell),
  });
}

/** The transfer as it is when its turn comes. */
export function readTransfer(id: string, context: Context, tell: Tell): Command {
  return new ReadTransfer(context, id, (command) => {
    tell(outcome(command, command.transfer, (transfer) => shownTransfer(namedResource(id, transfer))));
  });
}

function settleHold(name: 'transfers.capture' | 'transfers.void', step: 'captured' | 'voided'): Operation {
  return operation(name, {
    scope: 'payments:write',
    status: 200,
    fields: { id: fields.id, amount: fields.optional(fields.amount) },
    judge: (_values, key) => needKey(key),
    command: ({ id: transfer = '', amount = 0 }, context, keyed, tell) =>
      new SettleHold(context, { id: '', transfer, step, amount, debit: '', credit: '' }, keyed, transferTo(tell)),
  });
}

function reverseTransfer(): Operation {
  return operation('transfers.reverse', {
    scope: 'payments:write',
    status: 200,
    fields: { id: fields.id, reason: fields.optional(fields.reason), metadata: fields.optional(fields.metadata) },
    judge: (_values, key) => needKey(key),
    command: ({ id: transfer = '', reason = '', metadata }, context, keyed, tell) =>
      new ReverseTransfer(context, { transfer, reason, metadata: notesOf(metadata) }, keyed, transferTo(tell)),
  });
}

function runBatch(batchMax: number): Operation {
  return operation('transfers.batch', {
    scope: 'payments:write',
    status: 200,
    fields: { transfers: fields.tuples, atomic: fields.optional(fields.flag) },
    judge: ({ transfers }) => {
      if (transfers === undefined || (transfers.length > 0 && transfers.length <= batchMax)) return [];
      const detail = `A batch has 1 … ${batchMax} transfers, this one has ${transfers.length}.`;
      return [{ param: 'transfers', code: 'batch_size_invalid', detail }];
    },
    command: ({ transfers = [], atomic = false }, context, keyed, tell) =>
      new RunBatch(context, transfers, atomic, keyed, (command) => {
        tell(outcome(command, command, shownBatch, command.results));
      }),
  });
}

function accountTo(tell: Tell): (command: OpenAccount | ChangeAccount | ReadAccount) => void {
  return (command) => tell(outcome(command, command.account, shownAccount));
}

function transferTo(tell: Tell): (command: MakeTransfer | SettleHold | ReverseTransfer) => void {
  return (command) => {
    const result = command.replayed ? RESULT.alreadyThere : resultOf(command.transfer?.fact.step ?? 'posted');
    tell(outcome(command, command.transfer, (transfer) => shownTransfer(transferResource(transfer)), [result]));
  };
}

function shownAccount(account: AccountView): Shown {
  return { body: accountResource(account), id: account.id, open: false };
}

function shownTransfer(body: TransferResource): Shown {
  return { body, id: body.id, open: body.status === 'held' || body.status === 'sent' };
}

function shownBatch({ results, position }: RunBatch): Shown {
  return { body: { results, position }, id: '', open: false };
}

function outcome<T>(command: Command, result: T | null, show: (result: T) => Shown, results: number[] = []): Reply {
  if (command.verdict !== ALLOWED) return { ok: false, refused: { code: refusalOf(command.verdict) } };
  if (result === null) throw new Error(`${command.constructor.name} has neither result nor refusal`);
  return { ok: true, ...show(result), replayed: command.replayed, results };
}
