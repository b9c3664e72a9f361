import { expect, test } from 'vitest';
import { checksTimeoutMs, judgeChecks, type Check, type CheckAnswer } from '../../../src/domain/orders/checks.ts';

const CHECKS: readonly Check[] = [
  { name: 'price', strength: 'weak', timeoutMs: 200, fallback: 'pass' },
  { name: 'risk', strength: 'strong', timeoutMs: 500 },
  { name: 'watchlist', strength: 'weak', timeoutMs: 300, fallback: 'refuse' },
];

function verdict(answers: Record<string, CheckAnswer>): string {
  const judged = judgeChecks(CHECKS, new Map(Object.entries(answers)));
  if ('refused' in judged) return `${judged.refused} ${judged.detail}`;
  return `passed ${judged.fellBack.join(' ')}`.trim();
}

test.each<[Record<string, CheckAnswer>, string]>([
  [{ price: 'pass', risk: 'pass', watchlist: 'pass' }, 'passed'],
  [{ risk: 'pass', watchlist: 'pass' }, 'passed price'],
  [{ price: 'pass', watchlist: 'pass' }, 'check_unavailable risk'],
  [{ price: 'pass', risk: 'pass' }, 'check_refused watchlist'],
  [{ price: 'pass', risk: 'refuse', watchlist: 'pass' }, 'check_refused risk'],
  [{ price: 'refuse', watchlist: 'pass' }, 'check_refused price'],
  [{ watchlist: 'pass' }, 'check_unavailable risk'],
  [{}, 'check_refused watchlist'],
])('answers %o: %s', (answers, expected) => {
  expect(verdict(answers)).toBe(expected);
  expect(verdict(Object.fromEntries(Object.entries(answers).toReversed()))).toBe(expected);
});

test('without checks everything passes', () => {
  expect(judgeChecks([], new Map())).toEqual({ passed: true, fellBack: [] });
});

test('they run at the same time: the slowest is waited for', () => {
  expect([checksTimeoutMs(CHECKS), checksTimeoutMs([])]).toEqual([500, 0]);
});
