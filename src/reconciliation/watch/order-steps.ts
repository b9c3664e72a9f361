// Order steps. Which states may be seen one after the other in the facts of an order, and what of it never changes: written
// down a second time, on purpose, from the design and not from the machines.
//
// S1. One fact may have several steps of the machine in it, so a state may be followed by what can be reached in one turn.
// S2. An order at an end takes no step but those that the outside forces upon it: late success, return, bounce.
// Source: payments design, "Machines".

import type { Order, OrderKind } from '../../domain/orders/order.ts';

type Steps = Readonly<Record<string, readonly string[]>>;

/** After each state, the others that may be seen next; '' is before the first fact. The same state again always may. */
const NEXT: Readonly<Record<OrderKind, Steps>> = {
  trade: {
    '': ['open'],
    open: ['paid', 'completed', 'closing', 'closed'],
    closing: ['paid', 'completed', 'closed'],
    paid: ['completed'],
    // A refund came to nothing when the payees had the rest already, and they do not take what it had kept back.
    completed: ['paid'],
    closed: [],
  },
  payment: {
    '': ['created', 'processing', 'authorized', 'succeeded'],
    created: ['processing', 'authorized', 'succeeded', 'canceling', 'canceled', 'failed'],
    processing: [
      'requires_action',
      'authorized',
      'succeeded',
      'failed',
      'canceled',
      'reversing',
      'in_review',
      'canceling',
    ],
    requires_action: [
      'processing',
      'authorized',
      'succeeded',
      'failed',
      'canceled',
      'reversing',
      'in_review',
      'canceling',
    ],
    authorized: ['processing', 'succeeded', 'failed', 'canceled', 'reversing', 'canceling'],
    reversing: ['failed', 'canceled'],
    in_review: ['reversing', 'succeeded', 'failed', 'canceled'],
    // Succeeded: the trade closes, and its rule takes money that comes after all.
    canceling: ['canceled', 'failed', 'reversing', 'in_review', 'succeeded'],
    succeeded: [],
    failed: [],
    canceled: [],
  },
  channel_order: {
    '': ['created', 'sent', 'failed'],
    created: ['sent', 'failed', 'unknown'],
    sent: ['accepted', 'requires_action', 'succeeded', 'failed', 'unknown'],
    accepted: ['succeeded', 'failed', 'closed', 'unknown'],
    requires_action: ['succeeded', 'failed', 'closed', 'unknown'],
    unknown: ['accepted', 'succeeded', 'failed', 'closed'],
    failed: ['late_succeeded'],
    closed: ['late_succeeded'],
    succeeded: [],
    late_succeeded: [],
  },
  refund: {
    '': ['created', 'pending_approval', 'processing', 'succeeded'],
    created: ['pending_approval', 'processing', 'succeeded', 'canceled'],
    pending_approval: ['processing', 'succeeded', 'canceled', 'needs_attention'],
    processing: ['needs_attention', 'succeeded', 'failed', 'canceled'],
    needs_attention: ['processing', 'succeeded', 'failed', 'canceled'],
    succeeded: ['bounced'],
    failed: [],
    canceled: [],
    bounced: [],
  },
  withdrawal: {
    '': ['created', 'pending_approval', 'approved', 'processing'],
    created: ['pending_approval', 'approved', 'processing', 'canceled'],
    pending_approval: ['approved', 'processing', 'canceled', 'needs_attention'],
    approved: ['processing', 'canceled', 'needs_attention'],
    processing: ['needs_attention', 'succeeded', 'failed'],
    // Canceled, returned: the account that did not take its money does so now.
    needs_attention: ['processing', 'succeeded', 'failed', 'canceled', 'returned'],
    succeeded: ['returned', 'needs_attention'],
    failed: [],
    canceled: [],
    returned: [],
  },
  case: { '': ['open'], open: ['proposed', 'resolved'], proposed: ['open', 'resolved'], resolved: [] },
  external_voucher: {
    '': ['issued', 'requesting'],
    issued: ['requesting', 'expired', 'closed'],
    requesting: ['ready', 'failed', 'expired', 'closed'],
    ready: ['expired', 'closed'],
    failed: [],
    expired: [],
    closed: [],
  },
};

const ENDS: Readonly<Record<OrderKind, readonly string[]>> = {
  trade: ['completed', 'closed'],
  payment: ['succeeded', 'failed', 'canceled'],
  channel_order: ['succeeded', 'failed', 'closed', 'late_succeeded'],
  refund: ['succeeded', 'failed', 'canceled', 'bounced'],
  withdrawal: ['succeeded', 'failed', 'canceled', 'returned'],
  case: ['resolved'],
  external_voucher: ['failed', 'expired', 'closed'],
};

/** What is remembered of an order to judge its next fact. */
export type Step = {
  readonly kind: OrderKind;
  readonly status: string;
  readonly version: number;
  /** Frame of its fact. */
  readonly seq: number;
  /** What was agreed, in one text. */
  readonly agreed: string;
};

export function isEnded({ kind, status }: Pick<Step, 'kind' | 'status'>): boolean {
  return ENDS[kind].includes(status);
}

export function stepOf(order: Order, seq: number): Step {
  return { kind: order.kind, status: order.status, version: order.version, seq, agreed: agreedOf(order).join('\n') };
}

/** Why the order cannot have gone from one fact to the next; null when it can. `before`: undefined for the first. */
export function judgeStep(before: Step | undefined, after: Step, previousSeq: number): string | null {
  if (before && before.kind !== after.kind) return `a ${before.kind} became a ${after.kind}`;
  const version = (before?.version ?? 0) + 1;
  if (after.version !== version) return `step ${after.version} came where step ${version} was due`;
  if (previousSeq !== (before?.seq ?? 0)) return `it names frame ${previousSeq} as the one before, not ${before?.seq}`;
  if (before && before.agreed !== after.agreed) return 'what was agreed has changed';
  const status = before?.status ?? '';
  if (status === after.status || NEXT[after.kind][status]?.includes(after.status)) return null;
  return `${after.status} does not follow ${status || 'nothing'}`;
}

function agreedOf(order: Order): readonly (string | number)[] {
  switch (order.kind) {
    case 'trade': {
      const { createdAtMs, outTradeNo, product, ruleVersion, type, payer, amount, currency, payees } = order;
      const parts = payees.flatMap((payee) => [payee.account, payee.amount]);
      return [createdAtMs, outTradeNo, product, ruleVersion, type, payer, amount, currency, ...parts];
    }
    case 'payment': {
      // Its legs are not: one that brings less than it was to is followed by one for the rest.
      const { createdAtMs, trade, attempt, payer, amount, currency, capture } = order;
      return [createdAtMs, trade, attempt, payer, amount, currency, capture];
    }
    case 'channel_order': {
      const { createdAtMs, channel, verb, parent, instruction, original, destination, amount, currency } = order;
      return [createdAtMs, channel, verb, parent, instruction, original, destination, amount, currency];
    }
    case 'refund': {
      const { createdAtMs, trade, payment, amount, currency, cause } = order;
      return [createdAtMs, trade, payment, amount, currency, cause];
    }
    case 'withdrawal': {
      const { createdAtMs, product, ruleVersion, account, destination, amount, fee, currency } = order;
      return [createdAtMs, product, ruleVersion, account, destination, amount, fee, currency];
    }
    case 'case': {
      const { createdAtMs, type, order: about, amount, currency } = order;
      return [createdAtMs, type, about, amount, currency];
    }
    case 'external_voucher': {
      const { createdAtMs, payment, instruction, channel, amount, currency } = order;
      return [createdAtMs, payment, instruction, channel, amount, currency];
    }
  }
}
