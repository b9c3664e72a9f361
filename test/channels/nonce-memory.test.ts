// Nonces: each is taken once, for as long as its signature could be taken.

import { expect, test } from 'vitest';
import { NonceMemory } from '../../src/channels/nonce-memory.ts';

const WINDOW_MS = 300_000;

test('a nonce is taken once', () => {
  const nonces = new NonceMemory(WINDOW_MS);
  expect([nonces.take('a', 0), nonces.take('a', 1), nonces.take('b', 1)]).toEqual([true, false, true]);
});

test('it is remembered for two windows, whenever in a generation it came', () => {
  for (let first = 0; first < 4 * WINDOW_MS; first += 50_000) {
    const nonces = new NonceMemory(WINDOW_MS);
    nonces.take('start', 0);
    expect(nonces.take('a', first)).toBe(true);
    for (let later = first; later <= first + 2 * WINDOW_MS; later += 100_000) nonces.take(`other-${later}`, later);
    expect(nonces.take('a', first + 2 * WINDOW_MS - 1)).toBe(false);
  }
});

test('and forgotten in the end', () => {
  const nonces = new NonceMemory(WINDOW_MS);
  nonces.take('a', 0);
  nonces.take('b', 2 * WINDOW_MS);
  nonces.take('c', 4 * WINDOW_MS);
  expect(nonces.take('a', 4 * WINDOW_MS)).toBe(true);
  expect(nonces.take('d', 100 * WINDOW_MS)).toBe(true);
  expect(nonces.take('c', 100 * WINDOW_MS)).toBe(true);
});
