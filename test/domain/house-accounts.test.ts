// House accounts: names that no client can write, and the subject under which each of them stands.

import { expect, test } from 'vitest';
import { subjectsOfKind } from '../../src/domain/books/subjects.ts';
import { isInternal } from '../../src/domain/crediting.ts';
import {
  channelAccount,
  houseAccount,
  houseKindOf,
  isHouse,
  pendingAccount,
  type HouseName,
} from '../../src/domain/house-accounts.ts';
import { ID_LENGTH_MAX, isId } from '../../src/domain/ids.ts';
import { ENTRY_BYTES_MAX } from '../../src/ledger/entry-block.ts';

const house: [HouseName, number][] = [
  ['payment_transit', 2020],
  ['refund_transit', 2022],
  ['withdrawal_transit', 2021],
  ['escrow', 2010],
  ['fee', 4001],
  ['withdrawal_fee', 4002],
  ['bank', 1001],
  ['channel_fee', 5001],
  ['marketing', 5002],
  ['loss', 5003],
  ['suspense', 2090],
  ['suspense_short', 1190],
];

test.each([
  ...house.map(([name, subject]) => [houseAccount(name, 'EUR'), `@${name}:EUR`, subject] as const),
  [channelAccount('card', 'EUR'), '@channel:card:EUR', 1110] as const,
  [pendingAccount('shop:1'), '@pending:shop:1', 2003] as const,
])('%s', (id, name, subject) => {
  expect(id).toBe(name);
  expect([isHouse(id), isInternal(id), isId(id)]).toEqual([true, true, false]);
  expect(subjectsOfKind(houseKindOf(id)).available).toBe(subject);
});

test.each(['alice', '@', '@pending', '@nothing:EUR', '@constructor:EUR', '+shop'])('%s is none', (id) => {
  expect(() => houseKindOf(id)).toThrow(`${id} is no account of the house`);
});

test('the longest of their names fits into an entry of the books', () => {
  const longest = pendingAccount('x'.repeat(ID_LENGTH_MAX));
  expect(2 * longest.length).toBeLessThan(ENTRY_BYTES_MAX - 40);
});
