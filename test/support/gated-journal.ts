// A journal whose disk waits for the test: a frame becomes durable when the test lets it through.

import type { Journal } from '../../src/journal/journal.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';

export type GatedJournal = Journal & {
  /** Frames handed over and not let through. */
  readonly waiting: () => number;
  /** Lets every frame through from now on. */
  readonly open: () => void;
  /** From now on frames wait. */
  readonly shut: () => void;
  /** Lets the frame that waits through. */
  readonly pass: () => void;
  /** Every frame that waits, and every later one, fails. */
  readonly breakDisk: () => void;
};

export function openGatedJournal(): GatedJournal {
  const disk = openMemoryJournal();
  let isOpen = true;
  let gates: (() => void)[] = [];
  const pass = (): void => {
    const passing = gates;
    gates = [];
    for (const gate of passing) gate();
  };
  return {
    ...disk,
    append: async (frame) => {
      if (!isOpen) await new Promise<void>((resolve) => gates.push(resolve));
      await disk.append(frame);
    },
    waiting: () => gates.length,
    pass,
    open: () => {
      isOpen = true;
      pass();
    },
    shut: () => {
      isOpen = false;
    },
    breakDisk: () => {
      disk.breakDisk();
      pass();
    },
  };
}
