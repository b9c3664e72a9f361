// Whether lines of vouchers follow one another, account by account.

import { expect, test } from 'vitest';
import type { VoucherLine } from '../../src/domain/order-facts.ts';
import { follow, type Head } from '../../src/reconciliation/watch/account-heads.ts';

type Said = readonly [version: number, amount: number, available: number];

/** Whether each credit of the account follows. */
function judged(account: string, ...lines: readonly Said[]): boolean[] {
  const heads = new Map<string, Head>();
  const rows = { get: (key: string) => heads.get(key), set: (key: string, head: Head) => void heads.set(key, head) };
  return lines.map(([version, amount, available]) => {
    const line: VoucherLine = { account, action: 'credit', amount, version, available };
    return follow(rows, 'acme', line) === null;
  });
}

test('an account of the house begins with nothing: its first line is judged, too, and the next one not for it', () => {
  expect(judged('@suspense:EUR', [2, 247, 247], [3, 400, 647])).toEqual([true, true]);
  expect(judged('@suspense:EUR', [2, 247, 248], [3, 400, 647])).toEqual([false, true]);
  expect(judged('@suspense:EUR', [3, 247, 247], [4, 1, 248])).toEqual([false, true]);
});

test('an account of a client may have had anything before, and moves between two vouchers', () => {
  expect(judged('shop', [9, 1, 501], [10, 1, 502], [12, 1, 700])).toEqual([true, true, true]);
  expect(judged('shop', [9, 1, 501], [10, 1, 503])).toEqual([true, false]);
});
