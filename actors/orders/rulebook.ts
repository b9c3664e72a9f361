// Rulebook. The rules in force, and those of every version that some order was agreed under.
//
// B1. A version is in the journal before an order names it. B2. The same version never says anything else.

import type { Context } from '../../src/domain/context.ts';
import { FACT_KIND, type Fact } from '../../src/domain/facts.ts';
import { readRuleset, type Ruleset } from '../../src/domain/orders/ruleset.ts';
import type { Desk } from '../desk.ts';

/** A version is found in the journal by this key; no merchant is called ''. */
const keyOf = (version: string): string => `rules:${version}`;

export class Rulebook {
  readonly #desk: Desk;
  readonly #known = new Map<string, Ruleset>();
  #current: Ruleset;

  /** `current`: judged already. */
  constructor(desk: Desk, current: Ruleset) {
    this.#desk = desk;
    this.#current = current;
  }

  /** For what begins now. */
  get current(): Ruleset {
    return this.#current;
  }

  /** Other rules from now on. @throws Error for a version that says something else than it did (B2) */
  adopt(rules: Ruleset): void {
    const before = this.#find(rules.version);
    if (before && before.text !== rules.text) throw new Error(`rules of version ${rules.version} were others before`);
    this.#current = rules;
  }

  /** For what is agreed now: its version is in the journal before it. */
  agree({ origin, requestId, traceId, shadow }: Context): Ruleset {
    const { version, text } = this.#current;
    if (!this.#find(version)) {
      const context: Context = {
        version: 1,
        merchant: '',
        origin,
        requestId,
        traceId,
        shadow,
        by: '',
        business: null,
      };
      this.#desk.emit({ kind: FACT_KIND.rulesAdopted, context, text, key: keyOf(version), fingerprint: '' });
      this.#known.set(version, this.#current);
    }
    return this.#current;
  }

  /** For what was agreed under this version. @throws Error for one that the journal does not have */
  of(version: string): Ruleset {
    const found = this.#find(version);
    if (!found) throw new Error(`the journal has no rules of version ${version}`);
    return found;
  }

  #find(version: string): Ruleset | null {
    const known = this.#known.get(version);
    if (known) return known;
    const fact: Fact | undefined = this.#desk.names.findKey('', keyOf(version))?.fact;
    if (fact?.kind !== FACT_KIND.rulesAdopted) return null;
    const read = readRuleset(fact.text);
    this.#known.set(version, read);
    return read;
  }
}
