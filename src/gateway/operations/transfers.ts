// Transfer operations. Moving money between two accounts, alone and in batches.

import {
  MakeTransfer,
  ReadTransfer,
  ReverseTransfer,
  RunBatch,
  SettleHold,
  type Command,
} from '../../../actors/commands.ts';
import type { Metadata } from '../../domain/accounts.ts';
import type { Context } from '../../domain/context.ts';
import type { Currencies } from '../../domain/currencies.ts';
import { REFUSALS, RESULT } from '../../domain/refusals.ts';
import { resultOf } from '../../domain/transfers.ts';
import * as fields from '../fields.ts';
import { needKey } from '../idempotency.ts';
import { operation, outcome, type Operation, type Shown, type Tell } from '../operation.ts';
import type { FieldError } from '../problem.ts';
import { namedResource, transferResource, type TransferResource } from '../resources.ts';

export function createTransfer(currencies: Currencies): Operation {
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

export function getTransfer(): Operation {
  return operation('transfers.get', {
    scope: 'payments:read',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, _keyed, tell) => readTransfer(id, context, tell),
  });
}

/** The transfer as it is when its turn comes. */
function readTransfer(id: string, context: Context, tell: Tell): Command {
  return new ReadTransfer(context, id, (command) => {
    tell(outcome(command, command.transfer, (transfer) => shownTransfer(namedResource(id, transfer))));
  });
}

export function settleHold(name: 'transfers.capture' | 'transfers.void', step: 'captured' | 'voided'): Operation {
  return operation(name, {
    scope: 'payments:write',
    status: 200,
    fields: { id: fields.id, amount: fields.optional(fields.amount) },
    judge: (_values, key) => needKey(key),
    command: ({ id: transfer = '', amount = 0 }, context, keyed, tell) =>
      new SettleHold(context, { id: '', transfer, step, amount, debit: '', credit: '' }, keyed, transferTo(tell)),
  });
}

export function reverseTransfer(): Operation {
  return operation('transfers.reverse', {
    scope: 'payments:write',
    status: 200,
    fields: { id: fields.id, reason: fields.optional(fields.reason), metadata: fields.optional(fields.metadata) },
    judge: (_values, key) => needKey(key),
    command: ({ id: transfer = '', reason = '', metadata }, context, keyed, tell) =>
      new ReverseTransfer(context, { transfer, reason, metadata: notesOf(metadata) }, keyed, transferTo(tell)),
  });
}

export function runBatch(batchMax: number): Operation {
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

function transferTo(tell: Tell): (command: MakeTransfer | SettleHold | ReverseTransfer) => void {
  return (command) => {
    const result = command.replayed ? RESULT.alreadyThere : resultOf(command.transfer?.fact.step ?? 'posted');
    tell(outcome(command, command.transfer, (transfer) => shownTransfer(transferResource(transfer)), [result]));
  };
}

function shownTransfer(body: TransferResource): Shown {
  const { id } = body;
  const isOpen = body.status === 'held' || body.status === 'sent';
  const again = (context: Context, tell: Tell): Command => readTransfer(id, context, tell);
  return { body, location: `/v1/transfers/${id}`, open: isOpen ? { id, again } : null };
}

function shownBatch({ results, position }: RunBatch): Shown {
  return { body: { results, position }, location: '', open: null };
}
