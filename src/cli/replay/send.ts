// The three talks with the server: open the accounts, send the transfers, read the balances. Owns what is sent and how
// the answers are counted.
//
// S1. Every transfer is counted once: posted, already there, or refused.
// S2. Transfers are sent in file order; batches in flight keep it, as the server takes one connection's in order.

import type { Answer, Connection } from './connection.ts';
import type { Movement } from './movements.ts';
import type { Survey } from './survey.ts';

export type Tally = {
  posted: number;
  alreadyThere: number;
  /** Of those already there: sent twice because the connection was lost, so this very run may have posted them. */
  resentAlreadyThere: number;
  /** By refusal number, or by code where a whole batch was refused. */
  readonly refused: Map<number | string, number>;
};

/** Called with how many more are done. */
export type Advance = (count: number) => void;

/** The currency of the bank's amounts; its minor unit is the haléř, 1/100. */
const CURRENCY = 'CZK';
/** Transfers a batch. At 1,000 the cost of a frame and of a commit no longer shows; the server's own limit may be lower. */
const BATCH_SIZE = 1_000;

const POSTED = 0;
const ALREADY_THERE = 4;

/** Opens all accounts; one that exists from an earlier replay is fine. Rejects where the server refuses one. */
export async function openAccounts(connection: Connection, survey: Survey): Promise<void> {
  await pipeline(connection, accountsOf(survey), async (account) => {
    const { code } = await connection.request('accounts.create', account);
    if (code !== undefined && code !== 'account_exists') throw new Error(`account ${account.id} was refused: ${code}`);
  });
}

type NewAccount = {
  readonly id: string;
  readonly currency: string;
  readonly kind: string;
  readonly credit_limit: number | 'unlimited';
};

function* accountsOf({ customers, otherSides }: Survey): Generator<NewAccount> {
  // The other sides stand for the world outside: what customers have is what these lack.
  for (const id of otherSides) yield { id, currency: CURRENCY, kind: 'bank', credit_limit: 'unlimited' };
  for (const [id, { lowest }] of customers) {
    yield { id, currency: CURRENCY, kind: 'customer', credit_limit: Math.abs(lowest) };
  }
}

/** Sends every movement in order; resolves when all are answered, that is, durable or refused. */
export async function sendMovements(
  connection: Connection,
  movements: AsyncIterable<Movement>,
  advance: Advance,
): Promise<Tally> {
  const tally: Tally = { posted: 0, alreadyThere: 0, resentAlreadyThere: 0, refused: new Map() };
  const size = Math.min(BATCH_SIZE, connection.hello.max_batch);
  await pipeline(connection, batches(movements, size), async (transfers) => {
    count(tally, transfers.length, await connection.request('transfers.batch', { transfers }));
    advance(transfers.length);
  });
  return tally;
}

type Tuple = readonly [transferId: string, debit: string, credit: string, amount: number];

async function* batches(movements: AsyncIterable<Movement>, size: number): AsyncGenerator<Tuple[]> {
  let batch: Tuple[] = [];
  for await (const { transferId, customer, otherSide, amount, sign } of movements) {
    batch.push(sign > 0 ? [transferId, otherSide, customer, amount] : [transferId, customer, otherSide, amount]);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function count(tally: Tally, sent: number, { code, body, resent }: Answer): void {
  if (code !== undefined) return addRefused(tally, code, sent);
  const results = body['results'];
  if (!Array.isArray(results) || results.length !== sent)
    throw new Error(`a batch of ${sent} got another count of results`);
  for (const result of results as readonly number[]) {
    if (result === POSTED) tally.posted += 1;
    else if (result !== ALREADY_THERE) addRefused(tally, result, 1);
    else {
      tally.alreadyThere += 1;
      if (resent) tally.resentAlreadyThere += 1;
    }
  }
}

function addRefused(tally: Tally, reason: number | string, transfers: number): void {
  tally.refused.set(reason, (tally.refused.get(reason) ?? 0) + transfers);
}

/** Balances of accounts in haléř: what is available and what open holds keep back. */
export async function readBalances(connection: Connection, accounts: Iterable<string>): Promise<Map<string, number>> {
  const balances = new Map<string, number>();
  await pipeline(connection, accounts, async (id) => {
    const { code, body } = await connection.request('accounts.get', { id });
    const balance = Number(body['available']) + Number(body['held']);
    if (code !== undefined || !Number.isSafeInteger(balance))
      throw new Error(`no balance of ${id}: ${code ?? 'no number'}`);
    balances.set(id, balance);
  });
  return balances;
}

/** Keeps as many `work` running as the connection takes, started in order; rejects with the first failure. */
async function pipeline<Item>(
  connection: Connection,
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const item of items) {
    await connection.room();
    if (failures.length > 0) break;
    const one: Promise<void> = work(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(one));
    running.add(one);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
