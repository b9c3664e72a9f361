// Which refusal is told when several apply: the one with the lowest number, whichever side of the transfer it is about.

import { beforeAll, describe, expect, test } from 'vitest';
import { MONEY_MAX } from '../../src/domain/money.ts';
import { numberOf, refusalOf, type Refusal } from '../../src/domain/refusals.ts';
import { Engine } from '../support/engine.ts';

/** Accounts by what is wrong with them when they pay, and when they receive. */
const ACCOUNTS: Readonly<Record<string, { readonly pays: readonly Refusal[]; readonly receives: readonly Refusal[] }>> =
  {
    fine: { pays: [], receives: [] },
    missing: { pays: ['account_not_found'], receives: ['account_not_found'] },
    frozen: { pays: ['account_frozen'], receives: ['account_frozen'] },
    closed: { pays: ['account_closed'], receives: ['account_closed'] },
    foreign: { pays: ['currency_mismatch'], receives: ['currency_mismatch'] },
    poor: { pays: ['insufficient_funds'], receives: [] },
    full: { pays: [], receives: ['balance_overflow'] },
    deepest: { pays: ['balance_overflow'], receives: [] },
    frozenPoor: { pays: ['account_frozen', 'insufficient_funds'], receives: ['account_frozen'] },
    foreignPoor: { pays: ['currency_mismatch', 'insufficient_funds'], receives: ['currency_mismatch'] },
  };

const names = Object.keys(ACCOUNTS);
const pairs = names.flatMap((debit) => names.map((credit) => ({ debit, credit })));

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start();
  for (const side of ['a', 'b']) {
    for (const name of names) if (name !== 'missing') await open(`${name}-${side}`, name);
  }
});

async function open(id: string, name: string): Promise<void> {
  const currency = name.startsWith('foreign') ? 'CZK' : 'EUR';
  const bank = `bank-${id}`;
  await engine.open({ id: bank, currency, creditLimit: Infinity });
  await engine.open({ id, currency, creditLimit: name === 'deepest' ? Infinity : 0 });
  if (name === 'deepest') expect(await engine.batch([`out-${id}`, id, bank, MONEY_MAX])).toEqual([0]);
  else if (name === 'full') expect(await engine.batch([`in-${id}`, bank, id, MONEY_MAX])).toEqual([0]);
  else if (!/poor|closed/i.test(name)) expect(await engine.batch([`in-${id}`, bank, id, 100])).toEqual([0]);
  if (name.startsWith('frozen')) await engine.change({ id, status: 'frozen' });
  if (name === 'closed') await engine.change({ id, status: 'closed' });
}

function lowest(applying: readonly Refusal[]): Refusal {
  return applying.toSorted((one, other) => numberOf(one) - numberOf(other))[0] as Refusal;
}

/** Whether the two accounts name different currencies; 'foreign' is wrong only beside one that is not. */
function refusalsOf(debit: string, credit: string): Refusal[] {
  const both = [...(ACCOUNTS[debit]?.pays ?? []), ...(ACCOUNTS[credit]?.receives ?? [])];
  const same = debit.startsWith('foreign') && credit.startsWith('foreign');
  return same ? both.filter((refusal) => refusal !== 'currency_mismatch') : both;
}

describe.each([
  ['post', 0],
  ['hold', 1],
])('%s', (_, kind) => {
  test.each(pairs.filter(({ debit, credit }) => refusalsOf(debit, credit).length > 0))(
    '$debit → $credit',
    async ({ debit, credit }) => {
      const [result = 0] = await engine.batch(['refused', `${debit}-a`, `${credit}-b`, 1, kind]);
      expect(refusalOf(result)).toBe(lowest(refusalsOf(debit, credit)));
    },
  );

  test('a name that is taken is told before anything about the accounts', async () => {
    const result = await engine.batch(['in-fine-a', 'missing-a', 'frozen-b', 1, kind]);
    expect(result).toEqual([numberOf('transfer_exists_with_different_content')]);
  });

  test('a wrong shape is told before anything else', async () => {
    const fine: unknown[] = ['in-fine-a', 'missing-a', 'frozen-b', 1, kind];
    const broken = (place: number, value: unknown): unknown[] => fine.with(place, value);
    const results = await engine.batch(broken(0, ''), broken(1, ' '), broken(3, 0), broken(2, 'missing-a'));
    expect(results.map(refusalOf)).toEqual(['id_invalid', 'id_invalid', 'amount_invalid', 'same_account']);
  });
});

describe('capture and void', () => {
  beforeAll(async () => {
    for (const hold of ['open', 'ended', 'payerFrozen', 'payeeFrozen', 'payerClosed']) {
      const [payer, payee, bank] = [`${hold}-payer`, `${hold}-payee`, `${hold}-bank`];
      for (const id of [payer, payee, bank]) await engine.open({ id, creditLimit: id === bank ? Infinity : 0 });
      const made = await engine.batch([`${hold}-in`, bank, payer, 10], [hold, payer, payee, 10, 1]);
      expect(made).toEqual([0, 1]);
    }
    await engine.batch(
      ['ended-c', null, null, null, 2, 'ended'],
      ['payerClosed-c', null, null, null, 2, 'payerClosed'],
    );
    await engine.change({ id: 'payerFrozen-payer', status: 'frozen' });
    await engine.change({ id: 'payeeFrozen-payee', status: 'frozen' });
    await engine.change({ id: 'payerClosed-payer', status: 'closed' });
    await engine.change({ id: 'ended-payee', status: 'frozen' });
  });

  test.each([
    ['transfer_not_found', 'none', 99, 'other'],
    ['capture_exceeds_hold', 'open', 11, null],
    ['capture_exceeds_hold', 'open', 11, 'other'],
    ['hold_accounts_differ', 'open', 10, 'other'],
    ['account_frozen', 'payerFrozen', 10, null],
    ['account_frozen', 'payerFrozen', 11, 'other'],
    ['account_frozen', 'payeeFrozen', 10, 'other'],
    ['account_frozen', 'payeeFrozen', 11, null],
    ['account_frozen', 'ended', 10, null],
    ['account_closed', 'payerClosed', 10, 'other'],
  ] as const)('capture: %s for %s, %i of 10, of %s', async (expected, hold, amount, debit) => {
    const [result = 0] = await engine.batch(['refused', debit, null, amount, 2, hold]);
    expect(refusalOf(result)).toBe(expected);
  });

  test.each([
    ['hold_not_open', 'ended', null, null],
    ['hold_not_open', 'payerClosed', 11, 'other'],
    ['capture_exceeds_hold', 'payerFrozen', 11, 'other'],
    ['hold_accounts_differ', 'payerFrozen', 10, 'other'],
  ] as const)('void, for which accounts may be frozen: %s for %s', async (expected, hold, amount, debit) => {
    const [result = 0] = await engine.batch(['refused', debit, null, amount, 3, hold]);
    expect(refusalOf(result)).toBe(expected);
  });
});
