// Fault rules. Which faults a request, or a line of a bill, gets: the rules in force and how often each applied.

import { drawFor, type Draw } from './chance.ts';
import type { BillFault, Fault, Match, RequestVerb, Rule } from './faults.ts';

/** What rules look at. */
export type Subject = { readonly verb: RequestVerb; readonly number: string; readonly amount: number };

/** How often a rule's match held, and how often the rule applied. */
type Counted = { readonly rule: Rule; matched: number; applied: number };

/** Requests whose repetitions are counted. Above it counting starts again: draws repeat then, nothing else. */
const ASKED_MAX = 1_000_000;

const MONEY_VERBS: readonly RequestVerb[] = ['pay', 'refund', 'payout'];

export class FaultRules {
  private readonly seed: number;
  private rules: Counted[] = [];
  /** How often each number was asked for, so that a retry draws anew. */
  private readonly asked = new Map<string, number>();

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Puts these rules in the place of all others. */
  replace(rules: readonly Rule[]): void {
    this.rules = rules.map((rule) => ({ rule, matched: 0, applied: 0 }));
  }

  /** The rules with how often each applied. */
  list(): readonly (Rule & { readonly applied: number })[] {
    return this.rules.map(({ rule, applied }) => ({ ...rule, applied }));
  }

  /** The faults of one request, which it counts, and draws for what is left to chance in them. */
  ofRequest(subject: Subject): { readonly faults: readonly Fault[]; readonly draw: Draw } {
    const name = `${subject.verb}\n${subject.number}`;
    const attempt = this.asked.get(name) ?? 0;
    if (this.asked.size >= ASKED_MAX) this.asked.clear();
    this.asked.set(name, attempt + 1);
    const applying = this.rules.filter(
      (counted, index) => !isOfBills(counted.rule) && this.applies(counted, index, subject, attempt),
    );
    const draw = drawFor(this.seed, 'request', subject.verb, subject.number, attempt);
    return { faults: applying.flatMap(({ rule }) => rule.do), draw };
  }

  /** The faults of the lines of one bill: each bill is judged from its first line on, so that it reads the same twice. */
  ofBill(): (subject: Subject) => readonly BillFault[] {
    const counts = this.rules.map(({ rule }) => ({ rule, matched: 0, applied: 0 }));
    return (subject) =>
      counts
        .filter((counted, index) => isOfBills(counted.rule) && this.applies(counted, index, subject, 0))
        .flatMap(({ rule }) => rule.do)
        .filter((fault) => fault.fault === 'bill_line');
  }

  private applies(counted: Counted, index: number, subject: Subject, attempt: number): boolean {
    const match = counted.rule.match ?? {};
    if (!isAbout(match, subject)) return false;
    counted.matched++;
    if (match.every !== undefined && counted.matched % match.every !== 0) return false;
    if (match.times !== undefined && counted.applied >= match.times) return false;
    if (match.probability !== undefined) {
      const draw = drawFor(this.seed, 'rule', index, subject.verb, subject.number, attempt);
      if (draw() >= match.probability) return false;
    }
    counted.applied++;
    return true;
  }
}

function isAbout({ verb, number, amount }: Match, subject: Subject): boolean {
  if (verb === undefined ? !MONEY_VERBS.includes(subject.verb) : verb !== subject.verb) return false;
  return (number === undefined || number === subject.number) && (amount === undefined || amount === subject.amount);
}

function isOfBills(rule: Rule): boolean {
  return rule.do.some(({ fault }) => fault === 'bill_line');
}
