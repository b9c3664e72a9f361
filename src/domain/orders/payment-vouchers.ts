// Payment vouchers. What is booked when a payment begins, is complete, is captured in part and is undone: the sum of what
// its instruments book, reversible ones first.

import type { FactPosition } from '../ids.ts';
import type { Instrument, Leg } from '../instruments/instrument.ts';
import type { Payment } from './payment.ts';
import type { Settlement } from './trade-amounts.ts';
import { completion, settlement, toppedUp } from './trade-vouchers.ts';
import { capturedSum, type Part } from './payment-amounts.ts';
import { foundAtChannel } from './refund-vouchers.ts';
import { isGone, paysNothing, suspendedLegs, type SuspendedLeg } from './short-payment.ts';
import type { Trade } from './trade.ts';
import type { VoucherDraft } from './voucher-draft.ts';

/** The plug-in of a name. @throws Error for one that does not exist: a plan never names one */
export type InstrumentOf = (name: string) => Instrument;

export function legsOf(payment: Payment): readonly Leg[] {
  return payment.instructions.map((instruction, place) => ({ payment, place, instruction }));
}

/** The leg that a channel is asked for, the latest one where it was asked for the rest, too; undefined for none. */
export function externalLeg(payment: Payment, of: InstrumentOf): Leg | undefined {
  return legsOf(payment)
    .toReversed()
    .find(({ instruction }) => of(instruction.instrument).external);
}

/** Legs of it that are in suspense: what its channel brought short. */
export function inSuspense(payment: Payment, of: InstrumentOf): readonly SuspendedLeg[] {
  const legs = legsOf(payment);
  return suspendedLegs(payment, ({ instrument }, place) => of(instrument).reserve(legs[place] as Leg).length);
}

/** `from`: the place of the first leg that is new. */
export function reserving(payment: Payment, of: InstrumentOf, from = 0): readonly VoucherDraft[] {
  return legsOf(payment)
    .slice(from)
    .flatMap((leg) => of(leg.instruction.instrument).reserve(leg));
}

/**
 * All of it is taken, the trade is paid, and where `settle` says how, the payees have their money. A top-up goes from the
 * channel to its account at once.
 */
export function completing(
  trade: Trade,
  payment: Payment,
  of: InstrumentOf,
  settle: readonly Settlement[] | null,
): readonly VoucherDraft[] {
  if (trade.type === 'topup') return [toppedUp(trade, payment, payment.instructions[0]?.account ?? '')];
  return [...unsuspending(payment, of), ...taking(payment, of), ...paying(trade, payment, payment.amount, settle)];
}

/** The trade is paid by what was captured, and the rest goes back. `reserved`: as for `undoing`. */
export function completingShort(
  trade: Trade,
  payment: Payment,
  of: InstrumentOf,
  settle: readonly Settlement[] | null,
): readonly VoucherDraft[] {
  return [...undoing(payment, of, payment.reserved), ...paying(trade, payment, capturedSum(payment), settle)];
}

function paying(
  trade: Trade,
  payment: Payment,
  amount: number,
  settle: readonly Settlement[] | null,
): readonly VoucherDraft[] {
  return [...completion(trade, payment.id, amount), ...(settle ? settlement(trade, settle, 1) : [])];
}

/** What came short leaves suspense: the rest is here. */
function unsuspending(payment: Payment, of: InstrumentOf): readonly VoucherDraft[] {
  return inSuspense(payment, of).map(({ place, instruction: { channel, amount }, at }) => ({
    ...foundAtChannel(payment.id, channel, payment.currency, amount, place + 1),
    reverses: at,
  }));
}

/** What was not taken yet of each leg. */
function taking(payment: Payment, of: InstrumentOf): readonly VoucherDraft[] {
  return legsOf(payment).flatMap((leg) => {
    const rest = leg.instruction.amount - leg.instruction.captured;
    return rest === 0 || paysNothing(leg.instruction)
      ? []
      : of(leg.instruction.instrument).complete(leg, rest, payment.captures + 1);
  });
}

/** Parts of what is kept back are taken. */
export function capturing(payment: Payment, of: InstrumentOf, parts: readonly Part[]): readonly VoucherDraft[] {
  return parts.flatMap(({ instruction: place, amount }) => {
    const leg = legsOf(payment)[place];
    return leg ? of(leg.instruction.instrument).complete(leg, amount, payment.captures + 1) : [];
  });
}

/**
 * What was kept back or spent and not captured goes back, the last leg first. `reserved`: the vouchers of `reserving`, in
 * their order.
 */
export function undoing(
  payment: Payment,
  of: InstrumentOf,
  reserved: readonly FactPosition[],
): readonly VoucherDraft[] {
  let at = 0;
  const drafts = legsOf(payment).map((leg) => {
    const instrument = of(leg.instruction.instrument);
    const own = reserved.slice(at, (at += instrument.reserve(leg).length));
    return own.length === 0 || isGone(leg.instruction) ? [] : instrument.undo(leg, own);
  });
  return drafts.toReversed().flat();
}
