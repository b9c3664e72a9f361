// Journal in memory, for tests and simulation: the same contract, with a disk that can be told to fail. Two journals on
// the same frames are two owners.

import { JournalFault, type Journal } from './journal.ts';

export type MemoryJournal = Journal & {
  readonly frames: Uint8Array[];
  /** From now on every append fails. */
  readonly breakDisk: () => void;
};

/** `frames`: what an earlier life left durable. */
export function openMemoryJournal(frames: Uint8Array[] = []): MemoryJournal {
  let last = frames.length;
  let broken = false;
  return {
    frames,
    position: () => last,
    append: async (frame) => {
      await Promise.resolve();
      broken ||= frames.length !== last;
      if (broken) throw new JournalFault('journal cannot be written: it is closed, broken, or has another owner');
      last = frames.push(frame);
    },
    read: (seq) => frames[seq - 1] ?? null,
    cutLast: () => {
      frames.pop();
      last = frames.length;
      return Promise.resolve();
    },
    close: () => {
      broken = true;
      return Promise.resolve();
    },
    breakDisk: () => {
      broken = true;
    },
  };
}
