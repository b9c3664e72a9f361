// The index against a plain map: for every name, the frame with its latest fact is among the frames that it tells.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashName, SeqIndex, type NameHash } from '../../src/journal/seq-index.ts';

function framesFor(index: SeqIndex, hash: NameHash): number[] {
  const frames: number[] = [];
  for (let nth = 0; ; nth++) {
    const seq = index.find(hash, nth);
    if (seq === 0) return frames;
    frames.push(seq);
  }
}

function hashOf(name: string, seed = 1, space = 0): NameHash {
  const hash = { high: 0, low: 0 };
  hashName(hash, seed, space, name);
  return hash;
}

const WHAT = ['next frame', 'remember', 'remember and take back', 'move', 'move and take back'] as const;

/** Different hashes of one segment, crowded into a few of its slots. */
function crowded(n: number): NameHash {
  return { high: 5, low: (n << 16) | ((n * 7) % 11) };
}

/** Different hashes of one segment, spread over it. */
function inOneSegment(n: number): NameHash {
  return { high: 77, low: n };
}

type Step = { readonly what: (typeof WHAT)[number]; readonly name: number };

/** Plays the steps on an index and on a map; every name is looked up after every step. */
function play(steps: readonly Step[], hashes: (name: number) => NameHash): void {
  const index = new SeqIndex();
  const latest = new Map<number, number>();
  let seq = 1;
  for (const { what, name } of steps) {
    const known = latest.get(name);
    if (what === 'next frame') seq += 1;
    else if (what.startsWith('remember') && known === undefined) {
      index.set(hashes(name), seq);
      if (what === 'remember') latest.set(name, seq);
      else index.unset(hashes(name), seq);
    } else if (what.startsWith('move') && known !== undefined) {
      index.set(hashes(name), seq, known);
      if (what === 'move') latest.set(name, seq);
      else index.unset(hashes(name), seq, known);
    }
    expect(index.size).toBe(latest.size);
    for (const [one, at] of latest) expect(framesFor(index, hashes(one))).toContain(at);
  }
}

const steps = (names: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      what: fc.constantFrom(...WHAT),
      name: fc.nat(names - 1),
    }),
    { maxLength: 60, size: 'max' },
  );

describe('against a map', () => {
  test('with hashes of names', () => {
    fc.assert(fc.property(steps(20), (all) => play(all, (name) => hashOf(`name ${name}`))));
  });

  test('with names that all collide in their slot', () => {
    fc.assert(fc.property(steps(20), (all) => play(all, (name) => ({ high: 9, low: (name << 16) | 5 }))));
  });

  test('with names of which many have the same hash', () => {
    fc.assert(
      fc.property(steps(8), (all) => play(all, (name) => ({ high: 7, low: name % 2 }))),
      { numRuns: 500 },
    );
  });
});

test('a name that nobody remembered is certainly not there', () => {
  const index = new SeqIndex();
  for (let n = 0; n < 1_000; n++) index.set(hashOf(`name ${n}`), n + 1);
  for (let n = 1_000; n < 2_000; n++) expect(index.find(hashOf(`name ${n}`), 0)).toBe(0);
});

test('names that were taken back leave nothing behind, wherever they stood', () => {
  const index = new SeqIndex();
  const kept = Array.from({ length: 300 }, (_, n) => n).filter((n) => n % 3 !== 0);
  for (let n = 0; n < 300; n++) index.set(crowded(n), n + 1);
  for (let n = 0; n < 300; n += 3) index.unset(crowded(n), n + 1);
  expect(index.size).toBe(kept.length);
  for (let n = 0; n < 300; n++) {
    expect(framesFor(index, crowded(n))).toEqual(n % 3 === 0 ? [] : [n + 1]);
  }
});

test('a hundred thousand names, each found where it is, before and after it moved', () => {
  const index = new SeqIndex();
  const count = 100_000;
  const hashes = Array.from({ length: count }, (_, n) => hashOf(`t${n}`, 0xdecafbad));
  for (const [n, hash] of hashes.entries()) index.set(hash, (n % 500) + 1);
  for (const [n, hash] of hashes.entries()) if (n % 3 === 0) index.set(hash, 1_000 + n, (n % 500) + 1);
  expect(index.size).toBe(count);
  const wrong = hashes.filter(
    (hash, n) => framesFor(index, hash).join() !== String(n % 3 === 0 ? 1_000 + n : (n % 500) + 1),
  );
  expect(wrong).toEqual([]);
});

test('one segment grows as it must, and keeps what it has', () => {
  const index = new SeqIndex();
  for (let n = 0; n < 5_000; n++) {
    index.set(inOneSegment(n), n + 1);
    if (n % 97 !== 0) continue;
    for (let earlier = 0; earlier <= n; earlier += 13)
      expect(framesFor(index, inOneSegment(earlier))).toEqual([earlier + 1]);
  }
});

describe('the hash', () => {
  test('depends on every character, on the seed and on the space', () => {
    const same = JSON.stringify(hashOf('name'));
    for (const other of [hashOf('name '), hashOf('Name'), hashOf('nam'), hashOf('name', 2), hashOf('name', 1, 1)]) {
      expect(JSON.stringify(other)).not.toBe(same);
    }
    expect(JSON.stringify(hashOf('name'))).toBe(same);
  });

  test('spreads names that clients give: numbers in a row do not collide, nor crowd a segment or slot', () => {
    const seen = new Set<string>();
    const bySegment = new Map<number, number>();
    const bySlot = new Map<number, number>();
    const count = 65_536;
    for (let n = 0; n < count; n++) {
      const { high, low } = hashOf(`transfer-${String(n).padStart(8, '0')}`);
      expect([high >>> 0, low >>> 0]).toEqual([high, low]);
      seen.add(`${high} ${low}`);
      bySegment.set(high & 4095, (bySegment.get(high & 4095) ?? 0) + 1);
      bySlot.set(low & 4095, (bySlot.get(low & 4095) ?? 0) + 1);
    }
    expect(seen.size).toBe(count);
    // 16 a bucket on average; of 4,096 buckets the fullest has some 33 by chance.
    expect(Math.max(...bySegment.values())).toBeLessThan(50);
    expect(Math.max(...bySlot.values())).toBeLessThan(50);
  });
});
