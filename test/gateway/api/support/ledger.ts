// Ledger for tests: accounts with money in them, and names that nothing else has.

import { expect } from 'vitest';
import type { AccountResource, TransferResource } from '../../../../src/gateway/resources.ts';
import type { Api } from './api.ts';
import type { HttpClient } from './http-client.ts';
import type { Told } from './socket-client.ts';

let named = 0;

/** A name of its own for this test. */
export function fresh(what = 'x'): string {
  named += 1;
  return `${what}-${process.pid}-${named}`;
}

/** Opens an account of its own in EUR and puts `amount` into it; answers its id. */
export async function openWith(api: Api | HttpClient, amount: number, more: object = {}): Promise<string> {
  const http = 'http' in api ? api.http : api;
  const id = fresh('account');
  const opened = await http.post('/v1/accounts', { id, currency: 'EUR', kind: 'user', ...more });
  expect(opened.status, opened.text).toBe(201);
  if (amount > 0) await fund(http, id, amount);
  return id;
}

async function fund(http: HttpClient, account: string, amount: number): Promise<void> {
  const bank = await openBank(http);
  const transfer = { id: fresh('fund'), debit_account: bank, credit_account: account, amount };
  expect((await http.post('/v1/transfers', transfer)).status).toBe(201);
}

/** An account in EUR that can pay anything. */
export async function openBank(http: HttpClient): Promise<string> {
  const id = fresh('bank');
  const opened = await http.post('/v1/accounts', { id, currency: 'EUR', kind: 'bank', credit_limit: 'unlimited' });
  expect(opened.status, opened.text).toBe(201);
  return id;
}

/** Two accounts, the first with money, and the body of a transfer between them. */
export async function payment(api: Api, funds: number, amount: number) {
  const [debit, credit] = [await openWith(api, funds), await openWith(api, 0)];
  return { id: fresh('transfer'), debit_account: debit, credit_account: credit, amount };
}

export async function account(api: Api, id: string): Promise<AccountResource> {
  return (await api.http.get<AccountResource>(`/v1/accounts/${id}`)).body;
}

export async function transfer(api: Api, id: string): Promise<TransferResource> {
  return (await api.http.get<TransferResource>(`/v1/transfers/${id}`)).body;
}

/** What was told, as a short text: "ok", or the code of the refusal. */
export function codeOf(told: Told<unknown>): string {
  return told.ok ? 'ok' : told.error.code;
}

/** The body of an answer that must be one. */
export function bodyOf<Body>(told: Told<Body>): Body {
  if (!told.ok) throw new Error(`refused: ${told.error.code} ${told.error.detail}`);
  return told.body;
}
