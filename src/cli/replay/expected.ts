// Expected balances. Owns the comparison of the server's final balances with what the bank recorded.

import { readCsv } from './csv.ts';
import { customerAccount } from './movements.ts';

export type Agreement = 'exact' | 'within_1_koruna' | 'differs';

export type Expected = {
  readonly account: string;
  /** Σ of the signed amounts of the account's rows, in haléř. */
  readonly signedSum: number;
  /** Balances that the bank recorded on the account's last day; several, as order within the day is unknown. */
  readonly lastDay: readonly number[];
  /** What the file itself says of the account. */
  readonly agreement: string;
};

export type Comparison = {
  readonly accounts: number;
  readonly atSignedSum: number;
  /** Accounts that did not end at the signed sum, or that the server does not have. */
  readonly wrong: readonly string[];
  readonly split: Readonly<Record<Agreement, number>>;
  /** Accounts of which the file's own `exact` column says something else than the server's balance. */
  readonly disagreeing: readonly string[];
};

/** Haléř in a koruna: the bank rounded some interest to a tenth of it. */
const KORUNA = 100;

const COLUMNS = ['account_id', 'signed_sum_minor', 'bank_last_day_balances_minor', 'exact'] as const;

/** Reads the file of expected balances; an Error names the line that is not understood. */
export async function readExpected(path: string): Promise<Expected[]> {
  const expected: Expected[] = [];
  for await (const { line, fields } of readCsv(path, COLUMNS)) {
    expected.push({
      account: customerAccount(fields.account_id),
      signedSum: integer(path, line, fields.signed_sum_minor),
      lastDay: fields.bank_last_day_balances_minor.split('|').map((text) => integer(path, line, text)),
      agreement: fields.exact,
    });
  }
  return expected;
}

function integer(path: string, line: number, text: string): number {
  const value = Number(text);
  if (!/^-?[0-9]{1,16}$/.test(text) || !Number.isSafeInteger(value))
    throw new Error(`${path}:${line}: balance "${text}"`);
  return value;
}

/** Compares the balances of the server, in haléř, with the expected ones. */
export function compare(expected: readonly Expected[], balances: ReadonlyMap<string, number>): Comparison {
  const split = { exact: 0, within_1_koruna: 0, differs: 0 };
  const wrong: string[] = [];
  const disagreeing: string[] = [];
  for (const { account, signedSum, lastDay, agreement } of expected) {
    const balance = balances.get(account);
    const found = agreementOf(balance, lastDay);
    split[found] += 1;
    if (balance !== signedSum) wrong.push(account);
    if (found !== agreement) disagreeing.push(account);
  }
  const known = new Set(expected.map(({ account }) => account));
  const unexpected = [...balances.keys()].filter((account) => !known.has(account));
  const atSignedSum = expected.length - wrong.length;
  return { accounts: expected.length, atSignedSum, wrong: [...wrong, ...unexpected], split, disagreeing };
}

function agreementOf(balance: number | undefined, lastDay: readonly number[]): Agreement {
  if (balance === undefined) return 'differs';
  const nearest = Math.min(...lastDay.map((candidate) => Math.abs(candidate - balance)));
  if (nearest === 0) return 'exact';
  return nearest <= KORUNA ? 'within_1_koruna' : 'differs';
}
