// I2 and I10 when the disk fails: the process ends at the first fault, acknowledges nothing after it, and starts again
// from what is durable.
//
// LMDB commits with writev or pwrite64 (pages), fdatasync (pages durable) and pwrite64 (the head, through a descriptor
// opened with O_DSYNC). Each is made to fail once, as the kernel would; the next one would succeed again, and must not
// be tried.

import { describe, expect, test } from 'vitest';
import { Client } from './support/client.ts';
import { florin } from './support/program.ts';
import { newSite, startServer, type Site } from './support/server.ts';
import { straceWorks, triedAgain, withFault, type Fault } from './support/strace.ts';

const ACCOUNTS = ['alice', 'bob'] as const;
const WINDOW = 8;
/** Exit code when storage failed. */
const STORAGE_FAILED = 70;

if (!straceWorks) console.warn('Skipped, as there is no strace that may trace here: the tests of failing disks.');

async function openAccounts(client: Client): Promise<void> {
  for (const id of ACCOUNTS) {
    await client.ask('accounts.create', { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
  }
}

/** Keeps transfers in flight until the connection is lost; those that were acknowledged. */
async function transferUntilLost(client: Client): Promise<string[]> {
  const acknowledged: string[] = [];
  let number = 0;
  const sender = async (): Promise<void> => {
    while (!client.lost) {
      const id = `t${number++}`;
      const body = { id, debit_account: 'alice', credit_account: 'bob', amount: 1 };
      const answer = await client.request('transfers.create', body);
      if (answer?.ok === true) acknowledged.push(id);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, sender));
  return acknowledged;
}

/** Everything acknowledged is there, once, and the folder is sound. */
async function expectAll(site: Site, acknowledged: readonly string[]): Promise<void> {
  const server = await startServer(site);
  const client = await Client.open(site.port);
  const transfers = acknowledged.map((id) => [id, 'alice', 'bob', 1]);
  const { results } = await client.ask('transfers.batch', { transfers });
  expect(new Set(results as number[])).toEqual(new Set([4]));
  const { available } = await client.ask('accounts.get', { id: 'bob' });
  expect(Number(available)).toBeGreaterThanOrEqual(acknowledged.length);
  // At most what was in flight: carried out, and never told.
  expect(Number(available)).toBeLessThanOrEqual(acknowledged.length + WINDOW);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect((await florin('verify', '--data', site.data)).code).toBe(0);
}

describe.skipIf(!straceWorks)('a disk that fails (skipped where there is no strace)', () => {
  const journal: readonly Fault[] = [
    { store: 'journal', call: 'fdatasync', inject: 'error=EIO:when=20' },
    { store: 'journal', call: 'fdatasync', inject: 'error=ENOSPC:when=7' },
    { store: 'journal', call: 'writev', inject: 'error=ENOSPC:when=12' },
    { store: 'journal', call: 'writev', inject: 'retval=512:when=9' },
    { store: 'journal', call: 'pwrite64', inject: 'error=EIO:when=16' },
    { store: 'journal', call: 'pwrite64', inject: 'error=EIO:when=17' },
  ];
  test.each(journal)(
    '$store, $call, $inject: ends with 70 at once, and nothing acknowledged is lost',
    async (fault) => {
      const site = await newSite();
      const server = await startServer(site, withFault(site, fault));
      const client = await Client.open(site.port);
      await openAccounts(client);
      const acknowledged = await transferUntilLost(client);
      expect(await server.ended).toEqual({ code: STORAGE_FAILED, signal: null });
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(server.err).toContain('storage failed');
      expect(triedAgain(site)).toBe(false);
      await expectAll(site, acknowledged);
    },
  );

  test('snapshots, too', async () => {
    const site = await newSite();
    const fault: Fault = { store: 'state', call: 'fdatasync', inject: 'error=EIO:when=8' };
    const server = await startServer(site, { ...withFault(site, fault), flags: ['--snapshot-facts', '20'] });
    const client = await Client.open(site.port);
    await openAccounts(client);
    const acknowledged = await transferUntilLost(client);
    expect(await server.ended).toEqual({ code: STORAGE_FAILED, signal: null });
    expect(server.err).toContain('storage failed');
    expect(triedAgain(site)).toBe(false);
    await expectAll(site, acknowledged);
  });

  // Not the very first write of a new file: where that fails, LMDB itself crashes.
  test.each([
    { store: 'journal', call: 'pwrite64', inject: 'error=ENOSPC:when=2' },
    { store: 'journal', call: 'fdatasync', inject: 'error=EIO:when=1' },
    { store: 'state', call: 'fdatasync', inject: 'error=EIO:when=2' },
  ] as const)('$store, $call, $inject: does not start, and starts when the disk is well', async (fault) => {
    const site = await newSite();
    await expect(startServer(site, withFault(site, fault))).rejects.toThrow(/exit code 1:[^]*florin cannot start: /);
    await startServer(site);
  });
});

describe.skipIf(!straceWorks)('a kill in the middle of a commit (skipped where there is no strace)', () => {
  // After so many calls the server is ready and has not answered everything yet.
  test.each([
    ['writev', 15],
    ['fdatasync', 15],
    ['pwrite64', 30],
  ] as const)('at %s: nothing acknowledged is lost', async (call, when) => {
    const site = await newSite();
    const fault: Fault = { store: 'journal', call, inject: `signal=SIGKILL:when=${when}` };
    const server = await startServer(site, withFault(site, fault));
    const client = await Client.open(site.port);
    await openAccounts(client);
    const acknowledged = await transferUntilLost(client);
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(acknowledged.length).toBeGreaterThan(0);
    await expectAll(site, acknowledged);
  });
});

describe.skipIf(!straceWorks)('a disk that is slow (skipped where there is no strace)', () => {
  const DELAY_MS = 400;
  const slow = `delay_enter=${DELAY_MS * 1_000}:when=2+`;

  test.each(['fdatasync', 'pwrite64'] as const)('every answer waits for %s', async (call) => {
    const site = await newSite();
    const server = await startServer(site, withFault(site, { store: 'journal', call, inject: slow }));
    const client = await Client.open(site.port);
    await openAccounts(client);
    // The day has a frame, too.
    await expect.poll(() => server.metric('journal_position')).toBe(1 + ACCOUNTS.length);
    const startedMs = performance.now();
    const waitedMs = async (answer: Promise<unknown>): Promise<number> => {
      await answer;
      return performance.now() - startedMs;
    };
    const body = { id: 't1', debit_account: 'alice', credit_account: 'bob', amount: 1 };
    const transfer = client.ask('transfers.create', body);
    // Sent behind the transfer on the same connection, so that it sees it.
    const read = client.ask('accounts.get', { id: 'bob' });
    const [transferMs, readMs] = await Promise.all([waitedMs(transfer), waitedMs(read)]);
    expect(await read).toMatchObject({ available: 1 });
    expect(transferMs).toBeGreaterThanOrEqual(DELAY_MS);
    expect(readMs).toBeGreaterThanOrEqual(DELAY_MS);
  });
});
