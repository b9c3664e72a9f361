// Callbacks. Tells receivers of the steps of orders, signed, and goes wrong in all the ways that rules ask for.
//
// C1. Without faults the callbacks of one order are sent one after another, in the order of its steps.
// C2. A callback is sent again, signed anew, until it gets a 2xx or the last delay is over. A forged one is sent once.
// C3. What waits is lost when the simulator ends, as a provider's callbacks can be: who is owed one must query.

import { randomBytes } from 'node:crypto';
import type { CallbackBody } from '../simulator-protocol.ts';
import { findFault, type Fault } from './faults.ts';
import { LIMITS } from './limits.ts';
import type { Outbox, Parcel } from './outbox.ts';
import { answerOf, type ProviderOrder } from './provider-order.ts';
import type { Timers } from './timers.ts';

export type CallbackParts = {
  readonly outbox: Outbox;
  readonly timers: Timers;
  /** Where callbacks go that name no address; '' for nowhere. */
  readonly callbackUrl: string;
};

/** Reordered callbacks that do not get enough company go after this long, simulated. */
const REORDER_MS = 60_000;

const NOUNS = { pay: 'payment', refund: 'refund', payout: 'payout' } as const;

export class Callbacks {
  private readonly parts: CallbackParts;
  private kept: { readonly parcels: readonly Parcel[] }[] = [];
  private keptRound = 0;

  constructor(parts: CallbackParts) {
    this.parts = parts;
  }

  /** Calls back about the step that an order has just taken, as far as anybody listens. */
  tell(order: ProviderOrder, faults: readonly Fault[]): void {
    const url = order.notifyUrl === '' ? this.parts.callbackUrl : order.notifyUrl;
    if (url === '' || findFault(faults, 'no_callback')) return;
    const parcels = parcelsOf(order, url, faults);
    const delay = findFault(faults, 'late_callback')?.delay_ms ?? 0;
    const reordered = findFault(faults, 'reordered_callbacks');
    const lane = order.number;
    if (delay > 0) this.parts.timers.after(delay, () => this.parts.outbox.send(lane, parcels));
    else if (reordered) this.keep(parcels, reordered.count ?? 2);
    else this.parts.outbox.send(lane, parcels);
    const contradiction = contradictionOf(order, url, faults);
    if (contradiction) this.contradict(lane, contradiction, delay + (findDelay(faults) ?? 0));
  }

  private contradict(lane: string, parcel: Parcel, delayMs: number): void {
    if (delayMs > 0) this.parts.timers.after(delayMs, () => this.parts.outbox.send(lane, [parcel]));
    else this.parts.outbox.send(lane, [parcel]);
  }

  private keep(parcels: readonly Parcel[], count: number): void {
    this.kept.push({ parcels });
    if (this.kept.length >= count || this.kept.length >= LIMITS.countMax) return this.sendKept();
    const round = this.keptRound;
    if (this.kept.length > 1) return;
    this.parts.timers.after(REORDER_MS, () => {
      if (this.keptRound === round) this.sendKept();
    });
  }

  private sendKept(): void {
    const lastFirst = this.kept.toReversed().flatMap(({ parcels }) => parcels);
    this.kept = [];
    this.keptRound++;
    this.parts.outbox.send(`reordered ${this.keptRound}`, lastFirst);
  }
}

function findDelay(faults: readonly Fault[]): number | undefined {
  return findFault(faults, 'contradictory_callback')?.delay_ms;
}

function parcelsOf(order: ProviderOrder, url: string, faults: readonly Fault[]): Parcel[] {
  const honest: Parcel = { url, body: bodyOf(order), forged: null };
  const copies = findFault(faults, 'duplicate_callback') ? (findFault(faults, 'duplicate_callback')?.times ?? 1) : 0;
  const parcels = Array.from({ length: 1 + copies }, () => honest);
  const forged = findFault(faults, 'forged_callback');
  if (forged) {
    const how = forged.how ?? 'signature';
    // A replay has to be the very bytes of the last one; the others claim what the attacker would like.
    const body = how === 'replay' ? honest.body : bodyOf({ ...order, status: 'succeeded', reason: '' });
    parcels.push({ url, body, forged: how });
  }
  if (findFault(faults, 'unknown_callback')) {
    const number = `unknown_${randomBytes(8).toString('hex')}`;
    parcels.push({
      url,
      body: bodyOf({ ...order, number, tradeNumber: `${order.tradeNumber}_unknown` }),
      forged: null,
    });
  }
  return parcels;
}

function contradictionOf(order: ProviderOrder, url: string, faults: readonly Fault[]): Parcel | null {
  if (!findFault(faults, 'contradictory_callback')) return null;
  if (order.status === 'succeeded') {
    return { url, body: bodyOf({ ...order, status: 'failed', reason: 'contradiction' }), forged: null };
  }
  if (order.status === 'failed') {
    return { url, body: bodyOf({ ...order, status: 'succeeded', reason: '' }), forged: null };
  }
  return null;
}

function bodyOf(order: ProviderOrder): string {
  const { action_url: _, ...answer } = answerOf(order, '');
  const body: CallbackBody = { event: `${NOUNS[order.verb]}.${order.status}`, ...answer };
  return JSON.stringify(body);
}
