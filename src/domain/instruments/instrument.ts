// Instrument. A means of payment as a plug-in: what it books when a payment begins, is completed, is undone and is
// refunded. A new one is one more file in this folder, its place in the list of instruments.ts, and a line in the rules: the
// API takes its name as the type of what pays.
//
// N1. An instrument decides nothing about other instruments. N2. It is idempotent by instruction: its vouchers are keyed by
// payment and place. N3. What is reversible is kept back before anything external is asked.

import type { Subject } from '../books/subjects.ts';
import type { FactPosition } from '../ids.ts';
import type { Instruction } from '../orders/instruction.ts';
import type { Payment } from '../orders/payment.ts';
import type { VoucherDraft } from '../orders/voucher-draft.ts';

/** One instruction in its payment. */
export type Leg = {
  readonly payment: Payment;
  /** Place in the payment, from 0. */
  readonly place: number;
  readonly instruction: Instruction;
};

/** So much of a leg goes back. `refund`: the id of the refund; `occurrence`: which of its parts, from 1. */
export type LegRefund = { readonly refund: string; readonly occurrence: number; readonly amount: number };

export type Instrument = {
  readonly name: string;
  /** True: it asks a channel, runs last and is never undone by itself. */
  readonly external: boolean;
  /** Under which subject the money of that account stands: nobody pays out of an account of another sort. */
  readonly subject: Subject;
  /** The account that the money comes from. `account`: what the payer named, '' for nothing. null: the payer must name one. */
  readonly source: (asked: { account: string; payer: string; channel: string; currency: string }) => string | null;
  /** When the payment begins. */
  readonly reserve: (leg: Leg) => readonly VoucherDraft[];
  /** When `amount` of it is taken for good; `occurrence`: which of the captures, from 1. */
  readonly complete: (leg: Leg, amount: number, occurrence: number) => readonly VoucherDraft[];
  /** When the payment ends: what was not captured goes back. `reserved`: the vouchers of `reserve`. */
  readonly undo: (leg: Leg, reserved: readonly FactPosition[]) => readonly VoucherDraft[];
  /** When a part of a refund has been carried out. */
  readonly refund: (leg: Leg, refund: LegRefund) => readonly VoucherDraft[];
};
