// Holding: which tuples a batch has when some transfers are held first and captured in the following batch.

import type { Kind } from './frame-writer.ts';

/** Share of the transfers that are held. */
const HELD_SHARE = 0.3;

/** Holds in a batch of `size` tuples. A held transfer takes two tuples, so a batch has size / 1.3 transfers. */
export function holdsIn(size: number): number {
  return Math.max(1, Math.round((HELD_SHARE * size) / (1 + HELD_SHARE)));
}

/** Tuples of a batch in which 30% of the transfers are held, and as many captured; kinds are spread evenly. */
export function holdingKinds(size: number): Kind[] {
  const holds = holdsIn(size);
  const kinds: Kind[] = Array.from({ length: size }, () => 'post');
  for (let pair = 0; pair < holds; pair++) {
    const at = Math.floor((pair * size) / holds);
    kinds[at] = 'hold';
    kinds[at + 1] = 'capture';
  }
  return kinds;
}
