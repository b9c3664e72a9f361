import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MONEY_MAX } from '../../../src/domain/money.ts';
import {
  planOf,
  type AskedInstrument,
  type CombinationRule,
  type CombinationRules,
} from '../../../src/domain/orders/combinations.ts';
import { isRefused } from '../../../src/domain/orders/order-base.ts';

const STANDARD: CombinationRule = {
  allowed: [['balance'], ['card'], ['coupon', 'balance'], ['coupon', 'balance', 'gift', 'card']],
  legsMax: 5,
  externalLegsMax: 1,
  externalMin: 10,
  externalMinBasisPoints: 0,
};

const RULES: CombinationRules = {
  instruments: [
    { name: 'card', reversible: false, external: true },
    { name: 'gift', reversible: false, external: false },
    { name: 'coupon', reversible: true, external: false },
    { name: 'balance', reversible: true, external: false },
  ],
  combinations: {
    standard: STANDARD,
    half_outside: { ...STANDARD, externalMinBasisPoints: 5_000 },
    two_cards: { ...STANDARD, externalLegsMax: 2 },
    short: { ...STANDARD, legsMax: 1 },
    long: { ...STANDARD, legsMax: 16 },
  },
};

/** 'balance 30, card' is thirty from the balance and the rest by card. A third word is the account. */
function asked(text: string): AskedInstrument[] {
  if (text === '') return [];
  return text.split(', ').map((one) => {
    const [instrument = '', amount = '0', account = ''] = one.split(' ');
    return { instrument, account, channel: '', amount: Number(amount) };
  });
}

function plan(text: string, payable = 100, combination = 'standard'): string {
  const planned = planOf(RULES, { combination, payable, instruments: asked(text) });
  if (isRefused(planned)) return `${planned.refused}: ${planned.detail}`;
  return planned.legs.map(({ instrument, amount }) => `${instrument} ${amount}`).join(', ');
}

/** As many legs as there can be. */
const SIXTEEN = Array.from({ length: 16 }, (_, place) => `balance ${place === 15 ? 85 : 1} a${place}`).join(', ');

describe('a plan', () => {
  test.each([
    ['balance', 'balance 100'],
    ['balance 100', 'balance 100'],
    ['card', 'card 100'],
    ['balance, coupon 30', 'coupon 30, balance 70'],
    ['balance 70, coupon', 'coupon 30, balance 70'],
    ['card, gift 20, balance 10, coupon 5', 'coupon 5, balance 10, gift 20, card 65'],
    ['balance 10 bob, balance 20 alice, coupon', 'coupon 70, balance 10, balance 20'],
  ])('of %s is %s: what can be undone first, what is outside last', (text, legs) => {
    expect(plan(text)).toBe(legs);
  });

  test('carries what the instrument declares, and what was asked', () => {
    const [one] = asked('card 100 4242');
    expect(planOf(RULES, { combination: 'standard', payable: 100, instruments: one ? [one] : [] })).toEqual({
      legs: [{ instrument: 'card', account: '4242', channel: '', amount: 100, reversible: false, external: true }],
    });
  });

  test.each([
    ['', 'there is none'],
    ['balance, coupon', 'only one can take what the others leave'],
    ['balance 99', 'they pay 99 of 100'],
    ['balance 101', 'they pay 101 of 100'],
    ['balance 100, coupon', 'nothing is left for the one without an amount'],
    ['balance 101, coupon', 'they pay 101 of 100'],
    ['balance -1, coupon', 'one has no amount of money'],
    ['balance 1.5, coupon', 'one has no amount of money'],
    ['points', '"points" is unknown'],
    ['constructor', '"constructor" is unknown'],
    ['balance 50 alice, balance 50 alice', '"balance" is there twice'],
    [`coupon, ${SIXTEEN}`, 'there are more than 16'],
  ])('of %s is refused by its shape: %s', (text, detail) => {
    expect(plan(text)).toBe(`instruments_invalid: ${detail}`);
  });

  test.each([
    ['standard', 'coupon', 'coupon is not allowed'],
    ['standard', 'balance 50, card', 'balance + card is not allowed'],
    ['standard', 'coupon 1, balance 1, gift 89, card', 'an external one pays at least 10'],
    ['standard', 'card 50 a, card 50 b', 'more than 1 are external'],
    ['short', 'coupon 1, balance', 'there are more than 1'],
    ['half_outside', 'balance', 'at least 50 has to be external'],
    ['half_outside', 'coupon 20, balance 20, gift 11, card', 'at least 50 has to be external'],
  ])('by the rules %s, %s is refused: %s', (combination, text, detail) => {
    expect(plan(text, 100, combination)).toBe(`combination_not_allowed: ${detail}`);
  });

  test.each([
    ['two_cards', 'card 50 a, card 50 b', 'card 50, card 50'],
    ['half_outside', 'coupon 20, balance 20, gift 10, card', 'coupon 20, balance 20, gift 10, card 50'],
    ['standard', 'coupon 1, balance 1, gift 88, card', 'coupon 1, balance 1, gift 88, card 10'],
    ['short', 'balance', 'balance 100'],
    ['long', SIXTEEN, `${'balance 1, '.repeat(15)}balance 85`],
  ])('by the rules %s, %s is allowed', (combination, text, legs) => {
    expect(plan(text, 100, combination)).toBe(legs);
  });

  test('of a product whose combination is not there is a fault', () => {
    for (const name of ['no', 'constructor']) expect(() => plan('balance', 1, name)).toThrow(`no combination ${name}`);
  });

  test('a plug-in needs no more than its declaration', () => {
    const rules: CombinationRules = {
      instruments: [{ name: 'seashells', reversible: true, external: false }],
      combinations: { standard: { ...STANDARD, allowed: [['seashells']] } },
    };
    const planned = planOf(rules, { combination: 'standard', payable: 7, instruments: asked('seashells') });
    expect(planned).toMatchObject({ legs: [{ instrument: 'seashells', amount: 7 }] });
  });
});

test('whatever is planned adds up to what is to be paid, external legs last', () => {
  const one = fc.record({
    instrument: fc.constantFrom('card', 'gift', 'coupon', 'balance'),
    account: fc.constantFrom('a', 'b'),
    channel: fc.constant(''),
    amount: fc.oneof(fc.constant(0), fc.nat(60), fc.integer({ min: 1, max: MONEY_MAX })),
  });
  const everything = [['card'], ['gift'], ['coupon'], ['balance'], ['coupon', 'balance'], ['balance', 'card'], ['coupon', 'balance', 'gift', 'card']]; // prettier-ignore
  const rules = { ...RULES, combinations: { standard: { ...STANDARD, allowed: everything, externalMin: 0 } } };
  fc.assert(
    fc.property(fc.array(one, { maxLength: 6 }), fc.oneof(fc.nat(200), fc.constant(MONEY_MAX)), (instruments, rest) => {
      const payable = Math.max(1, rest);
      const planned = planOf(rules, { combination: 'standard', payable, instruments });
      if (isRefused(planned)) return;
      expect(planned.legs.reduce((sum, leg) => sum + BigInt(leg.amount), 0n)).toBe(BigInt(payable));
      expect(planned.legs.every(({ amount }) => amount > 0)).toBe(true);
      expect(planned.legs.length).toBe(instruments.length);
      const firstOutside = planned.legs.findIndex(({ external }) => external);
      if (firstOutside >= 0) expect(planned.legs.slice(firstOutside).every(({ external }) => external)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
