// When everybody on this machine may do everything, and when that ends.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { DevMode } from '../../src/gateway/dev-mode.ts';
import { openKeys, type KeyStore } from '../../src/gateway/keys.ts';
import { temporaryFolder } from '../support/folder.ts';

let folder: string;
let keys: KeyStore;
let nowMs: number;

beforeEach(() => {
  folder = temporaryFolder();
  keys = openKeys(folder);
  nowMs = 0;
});

const start = (): DevMode => new DevMode(keys, () => nowMs);

/** Makes a key and revokes it at once: there was one. */
function makeAndRevoke(): void {
  const created = keys.create({ merchant: 'acme' });
  if (typeof created === 'string') throw new Error(created);
  keys.revoke(created.record.id);
}

test('is on while no key was ever made', () => {
  const devMode = start();
  nowMs = 1e9;
  expect([devMode.isOn(), devMode.isStillOn()]).toEqual([true, true]);
});

test('is over half a second after the first key, and at once for who looks', () => {
  const [casual, exact] = [start(), start()];
  makeAndRevoke();
  expect([casual.isOn(), exact.isStillOn(), exact.isOn()]).toEqual([true, false, false]);
  nowMs = 500;
  expect([casual.isOn(), casual.isStillOn()]).toEqual([false, false]);
});

test('is never on where there was a key', () => {
  makeAndRevoke();
  expect([start().isOn(), start().isStillOn()]).toEqual([false, false]);
});

test('looks at the store twice a second at most, and no more once it is over', () => {
  let looks = 0;
  const list = (): ReturnType<KeyStore['list']> => {
    looks += 1;
    return keys.list();
  };
  const devMode = new DevMode({ list }, () => nowMs);
  for (; nowMs < 10_000; nowMs++) devMode.isOn();
  expect(looks).toBe(20);
  makeAndRevoke();
  for (; nowMs < 20_000; nowMs++) devMode.isOn();
  expect(looks).toBe(21);
});

test('is over when the store is there and cannot be read, and does not begin so', () => {
  const devMode = start();
  writeFileSync(join(folder, 'keys'), 'no store');
  expect([devMode.isStillOn(), devMode.isOn()]).toEqual([false, false]);
  expect(start).toThrow();
});
