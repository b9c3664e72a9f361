// Replay. Brings the actors from a snapshot to the end of the journal, fact by fact. The same facts may be replayed any
// number of times: an account skips what its version has already.
//
// I4. A fact's version must be the account's next one, and its balance must follow from the one before. What does not
// fit is damage, and nobody pays out of a damaged ledger.

import { applyCredit, applyDebit, type Account, type Step } from '../src/domain/accounts.ts';
import {
  FACT_KIND,
  type AccountChanged,
  type AccountOpened,
  type AccountRuled,
  type DirectFact,
  type Fact,
  type IndirectFact,
  type Leg,
} from '../src/domain/facts.ts';
import { movedLegs } from '../src/domain/legs.ts';
import type { VoucherPosted } from '../src/domain/order-facts.ts';
import { EFFECTS, isBalanced } from '../src/domain/posting-lines.ts';
import { newAccount } from './accounts.ts';
import type { Desk } from './desk.ts';
import type { FrameFacts } from './frame-facts.ts';

/** The journal contradicts itself or its snapshot. */
export class Contradiction extends Error {
  override name = 'Contradiction';
}

/** @throws Contradiction */
export function replayFrame(desk: Desk, frame: FrameFacts): void {
  for (const [index, fact] of frame.facts.entries()) {
    mustBeOurs(desk, fact, frame.seq);
    replayFact(desk, fact, frame, index);
    desk.names.remember(fact, frame.seq);
  }
}

function mustBeOurs(desk: Desk, { context: { shadow } }: Fact, seq: number): void {
  if (shadow === desk.shadow) return;
  throw new Contradiction(`frame ${seq} has ${shadow ? 'stress traffic' : 'business'}, which is not this partition's`);
}

function replayFact(desk: Desk, fact: Fact, frame: FrameFacts, index: number): void {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
      replayLegs(desk, fact, frame);
      desk.transfers.replay(fact, frame.seq);
      return;
    case FACT_KIND.transferRouted:
    case FACT_KIND.creditsApplied:
      replayIndirect(desk, fact, frame);
      desk.transits.replay(fact, frame.seq);
      return;
    case FACT_KIND.subAccountGathered:
      replayIndirect(desk, fact, frame);
      return;
    case FACT_KIND.transferReversed:
      replayLegs(desk, fact, frame);
      return;
    case FACT_KIND.accountOpened:
      replayOpening(desk, fact, frame);
      return;
    case FACT_KIND.accountChanged:
    case FACT_KIND.accountRuled:
      replayChange(desk, fact, frame);
      return;
    case FACT_KIND.dayOpened:
      if (desk.calendar.replay(fact.date)) return;
      throw new Contradiction(`frame ${frame.seq}: day ${fact.date} was opened after ${desk.calendar.date}`);
    case FACT_KIND.voucherPosted:
      replayVoucher(desk, fact, frame);
      return;
    case FACT_KIND.orderStepped:
      desk.orders.replay(fact, frame.seq);
      desk.dayUses.replay(fact, frame.seq, index);
      return;
    case FACT_KIND.switchTurned:
      desk.switches.replay(fact, frame.seq);
      return;
    // Names are all that these are for.
    case FACT_KIND.batchAnswered:
    case FACT_KIND.keyRemembered:
    case FACT_KIND.callbackReceived:
    case FACT_KIND.rulesAdopted:
  }
}

function replayOpening(desk: Desk, fact: AccountOpened, frame: FrameFacts): void {
  const known = desk.accounts.find(fact.context.merchant, fact.account);
  if (known) desk.accounts.reopened(known.account);
  else desk.accounts.admit(newAccount(fact, frame.timeMs, frame.seq));
}

function replayLegs(desk: Desk, fact: DirectFact, frame: FrameFacts): void {
  const { step, moved } = fact;
  replayLeg(desk, fact, step, moved, fact.debit, applyDebit, frame);
  replayLeg(desk, fact, step, moved, fact.credit, applyCredit, frame);
}

function replayIndirect(desk: Desk, fact: IndirectFact, frame: FrameFacts): void {
  const { step, amount } = fact;
  const { from, to } = movedLegs(fact);
  replayLeg(desk, fact, step, amount, from, applyDebit, frame);
  replayLeg(desk, fact, step, amount, to, applyCredit, frame);
}

function replayVoucher(desk: Desk, fact: VoucherPosted, frame: FrameFacts): void {
  const { code, order, lines } = fact;
  if (!isBalanced(lines)) throw new Contradiction(`frame ${frame.seq}: voucher ${code} of ${order} does not balance`);
  for (const line of lines) {
    const { step, side } = EFFECTS[line.action];
    replayLeg(desk, fact, step, line.amount, line, side === 'debit' ? applyDebit : applyCredit, frame);
  }
}

function replayLeg(
  desk: Desk,
  fact: Fact,
  step: Step,
  moved: number,
  leg: Leg,
  apply: typeof applyDebit,
  frame: FrameFacts,
): void {
  const cell = desk.accounts.find(fact.context.merchant, leg.account);
  if (!cell) throw new Contradiction(`frame ${frame.seq}: account ${leg.account} was never opened`);
  const { account } = cell;
  if (leg.version <= account.version) return;
  follows(account, leg.version, frame);
  apply(account, step, moved);
  if (account.available !== leg.available) {
    throw new Contradiction(
      `frame ${frame.seq}: balance of ${leg.account} does not follow from version ${leg.version - 1}`,
    );
  }
  touched(desk, cell, frame);
}

function replayChange(desk: Desk, fact: AccountChanged | AccountRuled, frame: FrameFacts): void {
  const cell = desk.accounts.find(fact.context.merchant, fact.account);
  if (!cell) throw new Contradiction(`frame ${frame.seq}: account ${fact.account} was never opened`);
  const { account } = cell;
  if (fact.version <= account.version) return;
  follows(account, fact.version, frame);
  const { version, status, creditLimit, metadata } = fact;
  Object.assign(account, { version, status, creditLimit, metadata });
  if (fact.kind === FACT_KIND.accountRuled) account.crediting = fact.crediting;
  touched(desk, cell, frame);
}

function follows(account: Account, version: number, frame: FrameFacts): void {
  if (version === account.version + 1) return;
  throw new Contradiction(
    `frame ${frame.seq}: account ${account.id} jumps from version ${account.version} to ${version}`,
  );
}

type AccountCell = NonNullable<ReturnType<Desk['accounts']['find']>>;

function touched(desk: Desk, cell: AccountCell, frame: FrameFacts): void {
  cell.account.updatedAtMs = frame.timeMs;
  cell.account.lastSeq = frame.seq;
  desk.accounts.changed(cell);
}
