// The console in a real browser, beside a real server under load: every page shows what /metrics and the API say, nothing goes
// wrong in the page, and it comes back by itself after the server was killed.

import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { Client } from './support/client.ts';
import { DESKTOP, hasBrowser, openBrowser, PHONE, Window } from './support/browser.ts';
import { florin } from './support/program.ts';
import { Reconciling } from './support/reconciling.ts';
import { newSite, startServer } from './support/server.ts';

if (!hasBrowser) console.warn('Skipped, as there is no Chromium here: the console in a browser.');

const PAGES = ['Overview', 'Actors', 'Journal', 'Channels', 'Reconciliation', 'Config'];

/** A slow machine, and a page that is told each second. */
const PATIENCE = { timeout: 25_000, interval: 100 };

/** Transfers in flight, and ms between those of one: enough to see, far from all that the machine can. */
const SENDERS = 16;
const PAUSE_MS = 20;

/** Transfers until `stop`, which gives how many were answered. */
async function startLoad(port: number, key?: string): Promise<{ stop: () => Promise<number> }> {
  const client = await Client.open(port, key);
  for (const id of ['load:a', 'load:b'])
    await client.ask('accounts.create', { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
  let answered = 0;
  const ending = new AbortController();
  const send = async (): Promise<void> => {
    while (!ending.signal.aborted && !client.lost) {
      const body = { debit_account: 'load:a', credit_account: 'load:b', amount: 1 };
      const answer = await client.request('transfers.create', body, `load-${(answered += 1)}`);
      if (answer?.ok === false) throw new Error(answer.error.code);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const senders = Promise.all(Array.from({ length: SENDERS }, send));
  const stop = async (): Promise<number> => {
    ending.abort();
    await senders;
    client.close();
    return answered;
  };
  return { stop };
}

/** A server that was paid through a channel whose bill then lacked a line and had another one changed. */
async function busyServer(): Promise<{ desk: Reconciling; run: { id: string; differences: number } }> {
  const desk = await Reconciling.open({ wait_days: 0 }, ['--console-actions', 'on']);
  const { business } = desk;
  for (const amount of [1_000, 2_001, 2_002])
    await business.pay(await business.trade('sale', amount), [{ type: 'channel' }], 'succeeded');
  const line = (amount: number, how: object): object => ({
    match: { verb: 'pay', amount },
    do: [{ fault: 'bill_line', ...how }],
  });
  await business.faults([line(2_001, { how: 'missing' }), line(2_002, { how: 'changed', by: 7 })]);
  const run = await desk.fetchBill(new Date().toISOString().slice(0, 10));
  expect(run.differences).toBe(2);
  return { desk, run };
}

/** A sum over the series of a family that have all of these labels. */
function sumOf(metrics: string, family: string, ...labels: string[]): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(`florin_${family}{`) || line.startsWith(`florin_${family} `)); // prettier-ignore
  const wanted = lines.filter((line) => labels.every((label) => line.includes(label)));
  return wanted.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

const grouped = (count: number): string => new Intl.NumberFormat('en-GB').format(count);

describe.skipIf(!hasBrowser)('the console (skipped where there is no Chromium)', () => {
  test('shows on six pages what the server says of itself, under load', { timeout: 120_000 }, async () => {
    const { desk, run } = await busyServer();
    const { port, opsPort } = desk.site;
    const window = await Window.open(await openBrowser(), opsPort);
    const load = await startLoad(port);
    const rate = async (): Promise<number> => Number(/second ([\d.,]+)/.exec(await window.figure('transfers'))?.[1]?.replaceAll(',', '')); // prettier-ignore
    await vi.waitFor(async () => expect(await rate()).toBeGreaterThan(20), PATIENCE);
    await vi.waitFor(async () => expect(await window.figure('p99')).toMatch(/p99 [\d.]+ m?s/), PATIENCE);
    await vi.waitFor(async () => expect(await window.figure('books')).toContain('✔balance'), PATIENCE);
    await window.turnTo('Journal');
    await vi.waitFor(async () => expect(await window.figure('fsync99')).toMatch(/p99 [\d.]+ m?s/), PATIENCE);

    const answered = await load.stop();
    const metrics = await desk.metrics();
    await vi.waitFor(async () => expect(await window.figure('records')).toContain(`${grouped(sumOf(metrics, 'journal_records_total'))} since`), PATIENCE); // prettier-ignore
    expect(await window.figure('position')).toContain(grouped(sumOf(metrics, 'journal_position')));
    await window.turnTo('Overview');
    const posted = sumOf(metrics, 'payments_total', 'outcome="ok"');
    expect(posted).toBeGreaterThanOrEqual(answered);
    expect(await window.figure('transfers')).toContain(`${grouped(posted)} since the start`);

    await window.turnTo('Actors');
    expect((await window.rows('Kinds of actors')).find(([kind]) => kind === 'account')?.[1]).toBe(grouped(sumOf(metrics, 'actors', 'kind="account"'))); // prettier-ignore
    await window.page.getByLabel('Id', { exact: true }).fill('load:b');
    await window.page.getByRole('button', { name: 'Find' }).click();
    await vi.waitFor(
      async () => expect(await window.figure('found-available')).toContain(`${grouped(answered)} EUR`),
      PATIENCE,
    );
    expect(await window.figure('found-version')).toContain(grouped(answered + 1));

    await window.turnTo('Channels');
    const [card = []] = await window.rows('Channels');
    expect(card.slice(0, 2)).toEqual(['card', '✔closed']);
    expect(card[6]).toBe(grouped(sumOf(metrics, 'channel_requests_total', 'outcome="succeeded"')));
    await vi.waitFor(async () => expect(await window.rows('Dependencies')).not.toHaveLength(0), PATIENCE);

    await window.turnTo('Reconciliation');
    await window.page.getByRole('button', { name: /^card 20/ }).click();
    await vi.waitFor(async () => expect(await window.rows('Differences')).toHaveLength(2), PATIENCE);
    expect(new Set((await window.rows('Differences')).map(([kind]) => kind))).toEqual(
      new Set(['AMOUNT_DIFF', 'LOCAL_ONLY']),
    );
    const [download] = await Promise.all([
      window.page.waitForEvent('download'),
      window.page.getByRole('button', { name: /CSV/ }).click(),
    ]);
    const table = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    expect(table).toHaveLength(1 + run.differences);
    expect(await window.rows('Cases')).toHaveLength((await desk.openCases()).length);

    await window.turnTo('Config');
    await vi.waitFor(async () => expect(await window.rows('Options')).toContainEqual(['opsPort', String(opsPort), 'flag', 'port']), PATIENCE); // prettier-ignore
    expect(window.troubles).toEqual([]);
  });

  test('in light, in dark and on a phone every page fits and nothing goes wrong', { timeout: 120_000 }, async () => {
    const { desk } = await busyServer();
    const load = await startLoad(desk.site.port);
    const browser = await openBrowser();
    const looks = { light: DESKTOP, dark: { ...DESKTOP, colorScheme: 'dark' as const }, phone: PHONE };
    const windows = await Promise.all(Object.entries(looks).map(async ([name, look]) => ({ name, window: await Window.open(browser, desk.site.opsPort, look) }))); // prettier-ignore
    // A history of some seconds, so that there is something to see.
    for (const { window } of windows)
      await vi.waitFor(async () => expect(await window.page.locator('.dot').count()).toBe(5), PATIENCE);
    await vi.waitFor(
      async () => expect(sumOf(await desk.metrics(), 'payments_total', 'outcome="ok"')).toBeGreaterThan(5_000),
      PATIENCE,
    );
    for (const { name, window } of windows) {
      for (const page of PAGES) {
        await window.turnTo(page);
        if (page === 'Actors') {
          await window.page.getByLabel('Id', { exact: true }).fill('load:a');
          await window.page.getByRole('button', { name: 'Find' }).click();
          await window.page.getByRole('region', { name: 'Last facts' }).waitFor();
        }
        if (page === 'Reconciliation') {
          await window.page.getByRole('button', { name: /^card 20/ }).click();
          await window.page.getByRole('region', { name: 'Differences', exact: true }).waitFor();
        }
        if (page === 'Channels')
          for (const name of ['Switches', 'Dependencies'])
            await window.page.getByRole('region', { name, exact: true }).waitFor();
        if (page === 'Config') await window.page.getByRole('region', { name: 'Options' }).waitFor();
        await window.expectNoSidewaysScrolling();
        await window.keepScreenshot(`${page.toLowerCase()}-${name}`);
      }
      expect([name, window.troubles]).toEqual([name, []]);
    }
    await load.stop();
  });

  test('comes back by itself after the server was killed, with the figures of the new one', async () => {
    const site = await newSite();
    const first = await startServer(site);
    const window = await Window.open(await openBrowser(), site.opsPort);
    const state = window.page.getByRole('status').first();
    await vi.waitFor(async () => expect(await state.innerText()).toContain('live'), PATIENCE);
    const load = await startLoad(site.port);
    await vi.waitFor(async () => expect(await first.metric('journal_records_total')).toBeGreaterThan(100), PATIENCE);
    await load.stop();
    await first.kill();
    await vi.waitFor(async () => expect(await state.innerText()).toContain('no connection'), PATIENCE);
    const second = await startServer(site);
    await vi.waitFor(async () => expect(await state.innerText()).toContain('live'), PATIENCE);
    await window.turnTo('Journal');
    const records = grouped(await second.metric('journal_records_total'));
    await vi.waitFor(
      async () => expect(await window.figure('records')).toContain(`${records} since the start`),
      PATIENCE,
    );
    expect(await window.page.getByText(/frames were read at this start/).innerText()).toMatch(
      /^Done: [\d,]+ of [\d,]+/,
    );
    expect(window.troubles).toEqual([]);
  });

  test('is reached by keyboard alone; a switch is turned with a reason, where actions are on', async () => {
    const site = await newSite();
    await startServer(site, { flags: ['--console-actions', 'on'] });
    const { page } = await Window.open(await openBrowser(), site.opsPort);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    const focused = (): Promise<unknown> => page.evaluate('document.activeElement.textContent');
    const order: unknown[] = [];
    for (let key = 0; key < 1 + PAGES.length; key += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).toEqual(['To the content', ...PAGES]);
    await page.getByRole('link', { name: 'Channels' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Switch off: topups' }).focus();
    await page.keyboard.press('Enter');
    await vi.waitFor(async () => expect(await page.evaluate('document.activeElement.name')).toBe('reason'), PATIENCE);
    await page.keyboard.type('a trial');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Switch on: topups' }).waitFor();
    const answer = await fetch(`http://127.0.0.1:${site.opsPort}/admin/switches`);
    const { data } = (await answer.json()) as { data: { name: string; set: boolean; reason: string | null }[] };
    expect(data.find(({ name }) => name === 'topups')).toMatchObject({ set: true, reason: 'a trial' });
  });

  test('asks for a key once, keeps it in the tab, and offers no actions unless it was started so', async () => {
    const site = await newSite();
    const made = await florin('keys', 'create', '--merchant', 'acme', '--scopes', 'ops', '--data', site.data, '--json');
    const { key } = JSON.parse(made.out) as { key: string };
    await startServer(site);
    const { page } = await Window.open(await openBrowser(), site.opsPort);
    const enter = async (text: string): Promise<void> => {
      await page.getByLabel('API key').fill(text);
      await page.getByRole('button', { name: 'Open' }).click();
    };
    await enter('fk_wrong');
    await page.getByRole('alert').waitFor();
    await enter(key);
    await page.getByText('read only').waitFor();
    await page.reload();
    await page.getByText('read only').waitFor();
    await page.goto(`http://127.0.0.1:${site.opsPort}/console#/channels`);
    await page.getByRole('region', { name: 'Switches' }).first().waitFor();
    expect(await page.getByRole('button', { name: /Switch off/ }).count()).toBe(0);
  });
});
