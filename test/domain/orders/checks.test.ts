import { describe, expect, test } from 'vitest';
import {
  arePassed,
  checkRules,
  judgeChecks,
  type Check,
  type CheckAnswer,
  type CheckHeard,
} from '../../../src/domain/orders/checks.ts';
import { problemText, type JsonProblem } from '../../../src/domain/orders/json-reader.ts';

const CHECKS: readonly Check[] = [
  { name: 'price', strength: 'weak', timeoutMs: 200, fallback: 'pass' },
  { name: 'risk', strength: 'strong', timeoutMs: 500 },
  { name: 'watchlist', strength: 'weak', timeoutMs: 300, fallback: 'refuse' },
];

function verdict(answers: readonly (readonly [string, CheckAnswer])[]): string {
  const heard = answers.map(([name, answer]): [string, CheckHeard] => [name, { answer, reference: `${name} 1` }]);
  const judged = judgeChecks(CHECKS, new Map(heard));
  if ('refused' in judged) return `${judged.refused} ${judged.detail}`;
  return judged.map(({ name, answer, fellBack, reference }) => `${name} ${answer} ${fellBack || reference}`).join(', ');
}

test.each<[Record<string, CheckAnswer>, string]>([
  [
    { price: 'pass', risk: 'pass', watchlist: 'pass' },
    'price pass price 1, risk pass risk 1, watchlist pass watchlist 1',
  ],
  [{ risk: 'pass', watchlist: 'pass' }, 'price pass true, risk pass risk 1, watchlist pass watchlist 1'],
  [{ price: 'pass', watchlist: 'pass' }, 'check_unavailable risk'],
  [{ price: 'pass', risk: 'pass' }, 'check_refused watchlist'],
  [{ price: 'pass', risk: 'refuse', watchlist: 'pass' }, 'check_refused risk'],
  [{ price: 'refuse', watchlist: 'pass' }, 'check_refused price'],
  [{ watchlist: 'pass' }, 'check_unavailable risk'],
  [{}, 'check_refused watchlist'],
])('answers %o: %s', (answers, expected) => {
  expect(verdict(Object.entries(answers))).toBe(expected);
  expect(verdict(Object.entries(answers).toReversed())).toBe(expected);
});

test('without checks nothing is asked', () => {
  expect(judgeChecks([], new Map())).toEqual([]);
  expect(arePassed([], [])).toBe(true);
});

test('only those that were asked for have passed', () => {
  const passed = (name: string) => ({ name, answer: 'pass', fellBack: false, reference: '' }) as const;
  expect(arePassed(CHECKS, ['price', 'risk', 'watchlist'].map(passed))).toBe(true);
  expect(arePassed(CHECKS, ['price', 'risk', 'identity'].map(passed))).toBe(false);
  expect(arePassed(CHECKS, [passed('price'), passed('risk'), { ...passed('watchlist'), answer: 'refuse' }])).toBe(
    false,
  );
});

describe('as rules have them', () => {
  const read = (...checks: object[]): unknown => {
    const problems: JsonProblem[] = [];
    return checkRules(checks, 'checks.sale', problems) ?? problems.map(problemText);
  };
  const risk = { name: 'risk', strength: 'strong', timeout_ms: 500 };
  const price = { name: 'price', strength: 'weak', timeout_ms: 200, fallback: 'pass' };

  test('strong and weak', () => {
    expect(read(price, risk)).toEqual(CHECKS.slice(0, 2));
  });

  test.each([
    [{ ...risk, fallback: 'pass' }, 'checks.sale[0].fallback: is not for a strong check'],
    [{ ...risk, strength: 'weak' }, 'checks.sale[0].fallback: is missing: a weak check has one'],
    [{ ...risk, timeout_ms: 0 }, 'checks.sale[0].timeout_ms: must be an integer 1 … 30000, is 0'],
    [{ ...risk, strength: 'so' }, 'checks.sale[0].strength: must be "strong" or "weak", is "so"'],
    [{ ...price, fallback: 'maybe' }, 'checks.sale[0].fallback: must be "pass" or "refuse", is "maybe"'],
    [{ ...risk, url: 'x' }, 'checks.sale[0].url: is not a known field'],
  ])('%o: %s', (check, problem) => {
    expect(read(check)).toEqual([problem]);
  });

  test('each once, and at least one', () => {
    expect(read(risk, price, risk)).toEqual(['checks.sale: "risk" is there twice']);
    expect(read()).toEqual([expect.stringContaining('must be a list of 1 … 16 entries')]);
  });
});
