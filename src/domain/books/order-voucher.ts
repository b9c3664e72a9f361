// The voucher of an order: from a template to the lines that the engine moves, and what takes them back.
//
// V1. A template with a leg of held money becomes a hold, or what ends one: HD1 keeps back on one side and promises on
// the other, PY2 and HD2 move it, HD3 gives it back. V2. The lines of a voucher have its legs, in the same order.
// V3. What only keeps money back is ended by its own template and not taken back. Money that came out of a hold does not
// go back into it.

import type { FactPosition } from '../ids.ts';
import type { VoucherPosted } from '../order-facts.ts';
import type { PostingAction, PostingLine } from '../posting-lines.ts';
import { TEMPLATES, type Role, type Segment, type TemplateCode } from './template-table.ts';
import { legsOf, type BookedEvent, type Party, type Refused } from './templates.ts';
import { judgeLegs, type Side, type VoucherLeg } from './voucher.ts';

/** A voucher to bring about. */
export type VoucherRequest = Pick<
  VoucherPosted,
  'code' | 'segment' | 'occurrence' | 'order' | 'currency' | 'reverses'
> & { readonly lines: readonly PostingLine[] };

/** Who has a part in it. HD1 and HD3 name, beside the payer, the payment transit account that the hold is promised to. */
export type Parties = Readonly<Partial<Record<Role, Party>>>;

/** The legs of a template, or undefined for a segment that it does not have. `segment`: from 1. */
export function segmentOf(code: TemplateCode, segment: number): Segment | undefined {
  const segments: readonly Segment[] = TEMPLATES[code].segments;
  return segments[segment - 1];
}

/** What a template does with a hold: nothing, move what it keeps back, or begin or end it. */
export function holdOf(segment: Segment): 'none' | 'moved' | 'begun' | 'ended' {
  const held = segment.find(({ money }) => money === 'held');
  if (!held) return 'none';
  if (!segment.some((leg) => leg !== held && leg.of === held.of)) return 'moved';
  return held.side === 'credit' ? 'begun' : 'ended';
}

/**
 * The lines of one segment of a template. `segment` counts from 1; `shares` and `parts` in minor units, as in
 * BookedEvent. Refused is what has no voucher.
 */
export function linesOf(
  code: TemplateCode,
  segment: number,
  parties: Parties,
  shares: BookedEvent['shares'],
  parts?: BookedEvent['parts'],
): readonly PostingLine[] | Refused {
  const template = segmentOf(code, segment);
  if (!template) return { refused: 'segment_unknown' };
  const legs = legsOf({ event: code, segment, parties, shares, ...(parts ? { parts } : {}) });
  if (typeof legs === 'string') return { refused: legs };
  const currency = currencyOf(parties, parts ?? []);
  const refused = currency === null ? 'currency_mismatch' : judgeLegs(legs);
  if (refused !== 'ok') return { refused };
  switch (holdOf(template)) {
    case 'none':
      return legs.map((leg) => lineOf(leg, leg.side));
    case 'moved':
      return legs.map((leg) => lineOf(leg, leg.side === 'debit' ? 'take' : 'receive'));
    case 'begun':
      return promised(legs, parties.payment_transit, 'hold', 'expect');
    case 'ended':
      return promised(legs, parties.payment_transit, 'release', 'forgo');
  }
}

/** The one currency of all who have a part in it; null where there are several. */
function currencyOf(parties: Parties, parts: readonly Party[]): string | null {
  let currency: string | null = null;
  for (const role in parties) {
    const party = parties[role as Role];
    if (party && currency !== null && party.currency !== currency) return null;
    currency ??= party?.currency ?? null;
  }
  return parts.every((part) => part.currency === currency) ? (currency ?? '') : null;
}

function lineOf({ account, amount }: VoucherLeg, action: PostingAction): PostingLine {
  return { account, action, amount };
}

/** Both legs are the payer's, and one line of it; the other line is the promise, which no subject knows. */
function promised(
  [leg]: readonly VoucherLeg[],
  to: Party | undefined,
  payer: PostingAction,
  promise: PostingAction,
): readonly PostingLine[] | Refused {
  if (!leg) return { refused: 'no_legs' };
  if (!to) return { refused: 'party_missing' };
  return [lineOf(leg, payer), { account: to.account, action: promise, amount: leg.amount }];
}

/** What takes a posted voucher back: its lines the other way. @throws Error for one that is not taken back (V3) */
export function reversalOfLines(voucher: VoucherRequest, at: FactPosition): VoucherRequest {
  const { code, segment, occurrence, order, currency, lines, reverses } = voucher;
  if (reverses || lines.some(({ action }) => otherWay(action) === null)) {
    throw new Error(`voucher ${code} of ${order} is not taken back`);
  }
  const back = lines.map(({ account, action, amount }) => ({ account, action: otherWay(action) as Side, amount }));
  return { code, segment, occurrence, order, currency, lines: back, reverses: at };
}

/** null for what is a promise only. */
function otherWay(action: PostingAction): Side | null {
  switch (action) {
    case 'debit':
    case 'take':
      return 'credit';
    case 'credit':
    case 'receive':
      return 'debit';
    case 'hold':
    case 'expect':
    case 'release':
    case 'forgo':
      return null;
  }
}
