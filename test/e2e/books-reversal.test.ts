// The commands of the books on a folder in which a transfer was taken back: verify proves it, rebuild makes it again to
// the byte, export says what is final.

import { expect, test } from 'vitest';
import { recordsOf } from './support/books-folder.ts';
import { Client } from './support/client.ts';
import { florin } from './support/program.ts';
import { newSite, startServer } from './support/server.ts';

test('a reversal is proved, made again to the byte, and of a day that is not closed', async () => {
  const site = await newSite();
  const server = await startServer(site);
  const client = await Client.open(site.port);
  await client.ask('accounts.create', { id: 'bank', currency: 'EUR', kind: 'bank', credit_limit: 'unlimited' });
  await client.ask('accounts.create', { id: 'alice', currency: 'EUR', kind: 'user' });
  await client.ask('transfers.create', { id: 't1', debit_account: 'bank', credit_account: 'alice', amount: 5 });
  const reversed = await client.ask('transfers.reverse', { id: 't1', reason: 'by mistake' }, 'key');
  expect(reversed).toMatchObject({ status: 'reversed', debit: { available: 0 }, credit: { available: 0 } });
  client.close();
  await server.stop();

  const verified = await florin('verify', '--data', site.data, '--json');
  // Two openings, and two sides of the transfer and of its reversal.
  expect(JSON.parse(verified.out)).toMatchObject({ books: { entries: 6, trailingFrames: 0 } });
  const before = await recordsOf(site.data);
  expect((await florin('rebuild', '--data', site.data)).code).toBe(0);
  expect(await recordsOf(site.data)).toEqual(before);

  const { out } = await florin('export', 'accounting-days', '--data', site.data);
  expect(out).toMatch(
    /^date,status,opened_in,final_to\r\n(\d{4}-\d\d-\d\d,closed,1,\d+\r\n)?\d{4}-\d\d-\d\d,open,\d+,\r\n$/,
  );
  const none = await florin('export', 'accounting-days', '--data', site.data, '--date', '2001-01-01');
  expect(none.out).toBe('date,status,opened_in,final_to\r\n');
});
