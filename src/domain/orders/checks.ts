// Checks. Questions about a payment that are asked at the same time before it begins (risk, identity, price), and what
// follows from the answers.
//
// K1. A strong check that did not answer in time refuses; a weak one answers by its fallback. K2. A refusal that was given
// is told before one for a missing answer. K3. The verdict does not depend on the order of the answers.

import { choice, integer, list, name, object, optional, type JsonReader } from './json-reader.ts';
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

/** What a check was heard to say. `reference`: its own number of that; '' for none. */
export type CheckHeard = { readonly answer: CheckAnswer; readonly reference: string };

/** Answers by name of check; one that is not there came too late, or not at all. */
export type ChecksHeard = ReadonlyMap<string, CheckHeard>;

/** What counts as a check's answer, for the record. `fellBack`: it is the fallback of one that did not answer. */
export type CheckSaid = CheckHeard & { readonly name: string; readonly fellBack: boolean };

/** What the checks are asked about: a payment before it begins. Amounts in minor units; '' for what there is not. */
export type CheckSubject = {
  readonly trade: string;
  readonly outTradeNo: string;
  readonly product: string;
  readonly payer: string;
  readonly payees: readonly { readonly account: string; readonly amount: number }[];
  readonly amount: number;
  readonly currency: string;
  readonly instruments: readonly { readonly type: string; readonly channel: string; readonly amount: number }[];
};

/** Nothing has happened yet: these have to be asked about it first. */
export type NeededChecks = { readonly checks: readonly Check[]; readonly about: CheckSubject };

/** Most checks of one payment: each is asked for each of them. */
const CHECKS_MAX = 16;

/** Longest wait for a check, ms: the payer is waiting, too. */
const TIMEOUT_MS_MAX = 30_000;

type WrittenCheck = Pick<Check, 'name' | 'strength' | 'timeoutMs'> & { readonly fallback: CheckAnswer | null };

const written = object<WrittenCheck>({
  name,
  strength: choice('strong', 'weak'),
  timeoutMs: integer(1, TIMEOUT_MS_MAX),
  fallback: optional(choice('pass', 'refuse'), null),
});

const checkRule: JsonReader<Check> = (value, field, problems) => {
  const read = written(value, field, problems);
  if (read === null) return null;
  const { fallback, strength, ...rest } = read;
  if (strength === 'weak' && fallback !== null) return { ...rest, strength, fallback };
  if (strength === 'strong' && fallback === null) return { ...rest, strength };
  const message = strength === 'weak' ? 'is missing: a weak check has one' : 'is not for a strong check';
  problems.push({ field: `${field}.fallback`, message });
  return null;
};

const someChecks = list(checkRule, 1, CHECKS_MAX);

/** The checks of a product, as rules have them; each once. */
export const checkRules: JsonReader<readonly Check[]> = (value, field, problems) => {
  const checks = someChecks(value, field, problems);
  const names = checks?.map((check) => check.name) ?? [];
  const twice = names.find((one, place) => names.indexOf(one) !== place);
  if (twice === undefined) return checks;
  problems.push({ field, message: `"${twice}" is there twice` });
  return null;
};

/** What each check counts as having said, in the order of the checks; or why the payment does not begin. */
export function judgeChecks(checks: readonly Check[], heard: ChecksHeard): readonly CheckSaid[] | Refused {
  const said = checks.map((check) => saidBy(check, heard));
  const refusing = said.find((one) => one?.answer === 'refuse');
  if (refusing) return refuse('check_refused', refusing.name);
  const silent = said.indexOf(null);
  if (silent >= 0) return refuse('check_unavailable', checks[silent]?.name);
  return said.filter((one) => one !== null);
}

/** True when every one of the checks has passed, by itself or by its fallback. */
export function arePassed(checks: readonly Check[], said: readonly CheckSaid[]): boolean {
  return checks.every((check) => said.some(({ name: of, answer }) => of === check.name && answer === 'pass'));
}

/** null for a strong one that did not answer. */
function saidBy(check: Check, heard: ChecksHeard): CheckSaid | null {
  const answer = heard.get(check.name);
  if (answer) return { name: check.name, ...answer, fellBack: false };
  switch (check.strength) {
    case 'weak':
      return { name: check.name, answer: check.fallback, reference: '', fellBack: true };
    case 'strong':
      return null;
  }
}
