// Accounts: their names, how they are opened, and who is drawn.

import http from 'k6/http';
import { accountsAsked, apiKey, target } from './settings.ts';

/** Who pays: anybody alike, few much and many little (Zipf, exponent 1), or always account 0. */
export type Spread = 'uniform' | 'zipf' | 'hot';

/** Characters of an account id. */
export const ACCOUNT_CHARACTERS = 8;
const ACCOUNTS = 1_000;
/** Requests under way at once while accounts are opened. */
const OPENED_AT_ONCE = 50;

export const count = accountsAsked > 1 ? accountsAsked : ACCOUNTS;

const names = Array.from({ length: count }, (_, number) => `a${String(number).padStart(ACCOUNT_CHARACTERS - 1, '0')}`);
export const SHOP = 'shop0000';

export const headers: Record<string, string> = {
  'Content-Type': 'application/json',
  ...(apiKey === '' ? {} : { Authorization: `Bearer ${apiKey}` }),
};

/** Opens all accounts, and one merchant's. Runs once, before anything is measured. */
export function openAccounts(): void {
  const bodies: object[] = names.map((id) => ({ id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' }));
  bodies.push({ id: SHOP, currency: 'EUR', kind: 'merchant' });
  for (let at = 0; at < bodies.length; at += OPENED_AT_ONCE) {
    const answers = http.batch(
      bodies.slice(at, at + OPENED_AT_ONCE).map((body) => ({
        method: 'POST',
        url: `http://${target}/v1/accounts`,
        body: JSON.stringify(body),
        params: { headers: { ...headers, 'Idempotency-Key': JSON.stringify(body).slice(7, 15) } },
      })),
    );
    for (const { status, body } of answers)
      if (status !== 201) throw new Error(`an account: ${status} ${JSON.stringify(body)}`);
  }
}

/** Two different accounts: who pays and who is paid. */
export function drawPair(spread: Spread): [debit: string, credit: string] {
  const debit = spread === 'hot' ? 0 : spread === 'zipf' ? zipf() : below(count);
  const credit = (debit + 1 + below(count - 1)) % count;
  return [names[debit] ?? '', names[credit] ?? ''];
}

/** Minor units: two bytes in MessagePack and three digits in JSON. */
export function drawAmount(): number {
  return 256 + below(744);
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}

/** Account n is drawn in proportion to 1 / (n + 1). */
function zipf(): number {
  // The sum of 1/k grows as a logarithm, so its inverse is a power: exact enough for a load, and without a table.
  return Math.min(count - 1, Math.floor(Math.pow(count + 1, Math.random())) - 1);
}
