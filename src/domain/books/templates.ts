// Templates at work. From an event to its voucher, and from a step of the engine to what it books; both are read from
// the one table.
//
// B1. An event without a template, without one of its accounts or amounts, or with an account of the wrong kind is
// refused: nothing is guessed. B2. Every voucher made here has been judged. B3. A share of 0 has no leg.

import type { Step } from '../accounts.ts';
import { subjectsOfKind } from './subjects.ts';
import {
  TEMPLATES,
  type Role,
  type Segment,
  type Share,
  type TemplateCode,
  type TemplateLeg,
} from './template-table.ts';
import { judgeVoucher, voucherKey, type Judgement, type Side, type Voucher, type VoucherLeg } from './voucher.ts';

export { TEMPLATES } from './template-table.ts';

/** Whose money, and which: what is to spend, or what open holds keep back. */
export type Place = { readonly of: 'payer' | 'payee'; readonly money: 'available' | 'held' };

/** What a step books: the amount that it moves, from one place to the other. `segment`: which of the template, from 1. */
export type Movement = {
  readonly code: TemplateCode;
  readonly segment: number;
  readonly debit: Place;
  readonly credit: Place;
};

/** By step of a transfer, made once: the booking workers look it up for every transfer and allocate nothing. */
export const MOVEMENTS: Readonly<Record<Step, Movement>> = {
  posted: movementOf('TR1'),
  held: movementOf('HD1'),
  captured: movementOf('HD2'),
  voided: movementOf('HD3'),
  expired: movementOf('HD3'),
  reversed: takenBack(movementOf('TR1')),
  buffered: transitOf(1),
  sent: transitOf(1),
  applied: transitOf(2),
  delivered: transitOf(2),
  returned: transitOf(3),
  parked: transitOf(4),
  spread: movementOf('TR1'),
  gathered: inBetween('SA1', 1),
};

/** An account in an event. */
export type Party = { readonly account: string; readonly kind: string; readonly currency: string };

export type BookedEvent = {
  /** Code of the template. */
  readonly event: string;
  /** Which time for this order, from 1: makes the key unique (voucherKey). */
  readonly occurrence: number;
  readonly order: string;
  /** Which segment of the template, from 1. */
  readonly segment: number;
  /** vch_…, see voucherId. */
  readonly id: string;
  /** YYYY-MM-DD. */
  readonly accountingDate: string;
  readonly currency: string;
  readonly merchant: string;
  /** Only those of legs whose share is not 0 are needed. */
  readonly parties: Readonly<Partial<Record<Role, Party>>>;
  /** Minor units, 0 … 2^53 − 1, exactly those that the segment names: net and fee are both said, their sum is total. */
  readonly shares: Readonly<Partial<Record<Exclude<Share, 'part'>, number>>>;
  /** Who receives what of a split, minor units, together total; absent where nothing is split. */
  readonly parts?: readonly (Party & { readonly amount: number })[];
};

/** Why an event is not booked: what it lacks or has too much of, or how its voucher was judged. */
export type EventRefusal =
  | 'event_unknown'
  | 'segment_unknown'
  | 'share_unknown'
  | 'share_missing'
  | 'party_missing'
  | 'kind_not_allowed'
  | Exclude<Judgement, 'ok'>;

export type Refused = { readonly refused: EventRefusal };

/** The voucher of one segment of an event, or why there is none. */
export function voucherOf(event: BookedEvent): Voucher | Refused {
  const legs = legsOf(event);
  return typeof legs === 'string' ? { refused: legs } : judged(event, legs);
}

/** What its voucher would have for legs, not judged yet; or why there is none. */
export function legsOf(
  event: Pick<BookedEvent, 'event' | 'segment' | 'parties' | 'shares' | 'parts'>,
): readonly VoucherLeg[] | EventRefusal {
  const segment = segmentOf(event);
  if (typeof segment === 'string') return segment;
  const legs: VoucherLeg[] = [];
  for (const leg of segment) {
    if (leg.share !== 'part') {
      const refused = fillInto(legs, leg, event.parties[leg.of], event.shares[leg.share]);
      if (refused) return refused;
      continue;
    }
    for (const part of event.parts ?? [undefined]) {
      const refused = fillInto(legs, leg, part, part?.amount);
      if (refused) return refused;
    }
  }
  return legs;
}

/** The legs to fill. An amount that none of them takes would be lost, so it is refused. */
function segmentOf({
  event,
  segment,
  shares,
  parts,
}: Pick<BookedEvent, 'event' | 'segment' | 'shares' | 'parts'>): Segment | EventRefusal {
  if (!Object.hasOwn(TEMPLATES, event)) return 'event_unknown';
  const legs: Segment | undefined = TEMPLATES[event as TemplateCode].segments[segment - 1];
  if (!legs) return 'segment_unknown';
  if (parts && !legs.some(({ share }) => share === 'part')) return 'share_unknown';
  for (const said in shares) if (!legs.some(({ share }) => share === said)) return 'share_unknown';
  return legs;
}

/** A share of 0 has no leg (B3). */
function fillInto(
  legs: VoucherLeg[],
  leg: TemplateLeg,
  party: Party | undefined,
  amount: number | undefined,
): EventRefusal | null {
  if (amount === undefined) return 'share_missing';
  if (amount === 0) return null;
  if (!party) return 'party_missing';
  const subject = subjectsOfKind(party.kind)[leg.money];
  if (!leg.subjects.includes(subject)) return 'kind_not_allowed';
  legs.push({ account: party.account, subject, side: leg.side, amount });
  return null;
}

function judged(event: BookedEvent, legs: readonly VoucherLeg[]): Voucher | Refused {
  const { id, order, segment, accountingDate, currency, merchant } = event;
  const key = voucherKey(event.event, event.occurrence, order, segment);
  const named = { id, event: event.event, order, segment, key };
  const voucher: Voucher = { ...named, accountingDate, currency, merchant, legs, reverses: null };
  const parties = [...Object.values(event.parties), ...(event.parts ?? [])];
  const judgement = judgeVoucher(voucher, (account) => parties.find((one) => one.account === account)?.currency);
  return judgement === 'ok' ? voucher : { refused: judgement };
}

/** @throws Error, when this file is loaded, for a template that does not move money between payer and payee. */
function movementOf(code: TemplateCode): Movement {
  const [segment] = TEMPLATES[code].segments;
  return { code, segment: 1, debit: placeIn(segment, 'debit'), credit: placeIn(segment, 'credit') };
}

function transitOf(segment: 1 | 2 | 3 | 4): Movement {
  return inBetween('TR2', segment);
}

/** The two sides are whoever gives and takes in that segment, both of what is to spend. */
function inBetween(code: TemplateCode, segment: number): Movement {
  return {
    code,
    segment,
    debit: { of: 'payer', money: 'available' },
    credit: { of: 'payee', money: 'available' },
  };
}

/** From available to available, whatever brought the money: no hold is there any more that could keep it back. */
function takenBack({ debit, credit, ...movement }: Movement): Movement {
  return { ...movement, debit: credit, credit: debit };
}

function placeIn(segment: Segment, side: Side): Place {
  for (const leg of segment) {
    if (leg.side === side && (leg.of === 'payer' || leg.of === 'payee')) return { of: leg.of, money: leg.money };
  }
  throw new Error(`no ${side} of payer or payee`);
}
