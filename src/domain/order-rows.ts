// Order rows. How a step of an order, a voucher and a callback lie in the journal.
//
// L1. Layouts are for ever; a new layout gets a new kind: a refund that gives a fee back has a row of its own around the one
// that it would have without. The places of codes and actions in their lists are part of
// them: the lists grow at the end.

import type { TemplateCode } from './books/template-table.ts';
import type { Context } from './context.ts';
import type { CallbackReceived, OrderStepped, RulesAdopted, VoucherLine, VoucherPosted } from './order-facts.ts';
import { orderRow, placeIn, readOrder, valueAt, type OrderRow } from './orders/order-layouts.ts';
import type { PostingAction } from './posting-lines.ts';

type OrderFact = OrderStepped | VoucherPosted | CallbackReceived | RulesAdopted;

const ACTIONS: readonly PostingAction[] = ['debit', 'credit', 'hold', 'expect', 'take', 'receive', 'release', 'forgo'];
// prettier-ignore
const CODES: readonly TemplateCode[] = [
  'RC1', 'RC2', 'PY1', 'PY2', 'PY3', 'PY4', 'GC1', 'ST1', 'RF1', 'RF2', 'RF3', 'RF4', 'WD1', 'WD2', 'WD3', 'WD4',
  'TR1', 'TR2', 'HD1', 'HD2', 'HD3', 'RE1', 'RE2',
  'SA1', 'RF5', 'WD5',
];

type SteppedRow = [kind: 20, context: number, previousSeq: number, order: OrderRow, key: string, fingerprint: string];
/** Kind of the row of a step of a refund that gives a fee back; the fact's own kind is that of the row within. */
export const FEES_ROW = 24;

type FeesRow = [
  kind: 24,
  context: number,
  fees: readonly (readonly [account: string, amount: number])[],
  row: SteppedRow,
];
type LineRow = readonly [account: string, action: number, amount: number, version: number, available: number];
// prettier-ignore
type VoucherRow = [
  kind: 21, context: number, code: number, segment: number, occurrence: number, order: string, currency: string,
  lines: readonly LineRow[], reversesSeq: number, reversesIndex: number,
];
type CallbackRow = [kind: 22, context: number, channel: string, raw: Uint8Array];
type RulesRow = [kind: 23, context: number, text: string, key: string];

/** `context`: place of the fact's context in its frame. Frames count from 1, so 0 says that nothing is taken back. */
export function orderFactRow(
  fact: OrderFact,
  context: number,
): SteppedRow | FeesRow | VoucherRow | CallbackRow | RulesRow {
  switch (fact.kind) {
    case 20: {
      const row: SteppedRow = [20, context, fact.previousSeq, orderRow(fact.order), fact.key, fact.fingerprint];
      const fees = fact.order.kind === 'refund' ? fact.order.fees : undefined;
      return fees ? [FEES_ROW, context, fees.map(({ account, amount }) => [account, amount]), row] : row;
    }
    case 21: {
      const { code, segment, occurrence, order, currency, lines, reverses } = fact;
      const { seq, index } = reverses ?? { seq: 0, index: 0 };
      const number = placeIn(CODES, code);
      return [21, context, number, segment, occurrence, order, currency, lines.map(lineRow), seq, index];
    }
    case 22:
      return [22, context, fact.channel, fact.raw];
    case 23:
      return [23, context, fact.text, fact.key];
  }
}

/** Reads what `orderFactRow` made. @throws Error for a row that a newer version wrote */
export function readOrderFact(row: readonly unknown[], context: Context): OrderFact {
  switch (row[0]) {
    case 20: {
      const [kind, , previousSeq, order, key, fingerprint] = row as unknown as SteppedRow;
      return { kind, context, key, fingerprint, previousSeq, order: readOrder(order) };
    }
    case FEES_ROW:
      return readFees(row as unknown as FeesRow, context);
    case 21:
      return readVoucher(row as unknown as VoucherRow, context);
    case 23: {
      const [kind, , text, key] = row as unknown as RulesRow;
      return { kind, context, text, key, fingerprint: '' };
    }
    default: {
      const [kind, , channel, raw] = row as unknown as CallbackRow;
      // A copy: what was read is a view of the whole frame.
      return { kind, context, channel, raw: Uint8Array.from(raw), key: '', fingerprint: '' };
    }
  }
}

function readFees([, , fees, row]: FeesRow, context: Context): OrderStepped {
  const [kind, , previousSeq, written, key, fingerprint] = row;
  const order = readOrder(written);
  if (order.kind !== 'refund') throw new Error(`a ${order.kind} gives no fee back`);
  const back = fees.map(([account, amount]) => ({ account, amount }));
  return { kind, context, key, fingerprint, previousSeq, order: { ...order, fees: back } };
}

function readVoucher(row: VoucherRow, context: Context): VoucherPosted {
  const [kind, , code, segment, occurrence, order, currency, lines, seq, index] = row;
  return {
    kind,
    context,
    code: valueAt(CODES, code),
    segment,
    occurrence,
    order,
    currency,
    lines: lines.map(readLine),
    reverses: seq === 0 ? null : { seq, index },
    key: '',
    fingerprint: '',
  };
}

function lineRow({ account, action, amount, version, available }: VoucherLine): LineRow {
  return [account, placeIn(ACTIONS, action), amount, version, available];
}

function readLine([account, action, amount, version, available]: LineRow): VoucherLine {
  return { account, action: valueAt(ACTIONS, action), amount, version, available };
}
