// Rules under test: those that a server has of its own, with something changed.

import { defaultRuleset, judgeRuleset, Ruleset } from '../../../../src/domain/orders/ruleset.ts';

/** What of the rules is changed in tests, as they are written. */
export type Json = {
  readonly instruments: object[];
  readonly combinations: { readonly standard: { readonly allowed: string[][] } };
  readonly fees: { standard: object };
  readonly limits: { readonly standard: Record<string, number | string> };
  readonly policies: { readonly standard: Record<string, unknown> };
  readonly approvals: Record<string, number | string>;
};

/** @throws Error for what is no rule any more */
export function changed(version: string, change: (rules: Json) => void): Ruleset {
  const { rules, products } = JSON.parse(defaultRuleset().text) as { rules: Json; products: unknown };
  change(rules);
  const judged = judgeRuleset({ rules: { ...rules, version }, products });
  if (!(judged instanceof Ruleset)) throw new Error(judged.join('; '));
  return judged;
}

/** Every product has these limits of the day. */
export function limited(limits: Readonly<Record<string, number>>, version = 'limited'): Ruleset {
  return changed(version, (rules) => void Object.assign(rules.limits.standard, limits));
}

/** `policy`: what the policy of all products says otherwise. */
export function withPolicy(version: string, policy: Readonly<Record<string, unknown>>): Ruleset {
  return changed(version, (rules) => void Object.assign(rules.policies.standard, policy));
}

/** Fees go back with refunds, and days are limited, but by more than anybody uses: so that what is counted can be compared. */
export function counting(version: string, policy: Readonly<Record<string, unknown>> = {}): Ruleset {
  return changed(version, ({ limits, policies }) => {
    Object.assign(limits.standard, { account_day_max: 1_000_000_000, merchant_day_max: 1_000_000_000 });
    Object.assign(policies.standard, { fee_on_refund: 'return' }, policy);
  });
}

/** What a merchant may ask for beside what is so unless said. */
export const OF_EVERY_SORT: readonly Ruleset[] = [
  counting('plain'),
  counting('two-attempts', { second_attempt: 'refund_duplicate' }),
  counting('waiting', { partial: 'wait', late_money: 'accept' }),
  counting('both', { second_attempt: 'refund_duplicate', partial: 'wait', fee_on_refund: 'keep' }),
];
