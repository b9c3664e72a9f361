// Shadow. Stress traffic goes through the same code as business does, in a partition of its own with stores of its own.
// Its mark is set at the edge, by an API key and nothing else, and travels in every context.
//
// S1. All that a partition takes and states bears its mark, or none does. What has lost its mark, or gained one, is
// refused before it is written; found in a journal, nothing goes on.

import type { Context } from './context.ts';

/** The number of the partition of stress traffic, in the head of each of its frames. */
export const SHADOW_PARTITION = 0xffff;

/** Begins the name under which a channel of stress traffic calls back, for it has no key; no channel's own name has a dot. */
export const SHADOW_CALLER = 'shadow.';

export function isShadow(partition: number): boolean {
  return partition === SHADOW_PARTITION;
}

/** Something was on its way to the wrong store. */
export class MarkLost extends Error {
  override name = 'MarkLost';
}

/** `shadow`: what is taken here. @throws MarkLost for the other */
export function mustBearMark(context: Context, shadow: boolean): void {
  if (context.shadow === shadow) return;
  const what = context.shadow ? 'stress traffic' : 'business';
  throw new MarkLost(`request ${context.requestId} is ${what} and came to the other`);
}
