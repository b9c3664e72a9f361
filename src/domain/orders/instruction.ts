// Instruction. A leg of a payment: so much by one instrument.
//
// I1. refunded + refundReserved ≤ captured ≤ authorized ≤ amount. I2. What is unknown is neither run again nor undone.

import { ANOMALY, REFUSED, SAME, type Transition } from './order-base.ts';

export type InstructionStatus = 'planned' | 'executing' | 'done' | 'refused' | 'unknown' | 'reversing' | 'reversed';

/** A leg of a payment: so much by this instrument. */
export type Instruction = {
  /** Name of the plug-in: balance, coupon, channel, … */
  readonly instrument: string;
  /** Where the money comes from: the payer's account, the budget, the clearing account of the channel. */
  readonly account: string;
  /** '' unless a channel is asked. */
  readonly channel: string;
  readonly amount: number;
  readonly status: InstructionStatus;
  /** What was asked of the channel; '' before. */
  readonly channelOrder: string;
  /** Minor units: kept back for it, taken, and of that on its way back or back. */
  readonly authorized: number;
  readonly captured: number;
  readonly refundReserved: number;
  readonly refunded: number;
};

/**
 * execute: it runs. done, refused, unknown: what came of it. reverse: it is undone. reversed, reverse_failed: what
 * came of that.
 */
export type InstructionEvent = 'execute' | 'done' | 'refused' | 'unknown' | 'reverse' | 'reversed' | 'reverse_failed';

/** A leg is undone only when its outcome is known (P2). An undoing that fails stays one and is tried again. */
export function nextInstruction(status: InstructionStatus, event: InstructionEvent): Transition<InstructionStatus> {
  switch (status) {
    case 'planned':
      return fromPlanned(event);
    case 'executing':
      return fromExecuting(event);
    case 'unknown':
      return fromUnknown(event);
    case 'done':
      return fromDone(event);
    case 'refused':
      return fromRefused(event);
    case 'reversing':
      return fromReversing(event);
    case 'reversed':
      return fromReversed(event);
  }
}

/** True while it neither runs nor is being undone; what is done can still be undone. */
export function isTerminalInstruction(status: InstructionStatus): boolean {
  return status === 'done' || status === 'refused' || status === 'reversed';
}

function fromPlanned(event: InstructionEvent): Transition<InstructionStatus> {
  switch (event) {
    case 'execute':
      return { to: 'executing' };
    case 'reverse':
      return SAME;
    case 'done':
    case 'refused':
    case 'unknown':
    case 'reversed':
    case 'reverse_failed':
      return ANOMALY;
  }
}

function fromExecuting(event: InstructionEvent): Transition<InstructionStatus> {
  switch (event) {
    case 'done':
      return { to: 'done' };
    case 'refused':
      return { to: 'refused' };
    case 'unknown':
      return { to: 'unknown' };
    case 'execute':
      return SAME;
    case 'reverse':
      return REFUSED;
    case 'reversed':
    case 'reverse_failed':
      return ANOMALY;
  }
}

function fromUnknown(event: InstructionEvent): Transition<InstructionStatus> {
  switch (event) {
    case 'done':
      return { to: 'done' };
    case 'refused':
      return { to: 'refused' };
    case 'unknown':
      return SAME;
    case 'execute':
    case 'reverse':
      return REFUSED;
    case 'reversed':
    case 'reverse_failed':
      return ANOMALY;
  }
}

function fromDone(event: InstructionEvent): Transition<InstructionStatus> {
  switch (event) {
    case 'reverse':
      return { to: 'reversing' };
    case 'execute':
    case 'done':
    case 'unknown':
      return SAME;
    case 'refused':
    case 'reversed':
    case 'reverse_failed':
      return ANOMALY;
  }
}

function fromRefused(event: InstructionEvent): Transition<InstructionStatus> {
  switch (event) {
    case 'refused':
    case 'unknown':
    case 'reverse':
      return SAME;
    case 'execute':
      return REFUSED;
    case 'done':
    case 'reversed':
    case 'reverse_failed':
      return ANOMALY;
  }
}

function fromReversing(event: InstructionEvent): Transition<InstructionStatus> {
  switch (event) {
    case 'reversed':
      return { to: 'reversed' };
    case 'done':
    case 'unknown':
    case 'reverse':
    case 'reverse_failed':
      return SAME;
    case 'execute':
      return REFUSED;
    case 'refused':
      return ANOMALY;
  }
}

function fromReversed(event: InstructionEvent): Transition<InstructionStatus> {
  switch (event) {
    case 'done':
    case 'unknown':
    case 'reverse':
    case 'reversed':
      return SAME;
    case 'execute':
      return REFUSED;
    case 'refused':
    case 'reverse_failed':
      return ANOMALY;
  }
}
