// The simulator as a process: killed in the middle of its work and started again, it still has its books.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ProviderBooks } from '../../../src/channels/simulator/provider-books.ts';
import type { Books } from '../../../src/channels/simulator/control.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { PAID } from '../support/booked-order.ts';
import { billedIn, linesOf, movedIn } from '../support/bill.ts';
import { clientOf, type Heard } from '../support/simulator-client.ts';
import { startSimulatorProcess, type SimulatorProcess } from '../support/simulator.ts';

/** Processes start from the source here, seconds each on a machine that others use too. */
vi.setConfig({ testTimeout: 120_000 });

async function started(...flags: string[]): Promise<SimulatorProcess> {
  const simulator = await startSimulatorProcess(...flags);
  onTestFinished(async () => void (await simulator.end('SIGKILL')));
  return simulator;
}

async function booksOf({ url }: SimulatorProcess): Promise<Books> {
  return (await (await fetch(`${url}/books`)).json()) as Books;
}

test('every payment that was answered before the kill is there after it, and moves no money again', async () => {
  const data = join(temporaryFolder(), 'books.jsonl');
  const first = await started('--data', data, '--seed', '1');
  const send = clientOf(first.url);
  const pay = (number: string, by = send): Promise<Heard> =>
    by('POST', '/payments', { number, amount: 100, currency: 'EUR' });
  await send('POST', '/payments', { number: 'open', amount: 50, currency: 'EUR', capture: false });
  await send('POST', '/refunds', { number: 'r1', original: 'open', amount: 50, currency: 'EUR' });
  const answered = new Map<string, Heard>();
  const paying = Array.from({ length: 400 }, async (_, index) => {
    const heard = await pay(`p${index}`);
    if (heard.status === 200) answered.set(`p${index}`, heard);
    if (answered.size === 100) await first.end('SIGKILL');
  });
  await Promise.all(paying);
  expect(answered.size).toBeGreaterThanOrEqual(100);

  const second = await started('--data', data, '--seed', '2');
  const sendAgain = clientOf(second.url);
  for (const [number, heard] of answered) {
    expect((await sendAgain('GET', `/payments/${number}`)).text).toBe(heard.text);
    expect((await pay(number, sendAgain)).text).toBe(heard.text);
  }
  expect((await pay('p400', sendAgain)).body?.trade_number).toMatch(/^sim_2_/);
  expect((await sendAgain('POST', '/payments/open/capture')).body?.status).toBe('succeeded');
  const books = await booksOf(second);
  const paid = books.payments.filter(({ status }) => status === 'succeeded');
  expect(books.totals['EUR']?.payments).toBe(100 * (paid.length - 1) + 50);
  expect(new Set(books.payments.map((payment) => payment.trade_number)).size).toBe(books.payments.length);
  const days = [Date.now() - 86_400_000, Date.now()].map((ms) => new Date(ms).toISOString().slice(0, 10));
  const bills = await Promise.all(days.map(async (day) => linesOf((await sendAgain('GET', `/bills/${day}`)).text)));
  expect(billedIn(bills.flat())).toEqual(movedIn(books));
});

test('SIGTERM ends it well: what is in flight is answered first', async () => {
  const simulator = await started('--time-scale', '0.01');
  const rules = [{ match: { number: 'slow' }, do: [{ fault: 'latency', ms: 20_000 }] }];
  await fetch(`${simulator.url}/faults`, { method: 'POST', body: JSON.stringify({ rules }) });
  const send = clientOf(simulator.url);
  const slow = send('POST', '/payments', { number: 'slow', amount: 100, currency: 'EUR' });
  while ((await booksOf(simulator)).payments.length === 0);
  expect(await simulator.end('SIGTERM')).toBe(0);
  expect((await slow).body?.status).toBe('succeeded');
});

describe('the file', () => {
  test('loses a last line that was cut short, and goes on after the whole ones', () => {
    const path = join(temporaryFolder(), 'books.jsonl');
    const first = new ProviderBooks(path);
    first.book(PAID, 1);
    first.close();
    const whole = readFileSync(path, 'utf8');
    appendFileSync(path, whole.slice(0, 50));
    const second = new ProviderBooks(path);
    expect([second.size, second.totalsOf('EUR').payments]).toEqual([1, 100]);
    second.book({ ...PAID, number: 'p2' }, 2);
    second.close();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    const third = new ProviderBooks(path);
    expect([third.size, third.totalsOf('EUR').payments]).toEqual([2, 200]);
    third.close();
  });

  test('with a line that is none, is refused, and the line named', () => {
    const path = join(temporaryFolder(), 'books.jsonl');
    const first = new ProviderBooks(path);
    first.book(PAID, 1);
    first.close();
    writeFileSync(path, `${readFileSync(path, 'utf8')}nonsense\n`);
    expect(() => new ProviderBooks(path)).toThrow(`${path}, line 2`);
  });

  test('never has a step that an order may not take', () => {
    const books = new ProviderBooks(null);
    books.book(PAID, 1);
    expect(() => books.book(PAID, 2)).toThrow('p1 may not go from succeeded to succeeded');
    expect(() => books.book({ ...PAID, status: 'failed' }, 2)).toThrow('may not go from succeeded to failed');
    expect(books.totalsOf('EUR').payments).toBe(100);
  });
});
