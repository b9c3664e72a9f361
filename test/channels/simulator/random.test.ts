// What if everything goes wrong at once? 2,000 requests with faults of all kinds: whatever was heard, each order moved
// its money once or not at all, and answers, books, bill and file say the same.

import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Step } from '../../../src/channels/simulator/books-file.ts';
import { drawFor } from '../../../src/channels/simulator/chance.ts';
import type { Books } from '../../../src/channels/simulator/control.ts';
import type { Rule } from '../../../src/channels/simulator/faults.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { billedIn, linesOf, movedIn } from '../support/bill.ts';
import { receiveCallbacks } from '../support/callback-receiver.ts';
import { queryOrder, randomOrders, sendOrder, type RandomOrder } from '../support/random-orders.ts';
import { simulated, type Simulated } from '../support/simulated.ts';

const ORDERS = 1_000;
const AT_ONCE = 20;
/** 6,000 requests, each over HTTP, on a machine that others use too. */
const TIMEOUT_MS = 120_000;

const sometimes = (probability: number, ...faults: Rule['do'][number][]): Rule => ({
  match: { probability },
  do: faults,
});

const RULES: readonly Rule[] = [
  sometimes(0.05, { fault: 'drop_reply' }),
  sometimes(0.05, { fault: 'reset' }),
  sometimes(0.05, { fault: 'error', when: 'before' }),
  sometimes(0.05, { fault: 'error', when: 'after' }),
  sometimes(0.05, { fault: 'malformed_body' }),
  sometimes(0.2, { fault: 'latency', p50: 1_000, p99: 20_000, when: 'before' }),
  sometimes(0.2, { fault: 'latency', min: 0, max: 5_000 }),
  sometimes(0.1, { fault: 'refuse', reason: 'declined' }),
  sometimes(0.1, { fault: 'accept', settle_after_ms: 5_000 }),
  sometimes(0.05, { fault: 'amount', by: -1 }),
  sometimes(0.05, { fault: 'amount', by: 7 }),
  sometimes(0.05, { fault: 'duplicate_callback' }),
  sometimes(0.05, { fault: 'late_callback', delay_ms: 10_000 }),
  sometimes(0.05, { fault: 'reordered_callbacks' }),
  { match: { verb: 'payout', probability: 0.1 }, do: [{ fault: 'return', after_ms: 1_000 }] },
  { match: { verb: 'query', probability: 0.05 }, do: [{ fault: 'error' }] },
];

test(
  'each order moves its money once, and all the books agree',
  async () => {
    const seed = randomInt(2 ** 32);
    console.info(`random orders: seed ${seed}`);
    const dataFile = join(temporaryFolder(), 'books.jsonl');
    const receiver = await receiveCallbacks();
    const startMs = Date.now();
    const simulator = await simulated({
      seed,
      rules: RULES,
      dataFile,
      callbackUrl: receiver.url,
      nowMs: () => startMs,
    });
    const orders = randomOrders(seed, ORDERS);
    const draw = drawFor(seed, 'times');
    let sent = 0;
    for (let start = 0; start < ORDERS; start += AT_ONCE) {
      const batch = orders.slice(start, start + AT_ONCE).map((order) => ({ order, times: 1 + Math.floor(draw() * 3) }));
      await Promise.all(batch.map(({ order, times }) => sendOrder(simulator, order, times)));
      sent += batch.reduce((sum, { times }) => sum + times, 0);
    }
    expect(sent).toBeGreaterThan(1_800);
    simulator.faults([]);

    // Whoever is not sure asks again: the same answer whichever way, and from then on no open order is left.
    for (let start = 0; start < ORDERS; start += AT_ONCE) {
      await Promise.all(orders.slice(start, start + AT_ONCE).map((order) => settleAndAgree(simulator, order)));
    }

    const books = simulator.books();
    const today = new Date(startMs).toISOString().slice(0, 10);
    const lines = linesOf((await simulator.send('GET', `/bills/${today}`)).text);
    expect(billedIn(lines)).toEqual(movedIn(books));
    expect(new Set(lines.map(({ type, number }) => `${type} ${number}`)).size).toBe(lines.length);
    const sum = (type: string): number =>
      lines.reduce((total, line) => total + (line.type === type ? Number(line.amount) : 0), 0);
    expect(books.totals['EUR']).toEqual({
      payments: sum('pay'),
      refunds: sum('refund'),
      payouts: sum('payout'),
      returns: sum('return'),
      fees: lines.reduce((total, line) => total + Number(line.fee), 0),
      held: 0,
    });
    expect(books.payments.length + books.refunds.length + books.payouts.length).toBe(ORDERS);
    expect(refundedTooMuch(books)).toEqual([]);

    const steps = readFileSync(dataFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Step);
    const debits = steps.filter(({ order }) => order.status === 'succeeded').map(({ order }) => order.number);
    expect(new Set(debits).size).toBe(debits.length);
    expect(debits.toSorted()).toEqual(
      lines
        .filter(({ type }) => type !== 'return')
        .map(({ number }) => number)
        .toSorted(),
    );
    expect(receiver.received.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  },
  TIMEOUT_MS,
);

async function settleAndAgree(simulator: Simulated, order: RandomOrder): Promise<void> {
  await sendOrder(simulator, order, 1);
  await simulator.control(`/settle/${order.number}`);
  // A payout may come back between two questions, and then the later one is right.
  await vi.waitFor(async () => {
    const [again] = await sendOrder(simulator, order, 1);
    expect(await queryOrder(simulator, order)).toEqual(again);
    expect(['succeeded', 'failed', 'returned']).toContain(again?.body?.status);
  });
}

/** Refunds as asked for; a rule may have moved a little more or less. */
function refundedTooMuch({ payments, refunds }: Books): string[] {
  return payments
    .filter((payment) => {
      const own = refunds.filter(({ original, status }) => original === payment.number && status === 'succeeded');
      return own.reduce((total, { asked }) => total + asked, 0) > payment.amount;
    })
    .map(({ number }) => number);
}
