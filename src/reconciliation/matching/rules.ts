// Rules of a matching. Configuration: what makes two rows one, and how far they may be apart.

/** Channel to local: 1:N is one line of a bill for several orders of ours, N:1 several lines for one order. */
export type Cardinality = '1:1' | '1:N' | 'N:1';

export type MatchingRules = {
  /** Names of the keys in order of preference: a row is matched by the first, what is left of it by the next. */
  readonly keys: readonly string[];
  /** Minor units that amounts, and fees, of a match may differ by. */
  readonly amountTolerance: number;
  readonly feeTolerance: number;
  /** Days between the two sides of a match; more is LATE. */
  readonly windowDays: number;
  readonly cardinality: Cardinality;
  /** The day of the bill, days since 1970. */
  readonly asOfDay: number;
  /** Days that a row without another side waits for a later bill, from its own day on; 0 for none. */
  readonly waitDays: number;
};

/** @throws RangeError for rules that mean nothing */
export function checkRules(rules: MatchingRules): void {
  if (rules.keys.length === 0) throw new RangeError('a matching needs at least one key');
  for (const name of ['amountTolerance', 'feeTolerance', 'windowDays', 'waitDays'] as const) {
    const value = rules[name];
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} has to be 0 or more, not ${value}`);
  }
  if (!Number.isSafeInteger(rules.asOfDay)) throw new RangeError(`asOfDay has to be a day, not ${rules.asOfDay}`);
}
