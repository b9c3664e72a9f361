// Changed rules: the default ones with something else in them, as somebody would write it.

import { defaultRuleset, judgeRuleset, Ruleset } from '../../../../src/domain/orders/ruleset.ts';

/** The default rules under another version. `policy`: what the policy of all products says otherwise. */
export function withPolicy(version: string, policy: Readonly<Record<string, unknown>>): Ruleset {
  const { rules, products } = JSON.parse(defaultRuleset().text) as {
    readonly rules: { readonly policies: { readonly standard: object } };
    readonly products: unknown;
  };
  const policies = { standard: { ...rules.policies.standard, ...policy } };
  const judged = judgeRuleset({ rules: { ...rules, version, policies }, products });
  if (!(judged instanceof Ruleset)) throw new Error(judged.join('; '));
  return judged;
}
