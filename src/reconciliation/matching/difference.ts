// Differences between two sides. Each is one of nine kinds, and says how much of the difference of the sums it explains.

import { createHash } from 'node:crypto';

/** In order of precedence: a pair that differs in several things is of the first kind, the others are in `also`. */
export const DIFFERENCE_KINDS = [
  'UNPARSED',
  'CHANNEL_ONLY',
  'LOCAL_ONLY',
  'DUPLICATE',
  'CURRENCY_DIFF',
  'STATUS_DIFF',
  'AMOUNT_DIFF',
  'FEE_DIFF',
  'LATE',
] as const;

/**
 * UNPARSED: a line that could not be understood. CHANNEL_ONLY, LOCAL_ONLY: nothing on the other side, and no longer waiting.
 * DUPLICATE: one more than there is on the other side. LATE: all agrees but the days.
 */
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** Channel − local, minor units. */
export type Delta = { readonly currency: string; readonly amount: number; readonly fee: number };

export type Difference = {
  /** Made of what is in it: a rerun finds the same differences under the same ids. */
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly also: readonly DifferenceKind[];
  /** What its rows were matched by, or would have been; '' where they have no key. */
  readonly key: string;
  /** Ids of rows. */
  readonly channel: readonly string[];
  readonly local: readonly string[];
  /** By currency, in alphabetical order. */
  readonly deltas: readonly Delta[];
  /** Of UNPARSED: why; '' otherwise. */
  readonly detail: string;
};

/** 128 bits: no two of 10^9 differences share an id by chance. */
const ID_DIGITS = 32;

/** Names a difference by its content. */
export function differenceOf(content: Omit<Difference, 'id'>): Difference {
  const { kind, also, key, channel, local, detail } = content;
  const deltas = content.deltas.map(({ currency, amount, fee }) => [currency, amount, fee]);
  const text = JSON.stringify([kind, also, key, channel, local, deltas, detail]);
  return { id: `dif_${createHash('sha256').update(text).digest('hex').slice(0, ID_DIGITS)}`, ...content };
}
