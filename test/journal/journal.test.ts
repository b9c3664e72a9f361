// The contract of every journal (J1-J3).

import { describe, expect, test } from 'vitest';
import { JournalFault, type Journal } from '../../src/journal/journal.ts';
import { openLmdbJournal } from '../../src/journal/lmdb-journal.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';
import { temporaryFolder } from '../support/folder.ts';

/** Opens the same journal as often as it is called. */
type Opener = () => Journal;

const BACKENDS: readonly (readonly [string, () => Opener])[] = [
  [
    'memory',
    () => {
      const frames: Uint8Array[] = [];
      return () => openMemoryJournal(frames);
    },
  ],
  [
    'lmdb',
    () => {
      const folder = temporaryFolder();
      return () => openLmdbJournal(folder);
    },
  ],
];

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

function textAt(journal: Journal, seq: number): string | null {
  const frame = journal.read(seq);
  return frame && Buffer.from(frame).toString();
}

describe.each(BACKENDS)('%s', (_, folder) => {
  test('begins empty', async () => {
    const journal = folder()();
    expect(journal.position()).toBe(0);
    expect([journal.read(0), journal.read(1), journal.read(99)]).toEqual([null, null, null]);
    await journal.close();
  });

  test('keeps frames in their order, and byte for byte', async () => {
    const journal = folder()();
    const frames = ['a', '', 'c'.repeat(100_000)];
    for (const [index, frame] of frames.entries()) {
      await journal.append(bytes(frame));
      expect(journal.position()).toBe(index + 1);
    }
    expect([1, 2, 3, 4].map((seq) => textAt(journal, seq))).toEqual([...frames, null]);
    await journal.close();
  });

  test('has them when it is opened again, and goes on after the last', async () => {
    const open = folder();
    const first = open();
    for (const frame of ['a', 'b', 'c']) await first.append(bytes(frame));
    await first.close();
    const second = open();
    expect(second.position()).toBe(3);
    await second.append(bytes('d'));
    expect([1, 2, 3, 4].map((seq) => textAt(second, seq))).toEqual(['a', 'b', 'c', 'd']);
    await second.close();
  });

  test('a frame read stays as it was, whatever is appended later', async () => {
    const journal = folder()();
    await journal.append(bytes('first'));
    const frame = journal.read(1);
    for (let n = 0; n < 100; n++) await journal.append(bytes(`later ${n}`));
    expect(frame && Buffer.from(frame).toString()).toBe('first');
    await journal.close();
  });

  test('the last frame is cut, and its number used again', async () => {
    const open = folder();
    const first = open();
    for (const frame of ['a', 'torn']) await first.append(bytes(frame));
    await first.cutLast();
    expect([first.position(), textAt(first, 2)]).toEqual([1, null]);
    await first.append(bytes('b'));
    await first.close();
    const second = open();
    expect([second.position(), textAt(second, 2)]).toEqual([2, 'b']);
    await second.close();
  });

  test('once it is closed nothing is appended', async () => {
    const journal = folder()();
    await journal.append(bytes('a'));
    await journal.close();
    for (let n = 0; n < 2; n++) await expect(journal.append(bytes('b'))).rejects.toThrow(JournalFault);
  });

  test('whoever lost it to another owner cannot append, now or later', async () => {
    const open = folder();
    const [asleep, owner] = [open(), open()];
    await owner.append(bytes('of the owner'));
    await expect(asleep.append(bytes('too late'))).rejects.toThrow(JournalFault);
    await expect(asleep.append(bytes('again'))).rejects.toThrow(JournalFault);
    await owner.append(bytes('and its next'));
    expect([textAt(owner, 1), textAt(owner, 2), owner.position()]).toEqual(['of the owner', 'and its next', 2]);
    await expect(asleep.append(bytes('still'))).rejects.toThrow(JournalFault);
    expect(asleep.position()).toBe(0);
    await owner.close();
  });
});

test('memory: after the disk broke every append fails, and what was durable is still read', async () => {
  const journal = openMemoryJournal();
  await journal.append(bytes('a'));
  journal.breakDisk();
  for (let n = 0; n < 3; n++) await expect(journal.append(bytes('b'))).rejects.toThrow(JournalFault);
  expect([journal.position(), textAt(journal, 1), textAt(journal, 2)]).toEqual([1, 'a', null]);
});
