// Payment machine. What a payment makes of every event; the payment itself is in payment.ts.

import { ANOMALY, REFUSED, SAME, type Transition } from './order-base.ts';
import type { PaymentStatus } from './payment.ts';

/**
 * start: its plan runs, or legs for the rest do. action_required, action_done: the payer has to go on elsewhere, and has. authorized: all legs
 * are done, the external one only kept back. capture, capture_refused: of what is kept back. succeeded, failed: all
 * legs are done; none is, and none has to be undone. undo, undone: the legs that are done go back; all are back.
 * mismatch: the channel names another amount or currency, or a part is here and the rest is waited for. accept: people took what came as payment. cancel: somebody
 * asked.
 */
export type PaymentEvent =
  | 'start'
  | 'action_required'
  | 'action_done'
  | 'authorized'
  | 'capture'
  | 'capture_refused'
  | 'succeeded'
  | 'failed'
  | 'undo'
  | 'undone'
  | 'mismatch'
  | 'accept'
  | 'cancel';

/**
 * A report for a payment that waits for its payer ends that first (`action_done`), then counts. What is refused while
 * canceling is money that came after all: its leg goes back with the others before `undone`. A capture of a part that
 * leaves the rest kept back ends as `authorized`.
 */
export function nextPayment(status: PaymentStatus, event: PaymentEvent): Transition<PaymentStatus> {
  switch (status) {
    case 'created':
      return fromCreated(event);
    case 'processing':
      return fromProcessing(event);
    case 'requires_action':
      return fromRequiresAction(event);
    case 'authorized':
      return fromAuthorized(event);
    case 'reversing':
      return fromReversing(event);
    case 'in_review':
      return fromInReview(event);
    case 'canceling':
      return fromCanceling(event);
    case 'succeeded':
      return fromSucceeded(event);
    case 'failed':
      return fromFailed(event);
    case 'canceled':
      return fromCanceled(event);
  }
}

/** True where nothing is due any more. */
export function isTerminalPayment(status: PaymentStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'canceled';
}

function fromCreated(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'start':
      return { to: 'processing' };
    case 'cancel':
      return { to: 'canceling' };
    case 'capture':
    case 'undo':
    case 'accept':
      return REFUSED;
    case 'action_required':
    case 'action_done':
    case 'authorized':
    case 'capture_refused':
    case 'succeeded':
    case 'failed':
    case 'undone':
    case 'mismatch':
      return ANOMALY;
  }
}

function fromProcessing(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'action_required':
      return { to: 'requires_action' };
    case 'authorized':
    case 'capture_refused':
      return { to: 'authorized' };
    case 'succeeded':
      return { to: 'succeeded' };
    case 'failed':
      return { to: 'failed' };
    case 'undo':
      return { to: 'reversing' };
    case 'mismatch':
      return { to: 'in_review' };
    case 'start':
    case 'action_done':
      return SAME;
    case 'capture':
    case 'accept':
    case 'cancel':
      return REFUSED;
    case 'undone':
      return ANOMALY;
  }
}

function fromRequiresAction(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'action_done':
      return { to: 'processing' };
    case 'cancel':
      return { to: 'canceling' };
    case 'start':
    case 'action_required':
      return SAME;
    case 'authorized':
    case 'capture':
    case 'succeeded':
    case 'failed':
    case 'undo':
    case 'mismatch':
    case 'accept':
      return REFUSED;
    case 'capture_refused':
    case 'undone':
      return ANOMALY;
  }
}

function fromAuthorized(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'capture':
      return { to: 'processing' };
    case 'cancel':
      return { to: 'canceling' };
    case 'start':
    case 'action_required':
    case 'action_done':
    case 'authorized':
    case 'capture_refused':
      return SAME;
    case 'undo':
    case 'accept':
      return REFUSED;
    case 'succeeded':
    case 'failed':
    case 'undone':
    case 'mismatch':
      return ANOMALY;
  }
}

function fromReversing(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'undone':
      return { to: 'failed' };
    case 'start':
    case 'action_required':
    case 'action_done':
    case 'capture_refused':
    case 'failed':
    case 'undo':
      return SAME;
    case 'capture':
    case 'accept':
    case 'cancel':
      return REFUSED;
    case 'authorized':
    case 'succeeded':
    case 'mismatch':
      return ANOMALY;
  }
}

function fromInReview(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'start':
      return { to: 'processing' };
    case 'undo':
      return { to: 'reversing' };
    case 'accept':
      return { to: 'succeeded' };
    case 'action_required':
    case 'action_done':
    case 'mismatch':
      return SAME;
    case 'capture':
    case 'cancel':
      return REFUSED;
    case 'authorized':
    case 'capture_refused':
    case 'succeeded':
    case 'failed':
    case 'undone':
      return ANOMALY;
  }
}

function fromCanceling(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'undone':
      return { to: 'canceled' };
    case 'action_required':
    case 'action_done':
    case 'capture_refused':
    case 'failed':
    case 'undo':
    case 'cancel':
      return SAME;
    case 'start':
    case 'authorized':
    case 'capture':
    case 'succeeded':
    case 'mismatch':
    case 'accept':
      return REFUSED;
  }
}

function fromSucceeded(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'start':
    case 'action_required':
    case 'action_done':
    case 'authorized':
    case 'succeeded':
    case 'accept':
      return SAME;
    case 'capture':
    case 'undo':
    case 'cancel':
      return REFUSED;
    case 'capture_refused':
    case 'failed':
    case 'undone':
    case 'mismatch':
      return ANOMALY;
  }
}

function fromFailed(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'start':
    case 'action_required':
    case 'action_done':
    case 'capture_refused':
    case 'failed':
    case 'undo':
    case 'undone':
      return SAME;
    case 'capture':
    case 'accept':
    case 'cancel':
      return REFUSED;
    case 'authorized':
    case 'succeeded':
    case 'mismatch':
      return ANOMALY;
  }
}

function fromCanceled(event: PaymentEvent): Transition<PaymentStatus> {
  switch (event) {
    case 'action_required':
    case 'action_done':
    case 'capture_refused':
    case 'failed':
    case 'undo':
    case 'undone':
    case 'cancel':
      return SAME;
    case 'start':
    case 'capture':
    case 'accept':
      return REFUSED;
    case 'authorized':
    case 'succeeded':
    case 'mismatch':
      return ANOMALY;
  }
}
