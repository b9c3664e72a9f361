// Combinations. Which instruments pay together; and the plan of a payment, made of what its payer asked for.
//
// C1. An instrument is only what its declaration says: nothing here knows one by its name. C2. Reversible legs run first,
// the external ones last, so that what cannot be undone runs when all the rest is done. C3. The legs of a plan add up to
// what is to be paid.

import { basisPointsOf, isAmount } from '../money.ts';
import { entryOf, flag, integer, list, money, name, object, type JsonReader } from './json-reader.ts';
import { refuse, type Refused } from './order-base.ts';

/** Declaration of a plug-in. Among equals the one that is declared first runs first. */
export type InstrumentRule = {
  readonly name: string;
  /** What it did can be undone here, without asking anybody. */
  readonly reversible: boolean;
  /** Money comes from outside, and whether it came may be unknown. */
  readonly external: boolean;
};

export type CombinationRule = {
  /** Sets of instruments; what pays has to be exactly one of them, each of its instruments once or more. */
  readonly allowed: readonly (readonly string[])[];
  /** Most legs of one payment. */
  readonly legsMax: number;
  /** Most legs that are external. One, unless two unknown outcomes at a time are welcome. */
  readonly externalLegsMax: number;
  /** Least of an external leg, minor units: below it channels refuse. */
  readonly externalMin: number;
  /** Least share of the whole that has to come from outside, hundredths of a percent. */
  readonly externalMinBasisPoints: number;
};

/** What the planner needs of the rules. */
export type CombinationRules = {
  readonly instruments: readonly InstrumentRule[];
  readonly combinations: Readonly<Record<string, CombinationRule>>;
};

export type AskedInstrument = {
  readonly instrument: string;
  /** Whose money; '' where the instrument needs none. */
  readonly account: string;
  /** '' lets the routing choose, or no channel is asked. */
  readonly channel: string;
  /** Minor units; 0 takes what the others leave. */
  readonly amount: number;
};

export type PlanRequest = {
  /** Name of a combination in the rules, from the product. */
  readonly combination: string;
  readonly payable: number;
  readonly instruments: readonly AskedInstrument[];
};

export type PlannedLeg = AskedInstrument & { readonly reversible: boolean; readonly external: boolean };

/** The legs in the order in which they run. */
export type Plan = { readonly legs: readonly PlannedLeg[] };

/** Most legs that a rule can allow: each is a voucher, and all of them are in every fact of the payment. */
const LEGS_MAX = 16;

/** Most instruments, and most sets of them, that rules can name. */
const INSTRUMENTS_MAX = 64;

export const instrumentRules: JsonReader<readonly InstrumentRule[]> = list(
  object<InstrumentRule>({ name, reversible: flag, external: flag }),
  1,
  INSTRUMENTS_MAX,
);

export const combinationRule: JsonReader<CombinationRule> = object<CombinationRule>({
  allowed: list(list(name, 1, LEGS_MAX), 1, INSTRUMENTS_MAX),
  legsMax: integer(1, LEGS_MAX),
  externalLegsMax: integer(0, LEGS_MAX),
  externalMin: money,
  externalMinBasisPoints: integer(0, 10_000),
});

/**
 * The plan of a payment. Shape is judged first (`instruments_invalid`), then the combination (`combination_not_allowed`).
 * @throws RangeError when the rules have no such combination: products are judged before.
 */
export function planOf(rules: CombinationRules, request: PlanRequest): Plan | Refused {
  const rule = entryOf(rules.combinations, request.combination);
  if (!rule) throw new RangeError(`the rules have no combination ${request.combination}`);
  const amounts = amountsOf(request);
  if ('refused' in amounts) return amounts;
  const legs = legsOf(rules.instruments, request.instruments, amounts);
  if ('refused' in legs) return legs;
  return judgeCombination(rule, legs, request.payable) ?? { legs: inOrder(rules.instruments, legs) };
}

/** What each instrument pays, in the order asked. */
function amountsOf({ instruments, payable }: PlanRequest): readonly number[] | Refused {
  if (instruments.length === 0) return invalid('there is none');
  if (instruments.length > LEGS_MAX) return invalid(`there are more than ${LEGS_MAX}`);
  if (instruments.some(({ amount }) => amount !== 0 && !isAmount(amount))) return invalid('one has no amount of money');
  const open = instruments.filter(({ amount }) => amount === 0).length;
  if (open > 1) return invalid('only one can take what the others leave');
  let left = payable;
  for (const { amount } of instruments) left -= amount;
  if (left < 0 || (left > 0 && open === 0)) return invalid(`they pay ${payable - left} of ${payable}`);
  if (left === 0 && open === 1) return invalid('nothing is left for the one without an amount');
  return instruments.map(({ amount }) => (amount === 0 ? left : amount));
}

function legsOf(
  rules: readonly InstrumentRule[],
  asked: readonly AskedInstrument[],
  amounts: readonly number[],
): readonly PlannedLeg[] | Refused {
  const legs: PlannedLeg[] = [];
  for (const [place, one] of asked.entries()) {
    const rule = rules.find((known) => known.name === one.instrument);
    if (!rule) return invalid(`"${one.instrument}" is unknown`);
    if (legs.some((leg) => isTwin(leg, one))) return invalid(`"${one.instrument}" is there twice`);
    legs.push({ ...one, amount: amounts[place] ?? 0, reversible: rule.reversible, external: rule.external });
  }
  return legs;
}

/** The same money named twice: one leg could take what the other was judged by. */
function isTwin(leg: AskedInstrument, other: AskedInstrument): boolean {
  return leg.instrument === other.instrument && leg.account === other.account && leg.channel === other.channel;
}

function judgeCombination(rule: CombinationRule, legs: readonly PlannedLeg[], payable: number): Refused | null {
  const names = new Set(legs.map(({ instrument }) => instrument));
  const isAllowed = rule.allowed.some((set) => set.length === names.size && set.every((one) => names.has(one)));
  if (!isAllowed) return notAllowed(`${[...names].join(' + ')} is not allowed`);
  if (legs.length > rule.legsMax) return notAllowed(`there are more than ${rule.legsMax}`);
  const external = legs.filter((leg) => leg.external);
  if (external.length > rule.externalLegsMax) return notAllowed(`more than ${rule.externalLegsMax} are external`);
  if (external.some(({ amount }) => amount < rule.externalMin)) {
    return notAllowed(`an external one pays at least ${rule.externalMin}`);
  }
  const outside = external.reduce((sum, { amount }) => sum + amount, 0);
  const least = basisPointsOf(payable, rule.externalMinBasisPoints, 'up');
  return outside < least ? notAllowed(`at least ${least} has to be external`) : null;
}

/** C2; among equals as declared, then as asked (the sort is stable). */
function inOrder(rules: readonly InstrumentRule[], legs: readonly PlannedLeg[]): PlannedLeg[] {
  const declared = new Map(rules.map((rule, place) => [rule.name, place]));
  const rank = ({ instrument, reversible, external }: PlannedLeg) =>
    (external ? 2 : reversible ? 0 : 1) * INSTRUMENTS_MAX + (declared.get(instrument) ?? 0);
  return legs.toSorted((one, other) => rank(one) - rank(other));
}

function invalid(detail: string): Refused {
  return refuse('instruments_invalid', detail);
}

function notAllowed(detail: string): Refused {
  return refuse('combination_not_allowed', detail);
}
