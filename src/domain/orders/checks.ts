// Checks. Questions about an order that are asked at the same time (risk, price, identity), and what follows from the
// answers.
//
// K1. A strong check that did not answer in time refuses; a weak one answers by its fallback. K2. A refusal that was given
// is told before one for a missing answer. K3. The verdict does not depend on the order of the answers.

import { refuse, type Refused } from './order-base.ts';

/** What a check says. */
export type CheckAnswer = 'pass' | 'refuse';

/** Declaration of a check. */
export type Check = {
  readonly name: string;
  /** How long its answer is waited for, ms. */
  readonly timeoutMs: number;
} & (
  | { readonly strength: 'strong' }
  /** fallback: what counts as its answer when there is none. */
  | { readonly strength: 'weak'; readonly fallback: CheckAnswer }
);

/** Answers by name of check; one that is not there came too late, or not at all. */
export type CheckAnswers = ReadonlyMap<string, CheckAnswer>;

/** Passed, and the names of the weak checks whose fallback counted. */
export type ChecksPassed = { readonly passed: true; readonly fellBack: readonly string[] };

export function judgeChecks(checks: readonly Check[], answers: CheckAnswers): ChecksPassed | Refused {
  const refusing = checks.find((check) => answerOf(check, answers) === 'refuse');
  if (refusing) return refuse('check_refused', refusing.name);
  const silent = checks.find((check) => answerOf(check, answers) === undefined);
  if (silent) return refuse('check_unavailable', silent.name);
  return { passed: true, fellBack: checks.filter(({ name }) => !answers.has(name)).map(({ name }) => name) };
}

/** Longest wait for all of them, ms; they run at the same time. */
export function checksTimeoutMs(checks: readonly Check[]): number {
  return checks.reduce((longest, { timeoutMs }) => Math.max(longest, timeoutMs), 0);
}

/** What counts as the check's answer; undefined for a strong one that is missing. */
function answerOf(check: Check, answers: CheckAnswers): CheckAnswer | undefined {
  const answer = answers.get(check.name);
  if (answer !== undefined) return answer;
  switch (check.strength) {
    case 'weak':
      return check.fallback;
    case 'strong':
      return undefined;
  }
}
