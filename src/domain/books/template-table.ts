// The table of templates. Every event that moves money, and the legs that it books.
//
// T1. A template's segments balance one by one, for all shares with net + fee = total. T2. A fee is a leg with an amount
// of its own, never what is left over. T3. A code never changes its meaning: vouchers carry it. T4. What only takes an
// event back (a refund that failed, a suspense that was cleared) has no template: its voucher is reversed.
// Source: payments design, "Chart of accounts and posting templates". HD1-HD3 are the holds of the engine,
// SA1 its sub-accounts.

import { AVAILABLE, HELD, type Subject } from './subjects.ts';
import type { Side } from './voucher.ts';

/** Whose account a leg is about; the event says which account that is. */
export type Role =
  | 'payer'
  | 'payee'
  | 'sub_account'
  | 'user'
  | 'owner'
  | 'channel'
  | 'bank'
  | 'payment_transit'
  | 'refund_transit'
  | 'withdrawal_transit'
  | 'transfer_transit'
  | 'escrow'
  | 'pending'
  | 'merchant'
  | 'receiver'
  | 'origin'
  | 'target'
  | 'fee'
  | 'marketing'
  | 'suspense'
  | 'suspense_short'
  | 'loss';

/** Named amounts of an event, minor units. total = net + fee; a part is one of several receivers'. */
export type Share = 'total' | 'net' | 'fee' | 'part';

export type TemplateLeg = {
  readonly side: Side;
  readonly share: Share;
  readonly of: Role;
  readonly money: 'available' | 'held';
  /** Under which of these its money stands follows from the account's kind; under any other the event is refused. */
  readonly subjects: readonly Subject[];
};

/** Legs that balance by themselves and become one voucher. */
export type Segment = readonly TemplateLeg[];

export type Template = { readonly event: string; readonly segments: readonly [Segment, ...Segment[]] };

/** By code. Read a leg as: debit the total of the channel, which stands under 1110. */
export const TEMPLATES = {
  RC1: one('top-up succeeded', debit('total', 'channel', 1110), credit('total', 'user', 2001)),
  RC2: one(
    'channel settles, less its fee',
    debit('net', 'bank', 1001),
    debit('fee', 'fee', 5001),
    credit('total', 'channel', 1110),
  ),
  PY1: one('external leg succeeded', debit('total', 'channel', 1110), credit('total', 'payment_transit', 2020)),
  PY2: one('balance leg, held before', debit('total', 'user', HELD), credit('total', 'payment_transit', 2020)),
  PY3: one('coupon', debit('total', 'marketing', 5002), credit('total', 'payment_transit', 2020)),
  PY4: one('payment complete', debit('total', 'payment_transit', 2020), credit('total', 'receiver', 2003, 2010)),
  GC1: one('confirmed, split', debit('total', 'escrow', 2010), credit('part', 'pending', 2003)),
  ST1: one(
    'settled, less the fee',
    debit('total', 'pending', 2003),
    credit('net', 'merchant', 2004),
    credit('fee', 'fee', 4001),
  ),
  RF1: one('refund accepted', debit('total', 'origin', 2010, 2003, 2004), credit('total', 'refund_transit', 2022)),
  RF2: one('refund leg done', debit('total', 'refund_transit', 2022), credit('total', 'target', 2001, 1110, 5002)),
  RF3: one('fee returned', debit('total', 'fee', 4001), credit('total', 'merchant', 2004)),
  RF4: {
    event: 'duplicate or late payment, refunded',
    segments: [
      [debit('total', 'payment_transit', 2020), credit('total', 'refund_transit', 2022)],
      [debit('total', 'refund_transit', 2022), credit('total', 'channel', 1110)],
    ],
  },
  RF5: {
    event: 'refund bounced: set aside, then to whom two people say',
    segments: [
      [debit('total', 'channel', 1110), credit('total', 'suspense', 2090)],
      [debit('total', 'suspense', 2090), credit('total', 'target', 1110, 2001, 2003, 2004, 2010, 2022)],
    ],
  },
  // Shops withdraw too, and their money is on 2004.
  WD1: one('withdrawal accepted', debit('total', 'owner', 2001, 2004), credit('total', 'withdrawal_transit', 2021)),
  WD2: one(
    'withdrawal succeeded, less the fee',
    debit('total', 'withdrawal_transit', 2021),
    credit('net', 'bank', 1001),
    credit('fee', 'fee', 4002),
  ),
  WD3: {
    event: 'withdrawal failed: to its account, or set aside where that is closed',
    segments: [
      [debit('total', 'withdrawal_transit', 2021), credit('total', 'owner', 2001, 2004)],
      [debit('total', 'withdrawal_transit', 2021), credit('total', 'suspense', 2090)],
    ],
  },
  WD4: {
    event: 'withdrawal returned by the bank: to its account, or set aside where that is closed',
    segments: [
      [debit('net', 'bank', 1001), debit('fee', 'fee', 4002), credit('total', 'owner', 2001, 2004)],
      [debit('net', 'bank', 1001), debit('fee', 'fee', 4002), credit('total', 'suspense', 2090)],
    ],
  },
  WD5: one(
    'money of a closed account: to another one that two people name',
    debit('total', 'suspense', 2090),
    credit('total', 'target', 2001, 2004),
  ),
  TR1: one(
    'transfer, the fee on top',
    debit('total', 'payer', ...AVAILABLE),
    credit('net', 'payee', ...AVAILABLE),
    credit('fee', 'fee', 4001),
  ),
  TR2: {
    event: 'transfer by way of transit: out, in, back, or parked',
    segments: [
      [debit('total', 'payer', ...AVAILABLE), credit('net', 'transfer_transit', 2023), credit('fee', 'fee', 4001)],
      [debit('total', 'transfer_transit', 2023), credit('total', 'payee', ...AVAILABLE)],
      [debit('net', 'transfer_transit', 2023), debit('fee', 'fee', 4001), credit('total', 'payer', ...AVAILABLE)],
      [debit('total', 'transfer_transit', 2023), credit('total', 'suspense', 2090)],
    ],
  },
  // Sub-accounts are of their account's kind, so both legs are of the same subject.
  SA1: one(
    'sub-account gathered into its account',
    debit('total', 'sub_account', ...AVAILABLE),
    credit('total', 'payee', ...AVAILABLE),
  ),
  HD1: one('hold placed', debit('total', 'payer', ...AVAILABLE), credit('total', 'payer', HELD)),
  HD2: one('hold captured', debit('total', 'payer', HELD), credit('total', 'payee', ...AVAILABLE)),
  HD3: one('hold given back', debit('total', 'payer', HELD), credit('total', 'payer', ...AVAILABLE)),
  RE1: one('found only at the channel', debit('total', 'channel', 1110), credit('total', 'suspense', 2090)),
  RE2: {
    event: 'found only here: set aside, then written off by two people',
    segments: [
      [debit('total', 'suspense_short', 1190), credit('total', 'channel', 1110, 1001)],
      [debit('total', 'loss', 5003), credit('total', 'suspense_short', 1190)],
    ],
  },
} as const satisfies Readonly<Record<string, Template>>;

export type TemplateCode = keyof typeof TEMPLATES;

function one(event: string, ...legs: Segment): Template {
  return { event, segments: [legs] };
}

function debit(share: Share, of: Role, ...subjects: Subject[]): TemplateLeg {
  return { side: 'debit', share, of, money: subjects.includes(HELD) ? 'held' : 'available', subjects };
}

function credit(share: Share, of: Role, ...subjects: Subject[]): TemplateLeg {
  return { side: 'credit', share, of, money: subjects.includes(HELD) ? 'held' : 'available', subjects };
}
