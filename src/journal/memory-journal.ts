// Journal in memory, for tests and simulation: the same contract, with a disk that can be told to fail.

import { JournalFault, type Journal } from './journal.ts';

export type MemoryJournal = Journal & {
  readonly frames: Uint8Array[];
  /** From now on every append fails. */
  readonly breakDisk: () => void;
};

/** `frames`: what an earlier life left durable. */
export function openMemoryJournal(frames: Uint8Array[] = []): MemoryJournal {
  let broken = false;
  return {
    frames,
    position: () => frames.length,
    append: async (frame) => {
      await Promise.resolve();
      if (broken) throw new JournalFault('journal cannot be written: the disk is broken');
      frames.push(frame);
    },
    read: (seq) => frames[seq - 1] ?? null,
    cutLast: () => {
      frames.pop();
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
    breakDisk: () => {
      broken = true;
    },
  };
}
