// Steps. The facts of a transfer from the latest one backwards: each names the frame of the one before it.

import { isTransfer, type TransferFact } from '../src/domain/facts.ts';
import type { Dated } from './commands.ts';
import type { FrameFacts } from './frame-facts.ts';

/** @throws Error when the transfer has no earlier step, or the journal has lost it. */
export function stepBefore(
  frameAt: (seq: number) => FrameFacts | null,
  { seq, index: at, fact: later }: Dated<TransferFact>,
): Dated<TransferFact> {
  const { previousSeq, transfer, version, context } = later;
  const { facts, timeMs } = frameAt(previousSeq) ?? { facts: [], timeMs: 0 };
  // Backwards from the later one: a batch can have thousands of steps of one transfer.
  for (let index = (previousSeq === seq ? at : facts.length) - 1; index >= 0; index--) {
    const fact = facts[index];
    if (!fact || !isTransfer(fact) || fact.context.merchant !== context.merchant) continue;
    if (fact.transfer === transfer && fact.version === version - 1) return { fact, timeMs, seq: previousSeq, index };
  }
  throw new Error(`transfer ${transfer} has lost version ${version - 1}`);
}
