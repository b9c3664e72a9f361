// Posted vouchers. From the fact of a voucher back to double entry, for whoever books it and whoever asks to see it.
//
// W1. What is read is judged as what is made: by its template, and by the kinds of its accounts. W2. Each line has the
// legs of its action and no others; a promise has none, for nothing has moved.

import type { FactPosition } from '../ids.ts';
import type { VoucherPosted } from '../order-facts.ts';
import { isBalanced, type PostingAction, type PostingLine } from '../posting-lines.ts';
import { holdOf, segmentOf, type VoucherRequest } from './order-voucher.ts';
import { AVAILABLE, subjectsOfKind } from './subjects.ts';
import { TEMPLATES, type Segment, type TemplateLeg } from './template-table.ts';
import type { EventRefusal } from './templates.ts';
import { voucherId, voucherKey, type Side, type Voucher, type VoucherLeg } from './voucher.ts';

/** Kind of an account (`Account.kind`); undefined where it is not known, and then any is taken. */
export type KindOf = (account: string) => string | undefined;

/** Which money of its account a line moves, and to which side. */
type LineLeg = { readonly side: Side; readonly money: 'available' | 'held' };

const DEBIT: LineLeg = { side: 'debit', money: 'available' };
const CREDIT: LineLeg = { side: 'credit', money: 'available' };
const TAKE: LineLeg = { side: 'debit', money: 'held' };
const HOLD: LineLeg = { side: 'credit', money: 'held' };

const LEGS: Readonly<Record<PostingAction, readonly LineLeg[]>> = {
  debit: [DEBIT],
  credit: [CREDIT],
  hold: [DEBIT, HOLD],
  expect: [],
  take: [TAKE],
  receive: [CREDIT],
  release: [TAKE, CREDIT],
  forgo: [],
};

/** Is this what its template books? null: yes. */
export function refuseVoucher(voucher: VoucherRequest, kindOf: KindOf): EventRefusal | null {
  const { code, segment, lines, reverses } = voucher;
  if (!Object.hasOwn(TEMPLATES, code)) return 'event_unknown';
  const template = segmentOf(code, segment);
  if (!template) return 'segment_unknown';
  if (!isBalanced(lines)) return 'unbalanced';
  for (const line of lines) {
    if (!isOf(template, line, reverses !== null, kindOf(line.account))) return 'kind_not_allowed';
  }
  return null;
}

function isOf(template: Segment, { action }: PostingLine, reversed: boolean, kind: string | undefined): boolean {
  const hold = holdOf(template);
  if (action === 'expect') return hold === 'begun';
  if (action === 'forgo') return hold === 'ended';
  return LEGS[action].every((leg) => template.some((one) => isLeg(one, leg, reversed, kind)));
}

/** Taken back, what came out of a hold goes to what its owner can spend, whatever the owner's kind. */
function isLeg(one: TemplateLeg, { side, money }: LineLeg, reversed: boolean, kind: string | undefined): boolean {
  if ((one.side === side) === reversed) return false;
  const { subjects } = one;
  if (reversed ? money !== 'available' : money !== one.money) return false;
  if (kind === undefined) return true;
  return (reversed && one.money === 'held' ? AVAILABLE : subjects).includes(subjectsOfKind(kind)[money]);
}

/** A fact of the journal, and when the frame of the voucher that it takes back was written, ms since 1970; 0 for none. */
export type Posted = { readonly fact: VoucherPosted; readonly reversedMs: number };

/**
 * `position` and `timeMs` are the fact's in the journal, `accountingDate` (YYYY-MM-DD) the day that was open there.
 * @throws Error for a fact that no template takes: the engine has never stated one.
 */
export function voucherOfPosted(
  { fact, reversedMs }: Posted,
  position: FactPosition,
  timeMs: number,
  accountingDate: string,
  kindOf: (account: string) => string,
): Voucher {
  const refused = refuseVoucher(fact, kindOf);
  if (refused) throw new Error(`fact ${position.index} of frame ${position.seq} has no voucher: ${refused}`);
  const { code, segment, occurrence, order, currency, reverses } = fact;
  const key = voucherKey(code, occurrence, order, segment);
  return {
    id: voucherId(timeMs, position),
    event: code,
    order,
    segment,
    key: reverses ? `RV-${key}` : key,
    accountingDate,
    currency,
    merchant: fact.context.merchant,
    legs: fact.lines.flatMap((line) => legsOf(line, kindOf(line.account))),
    reverses: reverses && voucherId(reversedMs, reverses),
  };
}

function legsOf({ account, action, amount }: PostingLine, kind: string): VoucherLeg[] {
  const subjects = subjectsOfKind(kind);
  return LEGS[action].map(({ side, money }) => ({ account, subject: subjects[money], side, amount }));
}
