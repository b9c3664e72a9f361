// Order fields. The sorts of values that bodies about orders have, beside those that all bodies have.

import { Type } from 'typebox';
import type { AskedInstrument } from '../../actors/orders/order-commands.ts';
import type { Instruments } from '../domain/instruments/instruments.ts';
import type { Payee } from '../domain/orders/trade.ts';
import { amount, field, id, plain, text, type Field } from './fields.ts';
import { isMap } from './shape.ts';

/** Payees of a trade: a marketplace's basket, and a voucher that still fits into a frame. */
const PAYEES_MAX = 100;

/** Instruments of a payment: rules allow fewer. */
const INSTRUMENTS_MAX = 16;

/** Characters of where a payout goes: an IBAN, a token, an address of a wallet. */
const DESTINATION_LENGTH_MAX = 200;

export const destination: Field<string> = text(
  DESTINATION_LENGTH_MAX,
  'As the channel understands it: an IBAN, a token.',
);

export const capture: Field<'automatic' | 'manual'> = plain(
  Type.Union([Type.Literal('automatic'), Type.Literal('manual')]),
  'body_invalid',
);

export const decision: Field<string> = text(64, 'What is proposed, such as retry, succeeded or failed.');

export const payees: Field<readonly Payee[]> = field(
  Type.Array(Type.Unknown(), { minItems: 1, maxItems: PAYEES_MAX, description: '[{account, amount}]' }),
  'payees_invalid',
  (value) => readAll(value as unknown[], readPayee),
);

/** `known`: those that the engine has; which of them may pay together is the rules' business. */
export function instruments(known: Instruments): Field<readonly AskedInstrument[]> {
  const types = known.names.join(', ');
  return field(
    Type.Array(Type.Unknown(), {
      minItems: 1,
      maxItems: INSTRUMENTS_MAX,
      description: `[{type, account?, channel?, amount?}]; type: ${types}. One without an amount pays what the others leave.`,
    }),
    'instruments_invalid',
    (value) => readAll(value as unknown[], (one) => readInstrument(one, known)),
  );
}

function readAll<T>(values: readonly unknown[], read: (value: unknown) => T | null): readonly T[] | null {
  const all: T[] = [];
  for (const value of values) {
    const one = read(value);
    if (one === null) return null;
    all.push(one);
  }
  return all;
}

function readPayee(value: unknown): Payee | null {
  if (!isMap(value) || !hasOnly(value, ['account', 'amount'])) return null;
  const [account, share] = [id.read(value['account']), amount.read(value['amount'])];
  return account === undefined || share === undefined ? null : { account, amount: share };
}

function readInstrument(value: unknown, known: Instruments): AskedInstrument | null {
  if (!isMap(value) || !hasOnly(value, ['type', 'account', 'channel', 'amount'])) return null;
  const { type } = value;
  if (typeof type !== 'string' || !known.has(type)) return null;
  const account = readIfGiven(value['account'], id.read, '');
  const channel = readIfGiven(value['channel'], id.read, '');
  const share = readIfGiven(value['amount'], amount.read, 0);
  if (account === undefined || channel === undefined || share === undefined) return null;
  return { type, account, channel, amount: share };
}

function readIfGiven<T>(value: unknown, read: (value: unknown) => T | undefined, otherwise: T): T | undefined {
  return value === undefined || value === null ? otherwise : read(value);
}

function hasOnly(value: object, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}
