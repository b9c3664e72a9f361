import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CreatedKey, type KeyRequest, type KeyStore, openKeys, scopes } from '../../src/gateway/keys.ts';
import { keysElsewhere } from '../support/keys-elsewhere.ts';

let folder: string;
let keys: KeyStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'florin-keys-'));
  keys = openKeys(folder);
});

afterEach(async () => {
  await keys.close();
  rmSync(folder, { recursive: true });
});

function create(request: KeyRequest = { merchant: 'acme' }): CreatedKey {
  const created = keys.create(request);
  if (typeof created === 'string') throw new Error(created);
  return created;
}

/** The key with one character of its secret changed. */
function spoilt(key: string, at: number): string {
  const position = key.length - 1 - at;
  const other = key[position] === '0' ? '1' : '0';
  return key.slice(0, position) + other + key.slice(position + 1);
}

describe('a new key', () => {
  test('speaks for its merchant with all scopes but ops', () => {
    const { key, record } = create();
    expect(key).toMatch(/^fk_[0-9a-f]{16}_[0-9a-f]{64}$/);
    expect(keys.authenticate(key)).toEqual({
      merchant: 'acme',
      scopes: scopes.filter((scope) => scope !== 'ops'),
      keyId: record.id,
      shadow: false,
    });
  });

  test('for stress traffic says so each time', () => {
    const { key } = create({ merchant: 'acme', shadow: true });
    expect(keys.authenticate(key)).toMatchObject({ merchant: 'acme', shadow: true });
    expect(keys.list().map(({ shadow }) => shadow)).toEqual([true]);
  });

  test('has the scopes that were asked for, once each, in the order of the list', () => {
    const { key } = create({ merchant: 'acme', scopes: ['ops', 'accounts:read', 'ops'] });
    expect(keys.authenticate(key)).toMatchObject({ scopes: ['accounts:read', 'ops'] });
  });

  test('is on disk as the SHA-256 of its secret only', async () => {
    const { key, record } = create();
    await keys.close();
    const secret = key.slice(-64);
    const files = readdirSync(join(folder, 'keys')).map((name) => readFileSync(join(folder, 'keys', name)));
    expect(files.some((content) => content.includes(record.hash))).toBe(true);
    expect(files.some((content) => content.includes(secret) || content.includes(Buffer.from(secret, 'hex')))).toBe(
      false,
    );
    expect(record.hash).toBe(createHash('sha256').update(secret).digest('hex'));
  });

  test('survives closing and opening', async () => {
    const { key, record } = create({ merchant: 'acme', label: 'shop' });
    await keys.close();
    expect(keys.authenticate(key)).toMatchObject({ keyId: record.id });
    expect(keys.list()).toEqual([record]);
  });

  test.each(['', 'a b', 'ä', 'a'.repeat(65), 'a\n', '../x'])('is refused for merchant %j', (merchant) => {
    expect(keys.create({ merchant })).toBe('merchant_invalid');
    expect(existsSync(join(folder, 'keys'))).toBe(false);
  });

  test('is refused without scopes and with an endless label', () => {
    expect(keys.create({ merchant: 'acme', scopes: [] })).toBe('scopes_empty');
    expect(keys.create({ merchant: 'acme', label: 'x'.repeat(201) })).toBe('label_too_long');
  });

  test('never replaces another: the same id twice is a fault', async () => {
    await keys.close();
    keys = openKeys(folder, { now: () => new Date(0), random: (bytes) => Buffer.alloc(bytes) });
    const { record } = create();
    expect(() => keys.create({ merchant: 'other' })).toThrow('drawn twice');
    expect(keys.list()).toEqual([record]);
  });
});

describe('authentication', () => {
  test('knows no key whose secret is wrong in any one character', () => {
    const { key } = create();
    for (let at = 0; at < 64; at++) expect(keys.authenticate(spoilt(key, at))).toBe('unknown');
    expect(keys.authenticate(key)).not.toBe('unknown');
  });

  test('knows no key with the secret of another', () => {
    const one = create();
    const other = create({ merchant: 'other' });
    expect(keys.authenticate(`fk_${one.record.id}_${other.key.slice(-64)}`)).toBe('unknown');
  });

  test.each([
    '',
    'fk_',
    'Bearer x',
    'fk__',
    `fk_${'0'.repeat(16)}_`,
    `fk_${'0'.repeat(16)}_${'0'.repeat(64)}`,
    'x'.repeat(100_000),
  ])('knows no malformed or made-up key (%#)', (text) => {
    create();
    expect(keys.authenticate(text)).toBe('unknown');
  });

  test.each([
    ['upper case', (key: string) => key.toUpperCase().replace('FK_', 'fk_')],
    ['a blank at the end', (key: string) => `${key} `],
    ['a line break at the end', (key: string) => `${key}\n`],
  ])('takes a key in one spelling only: %s', (_, change) => {
    const { key } = create();
    expect(keys.authenticate(change(key))).toBe('unknown');
  });
});

describe('revoking', () => {
  test('stops the key for good and keeps its record', () => {
    const { key, record } = create();
    const other = create();
    expect(keys.revoke(record.id)).toBe('revoked');
    expect(keys.authenticate(key)).toBe('revoked');
    expect(keys.isActive(record.id)).toBe(false);
    expect(keys.isActive(other.record.id)).toBe(true);
    expect(keys.authenticate(other.key)).toMatchObject({ keyId: other.record.id });
  });

  test('again changes nothing, not even the time', () => {
    const { record } = create();
    keys.revoke(record.id);
    const before = keys.list();
    expect(keys.revoke(record.id)).toBe('already_revoked');
    expect(keys.list()).toEqual(before);
  });

  test('tells nothing to someone without the secret', () => {
    const { key, record } = create();
    keys.revoke(record.id);
    expect(keys.authenticate(spoilt(key, 0))).toBe('unknown');
  });

  test.each(['', 'nobody', '0'.repeat(16), 'x'.repeat(10_000)])('of %# finds nothing', (id) => {
    create();
    expect(keys.revoke(id)).toBe('unknown');
  });
});

describe('a folder without keys', () => {
  test('stays without when it is only asked', () => {
    expect(keys.anyKey()).toBe(false);
    expect(keys.list()).toEqual([]);
    expect(keys.authenticate(`fk_${'0'.repeat(16)}_${'0'.repeat(64)}`)).toBe('unknown');
    expect(keys.isActive('0'.repeat(16))).toBe(false);
    expect(keys.revoke('0'.repeat(16))).toBe('unknown');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('has a key from the first create until the last revoke', () => {
    const one = create();
    const other = create();
    expect(keys.anyKey()).toBe(true);
    keys.revoke(one.record.id);
    expect(keys.anyKey()).toBe(true);
    keys.revoke(other.record.id);
    expect(keys.anyKey()).toBe(false);
  });
});

test('list has the oldest first, whatever their ids', async () => {
  await keys.close();
  let drawn = 0;
  const random = (bytes: number) => Buffer.alloc(bytes, ++drawn);
  keys = openKeys(folder, { now: () => new Date(Date.UTC(2030, 0, 20 - drawn)), random });
  for (const merchant of ['late', 'middle', 'early']) create({ merchant });
  expect(keys.list().map((record) => record.merchant)).toEqual(['early', 'middle', 'late']);
});

describe('another process', () => {
  const elsewhere = (body: string) => keysElsewhere(folder, body);
  const within = { timeout: 5_000, interval: 10 };

  test('makes the first key, makes another, revokes one: the running one sees each within 5 seconds', async () => {
    expect(keys.anyKey()).toBe(false);
    const first = await elsewhere(`console.log(keys.create({ merchant: 'acme' }).key)`);
    await vi.waitFor(() => expect(keys.authenticate(first)).toMatchObject({ merchant: 'acme' }), within);
    const second = await elsewhere(`console.log(keys.create({ merchant: 'other' }).key)`);
    await vi.waitFor(() => expect(keys.authenticate(second)).toMatchObject({ merchant: 'other' }), within);
    const id = second.split('_')[1] ?? '';
    expect(await elsewhere(`console.log(keys.revoke('${id}'))`)).toBe('revoked');
    await vi.waitFor(() => expect(keys.authenticate(second)).toBe('revoked'), within);
    expect(keys.isActive(id)).toBe(false);
    expect(keys.authenticate(first)).toMatchObject({ merchant: 'acme' });
  });

  test('sees at once what this one committed, and neither loses a key when both write', async () => {
    const made = `Array.from({ length: 50 }, () => keys.create({ merchant: 'there' }))`;
    const there = elsewhere(`${made}; console.log(keys.list().length)`);
    for (let count = 0; count < 50; count++) {
      create({ merchant: 'here' });
      await new Promise((resume) => setImmediate(resume));
    }
    await there;
    const merchants = keys.list().map((record) => record.merchant);
    expect(merchants.filter((merchant) => merchant === 'here')).toHaveLength(50);
    expect(merchants.filter((merchant) => merchant === 'there')).toHaveLength(50);
    expect(await elsewhere(`console.log(keys.list().length)`)).toBe('100');
  });
});
