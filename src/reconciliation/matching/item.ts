// Reconciliation item. One thing that both sides should have: what became of it, and what people did about it.
//
// I1. What one person proposes, another one confirms. I2. A difference goes away by a repair or a write-off only: a bill that
// says otherwise later is a contradiction, which somebody looks at.

import { judgeSecondPerson } from '../../domain/orders/approvals.ts';
import { ANOMALY, REFUSED, SAME, type Refused, type Transition } from '../../domain/orders/order-base.ts';
import type { DifferenceKind } from './difference.ts';

/** case: people look at it. repair_proposed, write_off_proposed: one of them has said what to do. */
export type ItemStatus =
  | 'expected'
  | 'matched'
  | DifferenceKind
  | 'case'
  | 'repair_proposed'
  | 'write_off_proposed'
  | 'repaired'
  | 'written_off';

/** People ask for these. */
type Asked = 'open_case' | 'propose_repair' | 'propose_write_off' | 'confirm' | 'reject';

/** A matching found a match or a difference; or somebody asks for something. */
export type ItemEvent = 'match' | DifferenceKind | Asked;

type Step = Transition<ItemStatus>;

export function nextItem(status: ItemStatus, event: ItemEvent): Step {
  switch (event) {
    case 'match':
      return afterMatch(status);
    case 'UNPARSED':
    case 'CHANNEL_ONLY':
    case 'LOCAL_ONLY':
    case 'DUPLICATE':
    case 'CURRENCY_DIFF':
    case 'STATUS_DIFF':
    case 'AMOUNT_DIFF':
    case 'FEE_DIFF':
    case 'LATE':
      return afterDifference(status, event);
    case 'open_case':
    case 'propose_repair':
    case 'propose_write_off':
    case 'confirm':
    case 'reject':
      return afterAsking(status, event);
  }
}

/** True where nothing is left to be done about it. */
export function isTerminalItem(status: ItemStatus): boolean {
  return status === 'matched' || status === 'repaired' || status === 'written_off';
}

/** Null when this person may confirm or reject what another one proposed (I1); ids of keys. */
export function judgeReview(proposedBy: string, reviewer: string): Refused | null {
  return judgeSecondPerson(proposedBy, reviewer);
}

/** What a repair was to bring about is a match; what was missing and came after all is late. */
function afterMatch(status: ItemStatus): Step {
  switch (status) {
    case 'expected':
      return { to: 'matched' };
    case 'matched':
    case 'repaired':
    case 'LATE':
      return SAME;
    case 'CHANNEL_ONLY':
    case 'LOCAL_ONLY':
      return { to: 'LATE' };
    case 'UNPARSED':
    case 'DUPLICATE':
    case 'CURRENCY_DIFF':
    case 'STATUS_DIFF':
    case 'AMOUNT_DIFF':
    case 'FEE_DIFF':
    case 'case':
    case 'repair_proposed':
    case 'write_off_proposed':
    case 'written_off':
      return ANOMALY;
  }
}

/** While people look at it a rerun finds it again, and after a write-off too; after a repair it should not. */
function afterDifference(status: ItemStatus, kind: DifferenceKind): Step {
  switch (status) {
    case 'expected':
      return { to: kind };
    case 'CHANNEL_ONLY':
    case 'LOCAL_ONLY':
      return kind === 'LATE' ? { to: 'LATE' } : again(status, kind);
    case 'UNPARSED':
    case 'DUPLICATE':
    case 'CURRENCY_DIFF':
    case 'STATUS_DIFF':
    case 'AMOUNT_DIFF':
    case 'FEE_DIFF':
    case 'LATE':
      return again(status, kind);
    case 'case':
    case 'repair_proposed':
    case 'write_off_proposed':
    case 'written_off':
      return SAME;
    case 'matched':
    case 'repaired':
      return ANOMALY;
  }
}

function again(status: DifferenceKind, kind: DifferenceKind): Step {
  return status === kind ? SAME : ANOMALY;
}

function afterAsking(status: ItemStatus, event: Asked): Step {
  switch (status) {
    case 'UNPARSED':
    case 'CHANNEL_ONLY':
    case 'LOCAL_ONLY':
    case 'DUPLICATE':
    case 'CURRENCY_DIFF':
    case 'STATUS_DIFF':
    case 'AMOUNT_DIFF':
    case 'FEE_DIFF':
    case 'LATE':
      return event === 'open_case' ? { to: 'case' } : REFUSED;
    case 'case':
      return proposal(event);
    case 'repair_proposed':
      return review(event, 'repaired');
    case 'write_off_proposed':
      return review(event, 'written_off');
    case 'repaired':
    case 'written_off':
      return event === 'confirm' ? SAME : REFUSED;
    case 'expected':
    case 'matched':
      return REFUSED;
  }
}

function proposal(event: Asked): Step {
  switch (event) {
    case 'open_case':
      return SAME;
    case 'propose_repair':
      return { to: 'repair_proposed' };
    case 'propose_write_off':
      return { to: 'write_off_proposed' };
    case 'confirm':
    case 'reject':
      return REFUSED;
  }
}

function review(event: Asked, end: 'repaired' | 'written_off'): Step {
  switch (event) {
    case 'confirm':
      return { to: end };
    case 'reject':
      return { to: 'case' };
    case 'open_case':
    case 'propose_repair':
    case 'propose_write_off':
      return REFUSED;
  }
}
