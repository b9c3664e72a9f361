// Stranger. Money that a channel has under a reference that no order of ours has: its callback, the lines of its bills and what
// people decide of them are about the same money.
//
// S1. Under one (channel, reference) money is booked once, whoever is first; a reference is our number or the channel's own.

import type { Context } from '../../src/domain/context.ts';
import { FACT_KIND } from '../../src/domain/facts.ts';
import type { FactPosition } from '../../src/domain/ids.ts';
import type { Desk } from '../desk.ts';

/** Under which it is remembered; no client can write a key with a space in it. */
export function strangerKey(channel: string, reference: string): string {
  return `callback ${channel} ${reference}`;
}

/** True when somebody has booked it. False for a callback that named no sum: its case is open, and nothing is in suspense. */
export function isBooked(desk: Desk, merchant: string, channel: string, reference: string): boolean {
  const fact = desk.names.findKey(merchant, strangerKey(channel, reference))?.fact;
  if (!fact) return false;
  return fact.kind !== FACT_KIND.orderStepped || fact.order.vouchers.length > 0;
}

/** From now on it is booked, by what stands at this position. `context`: of the order that booked it. */
export function rememberBooked(
  desk: Desk,
  context: Context,
  channel: string,
  reference: string,
  { seq: answerSeq, index: answerIndex }: FactPosition,
): void {
  const key = strangerKey(channel, reference);
  desk.emit({ kind: FACT_KIND.keyRemembered, context, key, fingerprint: '', answerSeq, answerIndex });
}
