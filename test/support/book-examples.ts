// One event for every segment of every template, and for every sort of account that a leg allows: what it says, and the
// legs that it must book. Accounts are called by their role.

import type { BookedEvent, Party } from '../../src/domain/books/templates.ts';
import type { Role, TemplateCode } from '../../src/domain/books/template-table.ts';
import type { Subject } from '../../src/domain/books/subjects.ts';
import type { Side, VoucherLeg } from '../../src/domain/books/voucher.ts';

export type Example = {
  readonly code: TemplateCode;
  readonly segment: number;
  readonly event: BookedEvent;
  readonly legs: readonly VoucherLeg[];
};

/** What sort of account usually has a role; a role that is missing is its own kind. */
const KINDS: Partial<Record<Role, string>> = {
  payer: 'user',
  payee: 'user',
  sub_account: 'user',
  pending: 'merchant_pending',
  receiver: 'merchant_pending',
  origin: 'merchant_pending',
  target: 'user',
  owner: 'user',
};

// prettier-ignore
const ROLES: readonly Role[] = [
  'payer', 'payee', 'sub_account', 'user', 'owner', 'channel', 'bank', 'payment_transit', 'refund_transit', 'withdrawal_transit',
  'transfer_transit', 'escrow', 'pending', 'merchant', 'receiver', 'origin', 'target', 'fee', 'marketing', 'suspense',
  'suspense_short', 'loss',
];

type Kinds = Partial<Record<Role, string>>;

/** Every role's account, in EUR. */
export function partiesWith(kinds: Kinds = {}): Record<Role, Party> {
  const party = (role: Role): Party => ({ account: role, kind: kinds[role] ?? KINDS[role] ?? role, currency: 'EUR' });
  return Object.fromEntries(ROLES.map((role) => [role, party(role)])) as Record<Role, Party>;
}

/** 'GC1' or 'TR2 2' with the segment. */
export function sampleEvent(name: string, said: Partial<BookedEvent> = {}, kinds: Kinds = {}): BookedEvent {
  const [event = '', segment = '1'] = name.split(' ');
  return {
    event,
    occurrence: 1,
    order: 'o1',
    segment: Number(segment),
    id: 'vch_00000000000000000000000000',
    accountingDate: '2027-01-15',
    currency: 'EUR',
    merchant: 'acme',
    parties: partiesWith(kinds),
    shares: { total: 100 },
    ...said,
  };
}

export const shops: NonNullable<BookedEvent['parts']> = [
  { account: 'shop1', kind: 'merchant_pending', currency: 'EUR', amount: 60 },
  { account: 'shop2', kind: 'merchant_pending', currency: 'EUR', amount: 30 },
  { account: 'shop3', kind: 'merchant_pending', currency: 'EUR', amount: 10 },
];

const FEE_3 = { shares: { total: 100, net: 97, fee: 3 } };
const NO_FEE = { shares: { total: 100, net: 100, fee: 0 } };
const ALL_FEE = { shares: { total: 100, net: 0, fee: 100 } };

export const EXAMPLES: readonly Example[] = [
  example('RC1', {}, {}, 'debit 1110 channel 100', 'credit 2001 user 100'),
  // prettier-ignore
  example('RC2', FEE_3, { fee: 'channel_fee' }, 'debit 1001 bank 97', 'debit 5001 fee 3', 'credit 1110 channel 100'),
  example('RC2', NO_FEE, { fee: 'channel_fee' }, 'debit 1001 bank 100', 'credit 1110 channel 100'),
  example('PY1', {}, {}, 'debit 1110 channel 100', 'credit 2020 payment_transit 100'),
  example('PY2', {}, {}, 'debit 2002 user 100', 'credit 2020 payment_transit 100'),
  example('PY3', {}, {}, 'debit 5002 marketing 100', 'credit 2020 payment_transit 100'),
  example('PY4', {}, {}, 'debit 2020 payment_transit 100', 'credit 2003 receiver 100'),
  example('PY4', {}, { receiver: 'escrow' }, 'debit 2020 payment_transit 100', 'credit 2010 receiver 100'),
  // prettier-ignore
  example('GC1', { parts: shops }, {}, 'debit 2010 escrow 100', 'credit 2003 shop1 60', 'credit 2003 shop2 30', 'credit 2003 shop3 10'),
  example('ST1', FEE_3, {}, 'debit 2003 pending 100', 'credit 2004 merchant 97', 'credit 4001 fee 3'),
  example('ST1', NO_FEE, {}, 'debit 2003 pending 100', 'credit 2004 merchant 100'),
  example('ST1', ALL_FEE, {}, 'debit 2003 pending 100', 'credit 4001 fee 100'),
  example('RF1', {}, {}, 'debit 2003 origin 100', 'credit 2022 refund_transit 100'),
  example('RF1', {}, { origin: 'merchant' }, 'debit 2004 origin 100', 'credit 2022 refund_transit 100'),
  example('RF1', {}, { origin: 'escrow' }, 'debit 2010 origin 100', 'credit 2022 refund_transit 100'),
  example('RF2', {}, {}, 'debit 2022 refund_transit 100', 'credit 2001 target 100'),
  example('RF2', {}, { target: 'channel' }, 'debit 2022 refund_transit 100', 'credit 1110 target 100'),
  example('RF2', {}, { target: 'marketing' }, 'debit 2022 refund_transit 100', 'credit 5002 target 100'),
  example('RF3', {}, {}, 'debit 4001 fee 100', 'credit 2004 merchant 100'),
  example('RF4 1', {}, {}, 'debit 2020 payment_transit 100', 'credit 2022 refund_transit 100'),
  example('RF4 2', {}, {}, 'debit 2022 refund_transit 100', 'credit 1110 channel 100'),
  example('RF5 1', {}, {}, 'debit 1110 channel 100', 'credit 2090 suspense 100'),
  example('RF5 2', {}, {}, 'debit 2090 suspense 100', 'credit 2001 target 100'),
  example('RF5 2', {}, { target: 'channel' }, 'debit 2090 suspense 100', 'credit 1110 target 100'),
  example('RF5 2', {}, { target: 'merchant_pending' }, 'debit 2090 suspense 100', 'credit 2003 target 100'),
  example('RF5 2', {}, { target: 'merchant' }, 'debit 2090 suspense 100', 'credit 2004 target 100'),
  example('RF5 2', {}, { target: 'refund_transit' }, 'debit 2090 suspense 100', 'credit 2022 target 100'),
  example('RF5 2', {}, { target: 'escrow' }, 'debit 2090 suspense 100', 'credit 2010 target 100'),
  example('WD1', {}, {}, 'debit 2001 owner 100', 'credit 2021 withdrawal_transit 100'),
  example('WD1', {}, { owner: 'merchant' }, 'debit 2004 owner 100', 'credit 2021 withdrawal_transit 100'),
  // prettier-ignore
  example('WD2', FEE_3, { fee: 'withdrawal_fee' }, 'debit 2021 withdrawal_transit 100', 'credit 1001 bank 97', 'credit 4002 fee 3'),
  example('WD3 1', {}, {}, 'debit 2021 withdrawal_transit 100', 'credit 2001 owner 100'),
  example('WD3 1', {}, { owner: 'merchant' }, 'debit 2021 withdrawal_transit 100', 'credit 2004 owner 100'),
  example('WD3 2', {}, {}, 'debit 2021 withdrawal_transit 100', 'credit 2090 suspense 100'),
  // prettier-ignore
  example('WD4 1', FEE_3, { fee: 'withdrawal_fee' }, 'debit 1001 bank 97', 'debit 4002 fee 3', 'credit 2001 owner 100'),
  // prettier-ignore
  example('WD4 1', FEE_3, { fee: 'withdrawal_fee', owner: 'merchant' }, 'debit 1001 bank 97', 'debit 4002 fee 3', 'credit 2004 owner 100'),
  // prettier-ignore
  example('WD4 2', FEE_3, { fee: 'withdrawal_fee' }, 'debit 1001 bank 97', 'debit 4002 fee 3', 'credit 2090 suspense 100'),
  example('WD5', {}, {}, 'debit 2090 suspense 100', 'credit 2001 target 100'),
  example('WD5', {}, { target: 'merchant' }, 'debit 2090 suspense 100', 'credit 2004 target 100'),
  example('TR1', FEE_3, {}, 'debit 2001 payer 100', 'credit 2001 payee 97', 'credit 4001 fee 3'),
  example('TR1', NO_FEE, { payee: 'merchant' }, 'debit 2001 payer 100', 'credit 2004 payee 100'),
  example('TR1', NO_FEE, { payer: 'bank' }, 'debit 1001 payer 100', 'credit 2001 payee 100'),
  example('TR2 1', FEE_3, {}, 'debit 2001 payer 100', 'credit 2023 transfer_transit 97', 'credit 4001 fee 3'),
  example('TR2 2', {}, {}, 'debit 2023 transfer_transit 100', 'credit 2001 payee 100'),
  example('TR2 3', FEE_3, {}, 'debit 2023 transfer_transit 97', 'debit 4001 fee 3', 'credit 2001 payer 100'),
  example('TR2 4', {}, {}, 'debit 2023 transfer_transit 100', 'credit 2090 suspense 100'),
  example('SA1', {}, {}, 'debit 2001 sub_account 100', 'credit 2001 payee 100'),
  // prettier-ignore
  example('SA1', {}, { sub_account: 'merchant', payee: 'merchant' }, 'debit 2004 sub_account 100', 'credit 2004 payee 100'),
  example('HD1', {}, {}, 'debit 2001 payer 100', 'credit 2002 payer 100'),
  example('HD1', {}, { payer: 'escrow' }, 'debit 2010 payer 100', 'credit 2002 payer 100'),
  example('HD2', {}, { payee: 'merchant' }, 'debit 2002 payer 100', 'credit 2004 payee 100'),
  example('HD3', {}, {}, 'debit 2002 payer 100', 'credit 2001 payer 100'),
  example('RE1', {}, {}, 'debit 1110 channel 100', 'credit 2090 suspense 100'),
  example('RE2 1', {}, {}, 'debit 1190 suspense_short 100', 'credit 1110 channel 100'),
  example('RE2 1', {}, { channel: 'bank' }, 'debit 1190 suspense_short 100', 'credit 1001 channel 100'),
  example('RE2 2', {}, {}, 'debit 5003 loss 100', 'credit 1190 suspense_short 100'),
];

function example(name: string, said: Partial<BookedEvent>, kinds: Kinds, ...legs: string[]): Example {
  const event = sampleEvent(name, said, kinds);
  return { code: event.event as TemplateCode, segment: event.segment, event, legs: legs.map(readLeg) };
}

/** 'debit 2003 pending 100' */
function readLeg(text: string): VoucherLeg {
  const [side, subject, account = '', amount] = text.split(' ');
  return { account, subject: Number(subject) as Subject, side: side as Side, amount: Number(amount) };
}
