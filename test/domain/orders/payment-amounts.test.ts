import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  authorizeLeg,
  captureLeg,
  legRefundBounced,
  legRefundDone,
  legRefundFailed,
  releaseLeg,
  reserveLegRefund,
} from '../../../src/domain/orders/instruction-amounts.ts';
import type { Instruction, InstructionStatus } from '../../../src/domain/orders/instruction.ts';
import { isRefused } from '../../../src/domain/orders/order-base.ts';
import {
  capturableSum,
  capturedSum,
  changeLegs,
  isComplete,
  legsToUndo,
  refundableSum,
  spreadCapture,
  spreadRefund,
  succeededSum,
  type Part,
} from '../../../src/domain/orders/payment-amounts.ts';
import type { Payment } from '../../../src/domain/orders/payment.ts';
import { sampleLeg, samplePayment } from './support/samples.ts';

/** A payment of three legs, coupon, balance and channel, all of them done and kept back. */
function authorized(...amounts: number[]): Payment {
  return samplePayment(amounts.map((amount) => authorizeLeg(sampleLeg({ amount, status: 'done' }))));
}

/** The same, taken. */
function paid(...amounts: number[]): Payment {
  return samplePayment(authorized(...amounts).instructions.map((leg) => captureLeg(leg, leg.amount)));
}

function inStates(...states: InstructionStatus[]): Payment {
  return samplePayment(states.map((status) => sampleLeg({ status, amount: 10 })));
}

describe('a payment is complete', () => {
  test.each<[boolean, number, InstructionStatus[]]>([
    [true, 30, ['done', 'done', 'done']],
    [false, 20, ['done', 'done', 'executing']],
    [false, 20, ['done', 'done', 'unknown']],
    [false, 20, ['done', 'done', 'refused']],
    [false, 10, ['done', 'reversing', 'reversed']],
    [false, 0, ['planned', 'planned', 'planned']],
  ])('%s, with %i succeeded, when its legs are %o', (complete, sum, states) => {
    expect([isComplete(inStates(...states)), succeededSum(inStates(...states))]).toEqual([complete, sum]);
  });

  test('only when nothing is missing of its amount', () => {
    expect(isComplete({ ...inStates('done', 'done'), amount: 21 })).toBe(false);
    expect(isComplete({ ...inStates('done', 'done', 'refused'), amount: 20 })).toBe(false);
  });
});

describe('what has to be undone', () => {
  test.each<[InstructionStatus[], object]>([
    [['done', 'done', 'refused'], { undo: [1, 0] }],
    [['done', 'refused', 'planned'], { undo: [0] }],
    [['refused', 'planned', 'planned'], { undo: [] }],
    [['done', 'reversing', 'reversed'], { undo: [1, 0] }],
    [['reversed', 'reversed', 'refused'], { undo: [] }],
    [['done', 'done', 'done'], { undo: [2, 1, 0] }],
    [['done', 'done', 'unknown'], { waitFor: [2] }],
    [['done', 'executing', 'unknown'], { waitFor: [1, 2] }],
  ])('of %o is %o', (states, expected) => {
    expect(legsToUndo(inStates(...states))).toEqual(expected);
  });
});

describe('a refund is spread', () => {
  test.each<[string, number[], number, [number, number][]]>([
    ['over all legs in proportion, the external one first', [20, 30, 50], 10, [[2, 5], [1, 3], [0, 2]]], // prettier-ignore
    ['to the unit', [1, 1, 1], 2, [[1, 1], [0, 1]]], // prettier-ignore
    ['whole, when it is all', [20, 30, 50], 100, [[2, 50], [1, 30], [0, 20]]], // prettier-ignore
    ['on the only leg', [100], 7, [[0, 7]]],
  ])('%s', (_, amounts, amount, expected) => {
    expect(spreadRefund(paid(...amounts), amount)).toEqual(expected.map(([instruction, part]) => ({ instruction, amount: part }))); // prettier-ignore
  });

  test('and refused above the rest', () => {
    const half = reserve(paid(50, 50), 60);
    expect(spreadRefund(half, 41)).toEqual({ refused: 'refund_exceeds_paid', detail: '40 can go back' });
  });

  test('many small ones return each leg exactly', () => {
    const legs = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(legs, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (amounts, sizes) => {
        let payment = paid(...amounts);
        for (let turn = 0; refundableSum(payment) > 0; turn++) {
          const amount = Math.min(sizes[turn % sizes.length] ?? 1, refundableSum(payment));
          const parts = spreadRefund(payment, amount) as readonly Part[];
          expect(parts.reduce((sum, part) => sum + part.amount, 0)).toBe(amount);
          payment = changeLegs(changeLegs(payment, parts, reserveLegRefund), parts, legRefundDone);
        }
        expect(payment.instructions.map(({ refunded }) => refunded)).toEqual(amounts);
      }),
    );
  });
});

function reserve(payment: Payment, amount: number): Payment {
  const parts = spreadRefund(payment, amount);
  if (isRefused(parts)) throw new Error(parts.refused);
  return changeLegs(payment, parts, reserveLegRefund);
}

describe('captures in parts', () => {
  test('take from all legs until nothing remains', () => {
    let payment = authorized(40, 60);
    for (const [amount, left] of [
      [50, 50],
      [49, 1],
      [1, 0],
    ] as const) {
      // prettier-ignore
      payment = changeLegs(payment, spreadCapture(payment, amount) as readonly Part[], captureLeg);
      expect([capturableSum(payment), capturedSum(payment)]).toEqual([left, 100 - left]);
    }
    expect(payment.instructions.map(({ captured }) => captured)).toEqual([40, 60]);
    expect(spreadCapture(payment, 1)).toMatchObject({ refused: 'payment_not_capturable' });
  });

  test('never take more than is kept back', () => {
    expect(spreadCapture(authorized(40, 60), 101)).toEqual({
      refused: 'capture_exceeds_authorized',
      detail: '100 can be captured',
    });
    expect(spreadCapture(samplePayment([sampleLeg()]), 1)).toMatchObject({ refused: 'payment_not_capturable' });
  });

  test('give the rest back, which can then be neither captured nor refunded', () => {
    const part = changeLegs(authorized(40, 60), [{ instruction: 1, amount: 25 }], captureLeg);
    const released = samplePayment(part.instructions.map(releaseLeg));
    expect([capturableSum(released), refundableSum(released)]).toEqual([0, 25]);
  });

  test('leave what a refund of the rest would leave', () => {
    const captured = changeLegs(authorized(30, 70), spreadCapture(authorized(30, 70), 60) as Part[], captureLeg);
    const back = reserve(paid(30, 70), 40);
    expect(captured.instructions.map((leg) => leg.captured)).toEqual([18, 42]);
    expect(back.instructions.map((leg) => leg.captured - leg.refundReserved)).toEqual([18, 42]);
  });
});

describe('a leg never has', () => {
  const leg = captureLeg(authorizeLeg(sampleLeg({ amount: 10 })), 5);

  test.each<[string, (one: Instruction) => Instruction]>([
    ['more taken than kept back', (one) => captureLeg(one, 6)],
    ['more on its way back than was taken', (one) => reserveLegRefund(one, 6)],
    ['more back than was on its way', (one) => legRefundDone(one, 1)],
    ['less than nothing on its way', (one) => legRefundFailed(one, 1)],
    ['less than nothing back', (one) => legRefundBounced(one, 1)],
  ])('%s', (_, change) => {
    expect(() => change(leg)).toThrow(/^a leg by balance cannot be 10 authorized 10 captured/);
  });

  test('changes where it was: every change is a new one', () => {
    const reserved = reserveLegRefund(leg, 5);
    expect(legRefundFailed(reserved, 5)).toEqual(leg);
    expect(legRefundBounced(legRefundDone(reserved, 5), 2)).toMatchObject({ refunded: 3, refundReserved: 0 });
    expect(leg.refundReserved).toBe(0);
  });

  test('a part of a leg that is not there', () => {
    expect(() => changeLegs(paid(1), [{ instruction: 1, amount: 1 }], captureLeg)).toThrow('no instruction 1');
  });
});
