// Starting and stopping the real process: what it says, what it refuses, and that a stop in good order leaves nothing
// to be replayed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Client, type Answer } from './support/client.ts';
import { florin } from './support/program.ts';
import { launchServer, newSite, startServer, type Server } from './support/server.ts';

/** What a server says that does not start: one line, for a person. */
async function refusal(server: Server): Promise<string> {
  const { code } = await server.ended;
  expect([code, server.out]).toEqual([1, '']);
  expect(server.err).toMatch(/^florin cannot start: [^\n]+\n$/);
  return server.err;
}

/** Every readiness that a server told before it ended. */
async function readinessUntilEnd(server: Server): Promise<Set<number>> {
  const seen = new Set<number>();
  while (server.runs) seen.add(await server.readiness());
  return seen;
}

describe('a start', () => {
  test('says where everything is, in at most 12 lines', async () => {
    const site = await newSite();
    const server = await startServer(site);
    await expect.poll(() => server.out).toContain('try');
    const lines = server.out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(server.out).toContain(`http://127.0.0.1:${site.port}/v1`);
    expect(server.out).toContain(`http://127.0.0.1:${site.opsPort}/metrics`);
    expect(server.out).toContain(site.data);
    expect(server.out).toContain('dev mode');
    expect(server.err).toBe('');
  });

  test('on the folder of a living server is refused, and names its process', async () => {
    const site = await newSite();
    const first = await startServer(site);
    const other = await newSite();
    const second = launchServer({ ...other, data: site.data });
    expect(await refusal(second)).toContain(`in use by process ${first.pid}:`);
    expect(await first.readiness()).toBe(200);
  });

  test('on a taken port is refused, and leaves the folder free', async () => {
    const [taken, site] = [await newSite(), await newSite()];
    await startServer(taken);
    const api = launchServer({ ...site, port: taken.port });
    // Its journal is read by then; but it takes no requests, and must not say that it does.
    expect(await readinessUntilEnd(api)).not.toContain(200);
    expect(await refusal(api)).toMatch(new RegExp(`EADDRINUSE.*${taken.port}.*--port`));
    const ops = launchServer({ ...site, opsPort: taken.opsPort });
    expect(await refusal(ops)).toMatch(new RegExp(`EADDRINUSE.*${taken.opsPort}.*--ops-port`));
    await startServer(site);
  });

  test('with an option that does not exist is refused, and nothing is made', async () => {
    const site = await newSite();
    const server = launchServer(site, { environment: { FLORIN_PROT: '1' } });
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(server.err).toContain('FLORIN_PORT');
    expect(existsSync(site.data)).toBe(false);
  });
});

describe('listening to other machines', () => {
  test('is refused without a key, with the command that makes one', async () => {
    const site = await newSite();
    const server = launchServer(site, { flags: ['--host', '0.0.0.0'] });
    expect(await refusal(server)).toContain(`florin keys create --merchant NAME --data ${site.data}`);
  });

  test('works with a key, for those who have it', async () => {
    const site = await newSite();
    const made = await florin('keys', 'create', '--merchant', 'acme', '--data', site.data, '--json');
    const { key } = JSON.parse(made.out) as { key: string };
    await startServer(site, { flags: ['--host', '0.0.0.0'] });
    const url = `http://127.0.0.1:${site.port}/v1/accounts`;
    const status = async (authorization: string): Promise<number> =>
      (await fetch(url, { headers: { authorization } })).status;
    expect((await fetch(url)).status).toBe(401);
    expect(await status(`Bearer ${key.slice(0, -1)}`)).toBe(401);
    expect(await status(`Bearer ${key}`)).toBe(200);
    await expect(Client.open(site.port)).rejects.toThrow('401');
    const client = await Client.open(site.port, key);
    expect(await client.request('ping', {})).toMatchObject({ ok: true });
  });
});

describe('a stop', () => {
  const ACCOUNTS = ['alice', 'bob'];
  const WINDOW = 64;

  /** Keeps transfers in flight until the connection ends; which were answered, and which were not. */
  async function transferUntilLost(client: Client): Promise<{ answered: Map<string, Answer>; unanswered: string[] }> {
    const answered = new Map<string, Answer>();
    const unanswered: string[] = [];
    const send = async (number: number): Promise<void> => {
      const id = `t${number}`;
      const body = { id, debit_account: 'alice', credit_account: 'bob', amount: 1 };
      const answer = await client.request('transfers.create', body);
      if (answer === null) unanswered.push(id);
      else answered.set(id, answer);
      if (!client.lost) await send(number + WINDOW);
    };
    await Promise.all(Array.from({ length: WINDOW }, (_, number) => send(number)));
    return { answered, unanswered };
  }

  test('answers what has begun, closes with 1001, exits with 0, and leaves nothing to be replayed', async () => {
    const site = await newSite();
    const server = await startServer(site);
    const client = await Client.open(site.port);
    for (const id of ACCOUNTS)
      await client.ask('accounts.create', { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
    const transfers = transferUntilLost(client);
    await expect.poll(() => server.metric('journal_position')).toBeGreaterThan(20);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(existsSync(join(site.data, 'lock'))).toBe(false);
    expect(await client.closed).toBe(1001);
    const { answered, unanswered } = await transfers;

    const again = await startServer(site);
    expect(again.err).not.toContain('recovery:');
    const reader = await Client.open(site.port);
    const exists = async (id: string): Promise<boolean> => (await reader.request('transfers.get', { id }))?.ok === true;
    const done = [...answered].filter(([, { ok }]) => ok).map(([id]) => id);
    const refused = [...answered].flatMap(([, answer]) => (answer.ok ? [] : [answer.error.code]));
    expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? ['shutting_down'] : []));
    for (const id of done) expect([id, await exists(id)]).toEqual([id, true]);
    for (const id of unanswered) expect([id, await exists(id)]).toEqual([id, false]);
    const { available } = await reader.ask('accounts.get', { id: 'bob' });
    expect(available).toBe(done.length);
  });

  test('without a word leaves frames to be replayed', async () => {
    const site = await newSite();
    const server = await startServer(site);
    const client = await Client.open(site.port);
    await client.ask('accounts.create', { id: 'alice', currency: 'EUR', kind: 'user' });
    await server.kill();
    const again = await startServer(site);
    // The day and the account.
    expect(again.err).toMatch(/recovery: 2 of 2 frames/);
  });
});

describe('while it reads its journal', () => {
  const TRANSFERS = 400_000;
  const BATCH = 10_000;

  test('a server lives but is not ready', async () => {
    const site = await newSite();
    const server = await startServer(site);
    const client = await Client.open(site.port);
    for (const id of ['alice', 'bob'])
      await client.ask('accounts.create', { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
    for (let first = 0; first < TRANSFERS; first += BATCH) {
      const transfers = Array.from({ length: BATCH }, (_, at) => [`t${first + at}`, 'alice', 'bob', 1]);
      await client.ask('transfers.batch', { transfers });
    }
    await server.kill();
    const next = launchServer(site);
    const seen = new Set<number>();
    await expect.poll(async () => seen.add(await next.readiness()), { interval: 5, timeout: 30_000 }).toContain(200);
    expect([...seen]).toContain(503);
    expect(next.err).toContain('recovery:');
  });
});

describe('other commands, as built', () => {
  test('config print shows every option and where it comes from', async () => {
    const { code, out, err } = await florin('config', 'print', '--port', '1234');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^port +1234 +flag +port$/m);
    expect(out).toMatch(/^snapshotFacts +\d+ +default +facts$/m);
  });

  test('doctor finds nothing that would fail on a machine that runs these tests', async () => {
    const site = await newSite();
    const words = ['--data', site.data, '--port', String(site.port), '--ops-port', String(site.opsPort)];
    const { code, out } = await florin('doctor', ...words);
    expect([code, out]).toEqual([0, expect.stringMatching(/^ok +node +\d+/)]);
    expect(out).not.toMatch(/^fail/m);
  });

  test('doctor says what is wrong, and exits with 1', async () => {
    const site = await newSite();
    await startServer(site);
    const words = ['--data', site.data, '--port', String(site.port), '--ops-port', String(site.opsPort)];
    const { code, out } = await florin('doctor', ...words);
    expect(code).toBe(1);
    expect(out).toMatch(/^fail +api port +.*EADDRINUSE/m);
  });

  test('keys are made, listed and revoked; a running server follows within 5 s', async () => {
    const site = await newSite();
    const at = ['--data', site.data, '--json'];
    const made = await florin('keys', 'create', '--merchant', 'acme', ...at);
    const { key, id } = JSON.parse(made.out) as { key: string; id: string };
    await startServer(site);
    const client = await Client.open(site.port, key);
    expect(JSON.parse((await florin('keys', 'list', ...at)).out)).toMatchObject([{ id, merchant: 'acme' }]);
    expect((await florin('keys', 'revoke', id, ...at)).code).toBe(0);
    expect(await client.closed).toBe(4401);
    await expect(Client.open(site.port, key)).rejects.toThrow('401');
  });

  test('verify is refused while a server runs on the folder', async () => {
    const site = await newSite();
    const server = await startServer(site);
    const { code, err } = await florin('verify', '--data', site.data);
    expect([code, err]).toEqual([1, expect.stringContaining(`in use by process ${server.pid}:`)]);
    expect(await server.readiness()).toBe(200);
  });
});
