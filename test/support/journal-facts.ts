// What a journal says, fact by fact: for tests that compare it with what somebody was told.

import type { Fact } from '../../src/domain/facts.ts';
import { readFrame } from '../../src/journal/frame.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { decodeFacts } from '../../src/journal/payload.ts';

/** A fact and where it stands. */
export type Standing = { readonly fact: Fact; readonly seq: number; readonly index: number; readonly timeMs: number };

export function factsOf(journal: Journal): Standing[] {
  const standing: Standing[] = [];
  for (let seq = 1; seq <= journal.position(); seq++) {
    const { timeMs, payload } = readFrame(journal.read(seq) ?? new Uint8Array());
    standing.push(...decodeFacts(payload).map((fact, index) => ({ fact, seq, index, timeMs })));
  }
  return standing;
}

/** Ids of all transfers and operations in the journal, each once. */
export function namesIn(journal: Journal): string[] {
  const names = factsOf(journal).flatMap(({ fact }) =>
    fact.kind === 3 || fact.kind === 7 ? [fact.transfer, fact.id] : [],
  );
  return [...new Set(names)].filter((name) => name !== '');
}
