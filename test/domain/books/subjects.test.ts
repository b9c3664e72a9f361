import { expect, test } from 'vitest';
import {
  AVAILABLE,
  BETWEEN_SHARDS,
  isSubject,
  SUBJECTS,
  subjectsOfKind,
  type SubjectRow,
} from '../../../src/domain/books/subjects.ts';

const rows = Object.entries(SUBJECTS) as [string, SubjectRow][];

/** Numbers for ever: closed days are full of them. New ones are added, none is changed. */
test('the chart of accounts is the one that was promised', () => {
  expect(rows.map(([number, row]) => `${number} ${row.class} ${row.name}`)).toEqual([
    '1001 asset bank',
    '1110 asset channel clearing',
    '1190 asset short suspense',
    '2001 liability user available',
    '2002 liability user held',
    '2003 liability merchant pending',
    '2004 liability merchant available',
    '2010 liability escrow',
    '2020 liability payment transit',
    '2021 liability withdrawal transit',
    '2022 liability refund transit',
    '2023 liability transfer transit',
    '2090 liability long suspense',
    '2990 liability between shards',
    '4001 income payment fee',
    '4002 income withdrawal fee',
    '5001 expense channel fee',
    '5002 expense marketing',
    '5003 expense loss',
  ]);
});

test.each(rows)('%s grows on the side of its class', (_, row) => {
  expect(row.normal).toBe(row.class === 'asset' || row.class === 'expense' ? 'debit' : 'credit');
});

/** The money of an account by its kind. */
const KINDS: readonly (readonly [string, number])[] = [
  ['user', 2001],
  ['merchant', 2004],
  ['merchant_pending', 2003],
  ['escrow', 2010],
  ['bank', 1001],
  ['channel', 1110],
  ['suspense_short', 1190],
  ['suspense', 2090],
  ['payment_transit', 2020],
  ['withdrawal_transit', 2021],
  ['refund_transit', 2022],
  ['transfer_transit', 2023],
  ['fee', 4001],
  ['withdrawal_fee', 4002],
  ['channel_fee', 5001],
  ['marketing', 5002],
  ['loss', 5003],
];

test.each(KINDS)('the money of a %s account is on %i, its held money on 2002', (kind, available) => {
  expect(subjectsOfKind(kind)).toEqual({ available, held: 2002 });
});

test.each(['', 'wallet', 'User', 'user ', 'members:gold', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  'a word of the merchant, %o, is owed to somebody: 2001, held 2002',
  (kind) => {
    expect(subjectsOfKind(kind)).toEqual({ available: 2001, held: 2002 });
  },
);

test('the same kind has the same object: nothing is made for it', () => {
  for (const kind of ['user', 'bank', 'wallet']) expect(subjectsOfKind(kind)).toBe(subjectsOfKind(kind));
});

test('every subject has a kind of account, but held money and what is between shards', () => {
  expect(AVAILABLE.toSorted((one, other) => one - other)).toEqual(
    rows.map(([number]) => Number(number)).filter((number) => number !== 2002 && number !== BETWEEN_SHARDS),
  );
});

test.each([1001, 2990, 5003])('%i is a subject', (number) => {
  expect(isSubject(number)).toBe(true);
});

test.each([0, -1, 1002, 2001.5, NaN, Infinity])('%d is none', (number) => {
  expect(isSubject(number)).toBe(false);
});
