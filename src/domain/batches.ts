// Batches. How one transfer of a batch is written (a tuple) and read. A tuple that cannot be read is refused by itself;
// the others stand.
//
//   [transfer_id, debit_account, credit_account, amount, kind?, ref?, expires_in?]
//   kind 0 post, 1 hold, 2 capture, 3 void; for 2 and 3 `ref` is the hold, the accounts may be null, a null amount is
//   all that remains.

import { isId } from './ids.ts';
import { isAmount, readAmount } from './money.ts';
import { numberOf, type Verdict } from './refusals.ts';
import type { SettleRequest, TransferRequest } from './transfers.ts';

/** Longest life of a hold, seconds: 365 days, more than any card scheme or escrow asks for. */
export const HOLD_EXPIRY_SECONDS_MAX = 31_536_000;

const FIELDS_MAX = 7;
const BODY_INVALID = numberOf('body_invalid');
const ID_INVALID = numberOf('id_invalid');
const AMOUNT_INVALID = numberOf('amount_invalid');
const SAME_ACCOUNT = numberOf('same_account');

/** A number is the refusal. */
export type ReadMember = TransferRequest | SettleRequest | Verdict;

export function readMember(tuple: unknown): ReadMember {
  if (!Array.isArray(tuple) || tuple.length < 4 || tuple.length > FIELDS_MAX) return BODY_INVALID;
  const fields: readonly unknown[] = tuple;
  const kind = fields[4] ?? 0;
  if (kind === 0 || kind === 1) return readTransfer(fields, kind === 1);
  if (kind === 2 || kind === 3) return readSettle(fields, kind === 2 ? 'captured' : 'voided');
  return BODY_INVALID;
}

/** True for a request that takes of a hold. */
export function isSettle(request: TransferRequest | SettleRequest): request is SettleRequest {
  return 'step' in request;
}

/** Seconds of a hold: absent is 0, the default; null when it is not 1 … 31,536,000. */
export function readExpiry(value: unknown): number | null {
  if (value === undefined || value === null) return 0;
  return isAmount(value) && value <= HOLD_EXPIRY_SECONDS_MAX ? value : null;
}

function readTransfer(fields: readonly unknown[], hold: boolean): TransferRequest | Verdict {
  const [id, debit, credit] = fields;
  const expiresInSeconds = readExpiry(fields[6]);
  if (expiresInSeconds === null || (expiresInSeconds > 0 && !hold) || isGiven(fields[5])) return BODY_INVALID;
  if (!isId(id) || !isId(debit) || !isId(credit)) return ID_INVALID;
  const amount = readAmount(fields[3]);
  if (amount === null) return AMOUNT_INVALID;
  if (debit === credit) return SAME_ACCOUNT;
  return { id, debit, credit, amount, currency: '', hold, expiresInSeconds, metadata: null };
}

function readSettle(fields: readonly unknown[], step: SettleRequest['step']): SettleRequest | Verdict {
  const [id, debit, credit, , , transfer] = fields;
  if (isGiven(fields[6])) return BODY_INVALID;
  if (!isId(id) || !isId(transfer) || !isIdOrNone(debit) || !isIdOrNone(credit)) return ID_INVALID;
  const amount = isGiven(fields[3]) ? readAmount(fields[3]) : 0;
  if (amount === null) return AMOUNT_INVALID;
  return { id, transfer, step, amount, debit: debit ?? '', credit: credit ?? '' };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isIdOrNone(value: unknown): value is string | null | undefined {
  return !isGiven(value) || isId(value);
}
