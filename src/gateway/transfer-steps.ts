// Steps of a transfer. Its facts in the journal from the first one on: what finds its entries and vouchers without an
// index of their own in the books.

import type { Dated } from '../../actors/commands.ts';
import { stepBefore } from '../../actors/steps.ts';
import type { TransferFact } from '../domain/facts.ts';
import type { Gateway } from './gateway.ts';

export type TransferStep = Dated<TransferFact>;

/** Steps read from the journal before other work of the process gets a turn. */
const STEPS_PER_TURN = 64;

/** All steps of a transfer up to its latest one. */
export async function stepsTo({ engine }: Gateway, latest: TransferStep): Promise<TransferStep[]> {
  const steps = [latest];
  for (let step = latest; step.fact.version > 1;) {
    step = stepBefore((seq) => engine.frame(seq), step);
    steps.push(step);
    if (steps.length % STEPS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return steps.toReversed();
}
