// Books file. The steps of all orders, one JSON line each, so that a simulator that was killed goes on with its books.
//
// F1. A line is written before the step is answered. It is not synced: it survives kill -9, not a power cut.
// F2. A last line without its end was never answered; it is cut off. Anything else that cannot be read is an error.

import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { ProviderOrder } from './provider-order.ts';

/** An order after a step, and when it took it (unix ms). */
export type Step = { readonly atMs: number; readonly order: ProviderOrder };

export type BooksFile = { readonly append: (step: Step) => void; readonly close: () => void };

/**
 * Reads the file, which is made if it is not there, and opens it for more.
 * @throws Error with the number of the line that cannot be read, or the operating system's
 */
export function openBooksFile(path: string, each: (step: Step) => void): BooksFile {
  const file = openSync(path, 'a+', 0o600);
  try {
    readSteps(file, path, each);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return {
    append: (step) => {
      const line = Buffer.from(`${JSON.stringify(step)}\n`);
      for (let written = 0; written < line.length;) written += writeSync(file, line, written);
    },
    close: () => closeSync(file),
  };
}

function readSteps(file: number, path: string, each: (step: Step) => void): void {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(0x0a) + 1;
  let line = 1;
  for (let start = 0; start < end; line++) {
    const stop = bytes.indexOf(0x0a, start);
    try {
      each(JSON.parse(bytes.toString('utf8', start, stop)) as Step);
    } catch (error) {
      throw new Error(`${path}, line ${line}: ${String(error)}`, { cause: error });
    }
    start = stop + 1;
  }
  if (end < bytes.length) ftruncateSync(file, end);
}
