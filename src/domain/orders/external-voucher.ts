// External voucher. A token that a channel gives out before anything is paid: an address to pay at, a code to scan. The
// payer uses it there; it moves no money itself.
//
// E1. It is asked for once: a channel that did not answer is not asked under this number again. E2. Failed, expired and
// closed are final: a token that comes later is not used. E3. What it was asked under is a channel order. Whether that was
// paid is for the channel to say: a voucher of no use has it closed there, and stays due until it is at an end.

import { ANOMALY, REFUSED, SAME, type OrderBase, type Transition } from './order-base.ts';

export type ExternalVoucherStatus = 'issued' | 'requesting' | 'ready' | 'failed' | 'expired' | 'closed';

export type ExternalVoucher = OrderBase & {
  readonly kind: 'external_voucher';
  /** The payment that it is for, and which of its instructions (from 0). */
  readonly payment: string;
  readonly instruction: number;
  readonly channel: string;
  /** Under which the channel is asked, and which says what became of the money. */
  readonly channelOrder: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: ExternalVoucherStatus;
  /** What the payer needs there; '' until the channel gave it. */
  readonly token: string;
  /** Until when it can be used, ms since 1970; 0 until the channel said so. */
  readonly expiresAtMs: number;
  /** What the channel said, or that it said nothing; '' unless it failed. */
  readonly failure: string;
  /** How often the channel was asked to close what it was asked for. */
  readonly closes: number;
};

/** What a payer needs to pay at the channel. */
export type PrepaidToken = Pick<ExternalVoucher, 'token' | 'expiresAtMs'>;

/** The beginning of its ids: who has one for a parent was asked for by a voucher. */
const ID_PREFIX = 'ext_';

/** True for the id of an external voucher. */
export function isExternalVoucherId(id: string): boolean {
  return id.startsWith(ID_PREFIX);
}

/**
 * request: the channel is asked for it. ready, failed: its answer. expire: its time is over. close: it is not wanted
 * any more.
 */
export type ExternalVoucherEvent = 'request' | 'ready' | 'failed' | 'expire' | 'close';

/** A token that comes after its voucher was given up stays unused: `ready` changes nothing then. */
export function nextExternalVoucher(
  status: ExternalVoucherStatus,
  event: ExternalVoucherEvent,
): Transition<ExternalVoucherStatus> {
  switch (status) {
    case 'issued':
      return fromIssued(event);
    case 'requesting':
      return fromRequesting(event);
    case 'ready':
      return fromReady(event);
    case 'failed':
      return fromFailed(event);
    case 'expired':
      return fromExpired(event);
    case 'closed':
      return fromClosed(event);
  }
}

/** True where the voucher is of no use any more. */
export function isTerminalExternalVoucher(status: ExternalVoucherStatus): boolean {
  return status === 'failed' || status === 'expired' || status === 'closed';
}

function fromIssued(event: ExternalVoucherEvent): Transition<ExternalVoucherStatus> {
  switch (event) {
    case 'request':
      return { to: 'requesting' };
    case 'expire':
      return { to: 'expired' };
    case 'close':
      return { to: 'closed' };
    case 'ready':
    case 'failed':
      return ANOMALY;
  }
}

function fromRequesting(event: ExternalVoucherEvent): Transition<ExternalVoucherStatus> {
  switch (event) {
    case 'ready':
      return { to: 'ready' };
    case 'failed':
      return { to: 'failed' };
    case 'expire':
      return { to: 'expired' };
    case 'close':
      return { to: 'closed' };
    case 'request':
      return SAME;
  }
}

function fromReady(event: ExternalVoucherEvent): Transition<ExternalVoucherStatus> {
  switch (event) {
    case 'expire':
      return { to: 'expired' };
    case 'close':
      return { to: 'closed' };
    case 'request':
    case 'ready':
      return SAME;
    case 'failed':
      return ANOMALY;
  }
}

function fromFailed(event: ExternalVoucherEvent): Transition<ExternalVoucherStatus> {
  switch (event) {
    case 'failed':
    case 'expire':
    case 'close':
      return SAME;
    case 'request':
      return REFUSED;
    case 'ready':
      return ANOMALY;
  }
}

function fromExpired(event: ExternalVoucherEvent): Transition<ExternalVoucherStatus> {
  switch (event) {
    case 'ready':
    case 'failed':
    case 'expire':
    case 'close':
      return SAME;
    case 'request':
      return REFUSED;
  }
}

function fromClosed(event: ExternalVoucherEvent): Transition<ExternalVoucherStatus> {
  switch (event) {
    case 'ready':
    case 'failed':
    case 'expire':
    case 'close':
      return SAME;
    case 'request':
      return REFUSED;
  }
}
