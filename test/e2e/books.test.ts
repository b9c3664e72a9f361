// The commands of the books: verify proves them against the journal, rebuild makes them again to the byte,
// export prints them.

import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { open } from 'lmdb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { registerExport } from '../../src/cli/export.ts';
import { registerVerify } from '../../src/cli/verify.ts';
import { runCommand } from '../cli/run-command.ts';
import { Api } from '../gateway/api/support/api.ts';
import { damage, recordsOf, shardNumber } from './support/books-folder.ts';
import { Client } from './support/client.ts';
import { florin, type Ran } from './support/program.ts';
import { newSite, startServer, type Site } from './support/server.ts';

/** A folder with two accounts and 150 transfers, made once, by a server that stopped in good order. */
const made = new Api({ transport: 'node', books: 'on' });
const FRAMES = 153;

let site: Site;

beforeAll(async () => {
  await made.start();
  await made.http.post('/v1/accounts', { id: 'bank', currency: 'EUR', kind: 'bank', credit_limit: 'unlimited' });
  await made.http.post('/v1/accounts', { id: 'alice', currency: 'EUR', kind: 'user' });
  for (let number = 0; number < 150; number++) await made.http.post('/v1/transfers', transfer(number));
  await made.stop();
  return () => made.destroy();
});

beforeEach(async () => {
  site = await newSite();
  cpSync(made.data, site.data, { recursive: true });
});

/** 1 from the bank to alice; every fifth is held only. */
function transfer(number: number) {
  return { id: `t${number}`, debit_account: 'bank', credit_account: 'alice', amount: 1, hold: number % 5 === 0 };
}

async function pay(count: number): Promise<void> {
  const client = await Client.open(site.port);
  for (let number = 150; number < 150 + count; number++) await client.ask('transfers.create', transfer(number));
  client.close();
}

/** In this process, because most of what a command takes is the start of its own. */
async function run(register: (program: Command) => void, words: readonly string[]): Promise<Ran> {
  const { out, err, exitCode } = await runCommand(register, ...words, '--data', site.data);
  return { code: exitCode, out, err };
}

const verify = (...words: string[]) => run(registerVerify, ['verify', ...words]);
const rebuild = (...words: string[]) => florin('rebuild', '--data', site.data, ...words);
const report = (...words: string[]) => run(registerExport, ['export', ...words]);

/** Changes or, with null, removes the last frame of the journal. */
async function changeLast(to: (frame: Buffer) => Buffer | null): Promise<number> {
  const root = open({ path: join(site.data, 'journal'), maxDbs: 1, cache: false });
  const frames = root.openDB<Buffer, number>({ name: 'frames', encoding: 'binary', keyEncoding: 'uint32' });
  const last = [...frames.getKeys({ reverse: true, limit: 1 })][0] ?? 0;
  const changed = to(Buffer.from(frames.get(last) ?? Buffer.alloc(0)));
  await (changed === null ? frames.remove(last) : frames.put(last, changed));
  await root.close();
  return last;
}

const flipped = (byte: number) => (value: Buffer) => {
  value[byte] = (value[byte] ?? 0) ^ 0b100;
  return value;
};

describe('verify', () => {
  test('finds that the books are those of the engine, as built', async () => {
    const { code, out } = await florin('verify', '--data', site.data);
    expect(code).toBe(0);
    expect(out).toMatch(/^books +2 accounts +in 16 shards; /m);
    // Two openings, 150 transfers with two sides each, in blocks of 64.
    expect(out).toMatch(/^entries +302 +in 6 blocks, /m);
    expect(out).toMatch(/^books trail by +0 frames /m);
    expect(out).toContain('verified ✔');
    const json = JSON.parse((await verify('--json')).out) as { books: object };
    expect(json.books).toEqual({ shards: 16, blocks: 6, entries: 302, accounts: 2, trailingFrames: 0 });
  });

  test('changes nothing', async () => {
    const before = await recordsOf(site.data);
    await verify();
    expect(await recordsOf(site.data)).toEqual(before);
  });

  test('says by how much books trail that were switched off, and proves the rest in memory; a start books it', async () => {
    const without = await startServer(site, { flags: ['--books', 'off'] });
    await pay(7);
    await without.stop();
    const before = await recordsOf(site.data);
    const { code, out } = await verify();
    expect([code, out]).toEqual([0, expect.stringMatching(/^books trail by +[7-9] frames /m)]);
    expect(await recordsOf(site.data)).toEqual(before);
    await startServer(site).then((next) => next.stop());
    expect((await verify()).out).toMatch(/^books trail by +0 frames /m);
  });

  test('says nothing of books where there never were any', async () => {
    rmSync(join(site.data, 'books'), { recursive: true });
    const { code, out } = await verify();
    expect([code, out]).toEqual([0, expect.not.stringMatching(/^(books|entries)/m)]);
    expect(existsSync(join(site.data, 'books'))).toBe(false);
  });

  // Byte 2 of a block is zero and means nothing, 20 is of its opening, 109 the amount of its first entry.
  test.each([2, 20, 109])('a changed bit in byte %i of a block fails, and names the account', async (byte) => {
    await damage(site.data, shardNumber('alice'), 'blocks', flipped(byte));
    const { code, out, err } = await verify();
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(
      'florin verify: the books are damaged at account dev alice, block 1: checksum does not match',
    );
  });

  test('a changed total fails, and names the subject', async () => {
    // The value is the list of two texts of digits: its last byte is a digit.
    await damage(site.data, shardNumber('alice'), 'turnovers', (value) => flipped(value.length - 1)(value));
    const { code, err } = await verify();
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/dev EUR 20\d\d: the accounts have -?\d+, the totals -?\d+/),
    ]);
  });

  test('books ahead of the journal fail', async () => {
    const last = await changeLast(() => null);
    rmSync(join(site.data, 'state'), { recursive: true });
    const { code, err } = await verify();
    expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`of the books is at frame ${last}, the journal ends at ${last - 1}`))]); // prettier-ignore
  });

  test('also when one shard alone is ahead', async () => {
    const last = await changeLast((frame) => frame);
    await damage(site.data, 3, 'meta', (value) => {
      const at = value.indexOf('seq') + 3;
      const length = value[at] === 0xcc ? 2 : 1;
      if (value[at + length - 1] !== last) throw new Error('the checkpoint is written otherwise');
      value[at + length - 1] = last + 1;
      return value;
    });
    const { code, err } = await verify();
    expect([code, err]).toEqual([1, expect.stringContaining(`shard 3 of the books is at frame ${last + 1}, the journal ends at ${last}`)]); // prettier-ignore
  });

  test.each([
    ['3', 'the books have lost shard 3: rebuild them'],
    ['15', 'the books have lost shard 15: rebuild them'],
  ])('a shard that is gone fails, and is not made: %s', async (shard, message) => {
    rmSync(join(site.data, 'books', shard), { recursive: true });
    const { code, err } = await verify();
    expect([code, err]).toEqual([1, expect.stringContaining(message)]);
    expect(existsSync(join(site.data, 'books', shard))).toBe(false);
  });
});

describe('after a crash that cut the last frame short', () => {
  beforeEach(async () => {
    rmSync(join(site.data, 'state'), { recursive: true });
    await changeLast((frame) => frame.subarray(0, -1));
    // The books had it: here it was durable before it was cut.
    expect((await rebuild()).code).toBe(0);
  });

  test('verify says so, and finds the rest in order', async () => {
    const { code, out } = await verify();
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^torn last frame +${FRAMES} `, 'm'));
    expect(out).toMatch(/^books trail by +0 frames /m);
  });

  test('rebuild leaves it out, and the next start goes on', async () => {
    const server = await startServer(site);
    await pay(5);
    const { headers, body } = await statement();
    expect([headers, body.data.length]).toEqual([200, 100]);
    await server.stop();
    expect((await verify()).code).toBe(0);
  });
});

async function statement() {
  const answer = await fetch(`http://127.0.0.1:${site.port}/v1/accounts/alice/entries?limit=100`);
  return { headers: answer.status, body: (await answer.json()) as { data: unknown[] } };
}

describe('rebuild', () => {
  test('while a server runs is refused, and the books stay', async () => {
    const server = await startServer(site);
    const { code, out, err } = await rebuild();
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(new RegExp(`^florin rebuild: .* is in use by process ${server.pid}: stop it, `));
    expect((await statement()).headers).toBe(200);
  });

  test.each(['1', '4'])('makes the same books to the byte, by %s threads', async (workers) => {
    const before = await recordsOf(site.data);
    expect(before.length).toBeGreaterThan(20);
    const { code, out } = await rebuild('--books-workers', workers);
    expect([code, out]).toEqual([0, expect.stringMatching(/^books rebuilt from \d+ frames ✔/)]);
    expect(await recordsOf(site.data)).toEqual(before);
    expect(existsSync(join(site.data, 'books.new'))).toBe(false);
    expect((await verify()).code).toBe(0);
  });

  test('mends damaged, lost and missing books', async () => {
    const before = await recordsOf(site.data);
    await damage(site.data, shardNumber('alice'), 'blocks', flipped(20));
    rmSync(join(site.data, 'books', '3'), { recursive: true });
    const json = await rebuild('--json');
    expect(JSON.parse(json.out)).toEqual({ frames: expect.any(Number) as number });
    expect(await recordsOf(site.data)).toEqual(before);
    rmSync(join(site.data, 'books'), { recursive: true });
    expect((await rebuild()).code).toBe(0);
    expect(await recordsOf(site.data)).toEqual(before);
  });

  test('of a damaged journal fails, and leaves the books that there are', async () => {
    const before = await recordsOf(site.data);
    await changeLast((frame) => flipped(frame.length - 10)(frame));
    const { code, out, err } = await rebuild();
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('florin rebuild: ');
    expect(err).toContain('checksum does not match');
    expect(await recordsOf(site.data)).toEqual(before);
    expect(existsSync(join(site.data, 'books.new'))).toBe(false);
  });

  test('in a folder without a journal fails, and makes nothing', async () => {
    const { code, err } = await florin('rebuild', '--data', join(site.folder, 'elsewhere'));
    expect([code, err]).toEqual([1, expect.stringMatching(/^florin rebuild: there is no journal in .*elsewhere\n$/)]);
    expect(existsSync(join(site.folder, 'elsewhere'))).toBe(false);
  });
});

describe('export', () => {
  const csv = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${site.port}/v1/${path}`)).text();

  test('prints what the API tells, while the server runs', async () => {
    await startServer(site);
    const [trial, ledger] = [await csv('trial_balance?format=csv'), await csv('general_ledger?format=csv')];
    expect(trial).toMatch(/^date,currency,subject,.*\r\n\d{4}-\d\d-\d\d,EUR,1001,bank,asset,debit,0,150,0,150\r\n/);
    expect(await report('trial-balance', '--merchant', 'dev')).toEqual({ code: 0, out: trial, err: '' });
    expect(await florin('export', 'general-ledger', '--data', site.data)).toEqual({ code: 0, out: ledger, err: '' });
    expect((await statement()).headers).toBe(200);
  });

  test('of a day and of a merchant', async () => {
    const [names, first = ''] = (await report('trial-balance')).out.split('\r\n');
    const date = first.slice(0, 10);
    expect((await report('trial-balance', '--date', '2001-01-01')).out).toBe(`${names}\r\n`);
    expect((await report('trial-balance', '--date', '9999-12-31')).out).toContain(',1001,bank,asset,debit,150,0,0,150');
    expect((await report('trial-balance', '--merchant', 'nobody')).out).toBe(`${names}\r\n`);
    expect((await report('general-ledger', '--date', date)).out).toBe((await report('general-ledger')).out);
    expect((await report('general-ledger', '--date', '2001-01-01')).out.split('\r\n')).toHaveLength(2);
  });

  test.each([
    [['profit'], 'there is no report profit; there is trial-balance or general-ledger or accounting-days'],
    [['constructor'], 'there is no report constructor'],
    [['trial-balance', '--date', '2026-02-30'], '2026-02-30 is not a date like 2026-01-31'],
    [['general-ledger', '--date', 'today'], 'today is not a date'],
    [['trial-balance', '--port', 'x'], 'port'],
  ])('%j is refused, and says why', async (words, message) => {
    const { code, out, err } = await report(...words);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('of a folder without books fails, and makes none; of one that lost a shard too', async () => {
    rmSync(join(site.data, 'books', '7'), { recursive: true });
    expect(await report('trial-balance')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('lost shard 7') as string }); // prettier-ignore
    rmSync(join(site.data, 'books'), { recursive: true });
    const { code, out, err } = await report('trial-balance');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^florin export: there are no books in .*books\n$/);
    expect(existsSync(join(site.data, 'books'))).toBe(false);
  });
});
