import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerKeys } from '../../src/cli/keys.ts';
import { openKeys } from '../../src/gateway/keys.ts';
import { runCommand } from './run-command.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'florin-keys-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const keys = (...words: string[]) => runCommand(registerKeys, 'keys', ...words, '--data', folder);

async function created(...words: string[]): Promise<{ key: string; id: string }> {
  const { out } = await keys('create', '--json', ...words);
  const key: { key: string; id: string } = JSON.parse(out);
  return key;
}

async function authenticate(key: string) {
  const store = openKeys(folder);
  try {
    return store.authenticate(key);
  } finally {
    await store.close();
  }
}

test('create shows a key that authenticates', async () => {
  const { out, exitCode } = await keys('create', '--merchant', 'acme', '--scopes', 'payments:read, ops');
  const key = /fk_\w+/.exec(out)?.[0] ?? '';
  expect(await authenticate(key)).toMatchObject({ merchant: 'acme', scopes: ['payments:read', 'ops'] });
  expect(exitCode).toBe(0);
});

test('create with --json prints one object', async () => {
  const { out } = await keys('create', '--merchant', 'acme', '--label', 'till 3', '--scopes', 'ops', '--json');
  expect(JSON.parse(out)).toEqual({
    key: expect.stringMatching(/^fk_/),
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    merchant: 'acme',
    scopes: ['ops'],
    label: 'till 3',
    shadow: false,
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    revoked_at: null,
  });
});

test('create with --shadow makes a key for stress traffic', async () => {
  const { key } = await created('--merchant', 'acme', '--shadow');
  expect(await authenticate(key)).toMatchObject({ merchant: 'acme', shadow: true });
  const business = await created('--merchant', 'acme');
  expect(await authenticate(business.key)).toMatchObject({ shadow: false });
});

test.each([
  [['--merchant', 'a b'], 'A merchant name has 1 to 64 characters'],
  [
    ['--merchant', 'acme', '--scopes', 'payment:write'],
    '"payment:write" is not a scope; the nearest is payments:write.',
  ],
  [['--merchant', 'acme', '--scopes', ''], '"" is not a scope'],
  [['--merchant', 'acme', '--label', 'x'.repeat(201)], 'A label has at most 200 characters.'],
])('create %j is refused with the reason, and makes nothing', async (words, reason) => {
  const { out, err, exitCode } = await keys('create', ...words);
  expect(err).toContain(reason);
  expect({ out, exitCode, files: readdirSync(folder) }).toEqual({ out: '', exitCode: 1, files: [] });
});

test('list shows all keys with their state, and no secret and no hash', async () => {
  const one = await created('--merchant', 'acme', '--label', 'till');
  const other = await created('--merchant', 'other');
  await keys('revoke', other.id);
  const { out } = await keys('list');
  const [, ...lines] = out.trim().split('\n');
  const line = (id: string) => lines.find((text) => text.startsWith(id));
  expect(line(one.id)).toMatch(/acme +till .* active /);
  expect(line(other.id)).toMatch(/other .* revoked \d{4}-/);
  const { out: json } = await keys('list', '--json');
  for (const text of [out, json]) {
    expect(text).not.toContain(one.key.slice(-64));
    expect(text).not.toMatch(/[0-9a-f]{64}/);
  }
  expect(JSON.parse(json)).toHaveLength(2);
});

test('list of a folder without keys says how to make one, and makes nothing', async () => {
  const { out, exitCode } = await keys('list');
  expect(out).toContain('florin keys create --merchant');
  expect({ exitCode, files: readdirSync(folder) }).toEqual({ exitCode: 0, files: [] });
});

test('revoke stops the key, and says so again', async () => {
  const { key, id } = await created('--merchant', 'acme');
  const first = await keys('revoke', id, '--json');
  expect(JSON.parse(first.out)).toEqual({ id, result: 'revoked' });
  expect(await authenticate(key)).toBe('revoked');
  const second = await keys('revoke', id);
  expect(second.out).toContain('was revoked before');
  expect(second.exitCode).toBe(0);
});

test('revoke of an unknown id leaves with 1', async () => {
  const { err, exitCode } = await keys('revoke', 'nobody');
  expect(err).toContain('There is no key with this id');
  expect(exitCode).toBe(1);
});

test('a data folder that cannot be used is told in one line', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const { err, exitCode } = await runCommand(registerKeys, 'keys', 'create', '--merchant', 'acme', '--data', file);
  expect(err).toMatch(/^The keys in .* cannot be used: .*\n$/);
  expect(exitCode).toBe(1);
});
