// Scenario. A ledger's day as a table: each line does something and says what must come of it. Money comes from a
// "world" account of the line's currency, whose credit is unlimited.
//
//   account  alice 100 [EUR] [credit 50|unlimited]
//   transfer t1 alice → shop 70 [CZK]         posted | again | <refusal>
//   hold     h1 alice → shop 70 [for 60s]     held | again | <refusal>
//   capture  c1 h1 30|rest [alice → shop]     captured | again | <refusal>
//   void     v1 h1 30|rest [alice → shop]     voided | again | <refusal>
//   balance  alice 30 [held 10] [pending 5]
//   freeze | unfreeze | close alice           [<refusal>]
//   credit   alice 50|unlimited               [<refusal>]
//   batch … end, atomic … end                 transfers, holds, captures and voids sent as one
//   wait 60s, snapshot, restart
//
// S1. A line that does not come out as it says fails with its own text.

import { expect } from 'vitest';
import { ALLOWED, REFUSAL_NUMBER_MIN, refusalOf, RESULT } from '../../src/domain/refusals.ts';
import type { AccountStatus } from '../../src/domain/accounts.ts';
import type { BatchMember, Command } from '../../actors/commands.ts';
import { Engine } from './engine.ts';

/** How transfers are asked for: each in a batch of its own, or each as a request of its own. */
export type Manner = 'batches' | 'requests';

export const MANNERS: readonly Manner[] = ['batches', 'requests'];

/** Plays the lines on a new engine. */
export async function scenario(lines: string, manner: Manner = 'batches'): Promise<void> {
  const play = new Play(await Engine.start(), manner);
  for (const line of lines.split('\n')) if (line.trim() !== '') await play.line(line.trim());
}

/** A transfer line: what is sent and what must come back. */
type Asked = {
  readonly line: string;
  readonly member: BatchMember;
  readonly currency: string;
  readonly expected: string;
};

const STATUS: Readonly<Record<string, AccountStatus>> = { freeze: 'frozen', unfreeze: 'active', close: 'closed' };

const RESULTS: Readonly<Record<number, string>> = {
  [RESULT.posted]: 'posted',
  [RESULT.held]: 'held',
  [RESULT.captured]: 'captured',
  [RESULT.voided]: 'voided',
  [RESULT.alreadyThere]: 'again',
  [RESULT.sent]: 'sent',
};

class Play {
  #engine: Engine;
  readonly #manner: Manner;
  /** Transfers gathered since `batch` or `atomic`. */
  #gathering: { readonly atomic: boolean; readonly asked: Asked[] } | null = null;
  #funded = 0;

  constructor(engine: Engine, manner: Manner) {
    this.#engine = engine;
    this.#manner = manner;
  }

  async line(line: string): Promise<void> {
    const words = line.split(/\s+/);
    const [verb = '', id = ''] = words;
    switch (verb) {
      case 'account':
        return this.#account(id, words.slice(2));
      case 'transfer':
      case 'hold':
      case 'capture':
      case 'void':
        return this.#transfer(readAsked(line, words));
      case 'balance':
        return this.#balance(line, id, words.slice(2));
      case 'freeze':
      case 'unfreeze':
      case 'close':
        return said(line, await this.#engine.change({ id, status: STATUS[verb] ?? 'active' }), words[2]);
      case 'credit':
        return said(line, await this.#engine.change({ id, creditLimit: readLimit(words[2]) }), words[3]);
      case 'batch':
      case 'atomic':
        this.#gathering = { atomic: verb === 'atomic', asked: [] };
        return;
      case 'end':
        return this.#end();
      default:
        return this.#time(verb, id);
    }
  }

  async #time(verb: string, argument: string): Promise<void> {
    if (verb === 'wait') await this.#engine.advance(Number.parseInt(argument, 10) * 1000);
    else if (verb === 'snapshot') await this.#engine.snapshot();
    else if (verb === 'restart') this.#engine = await this.#engine.restart();
    else throw new Error(`a scenario has no "${verb}"`);
  }

  async #account(id: string, words: string[]): Promise<void> {
    const [amount = '0'] = words;
    const credit = words.indexOf('credit');
    const currency = words[1] && credit !== 1 ? words[1] : 'EUR';
    const world = `world:${currency}`;
    const creditLimit = credit < 0 ? 0 : readLimit(words[credit + 1]);
    await this.#engine.open({ id: world, currency, creditLimit: Infinity });
    said(`account ${id}`, await this.#engine.open({ id, currency, creditLimit }), undefined);
    if (amount === '0') return;
    const results = await this.#engine.batch([`funding:${++this.#funded}`, world, id, readMoney(amount)]);
    expect(results, `account ${id}`).toEqual([RESULT.posted]);
  }

  async #transfer(asked: Asked): Promise<void> {
    if (this.#gathering) {
      this.#gathering.asked.push(asked);
      return;
    }
    const inBatch = this.#manner === 'batches' && asked.currency === '';
    const outcome = inBatch ? (await this.#engine.batch(asked.member)).map(nameOf) : [await this.#request(asked)];
    expect(outcome, asked.line).toEqual([asked.expected]);
  }

  async #request({ member, currency }: Asked): Promise<string> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by readAsked
    const [id, debit, credit, amount, kind, ref, expiresIn] = member as Tuple;
    const command =
      kind < 2
        ? await this.#engine.transfer({
            id,
            debit: debit ?? '',
            credit: credit ?? '',
            amount: amount ?? 0,
            currency,
            hold: kind === 1,
            expiresInSeconds: expiresIn ?? 0,
          })
        : await this.#engine.settle({
            id,
            transfer: ref ?? '',
            step: kind === 2 ? 'captured' : 'voided',
            amount: amount ?? 0,
            debit: debit ?? '',
            credit: credit ?? '',
          });
    if (command.verdict !== ALLOWED) return nameOf(command.verdict);
    return command.replayed ? 'again' : nameOf(kind);
  }

  async #end(): Promise<void> {
    if (!this.#gathering) throw new Error('"end" without "batch" or "atomic"');
    const { atomic, asked } = this.#gathering;
    this.#gathering = null;
    const { results } = await this.#engine.run(
      asked.map(({ member }) => member),
      atomic,
    );
    const told = asked.map(({ line }, index) => `${line} → ${nameOf(results[index] ?? -1)}`);
    expect(told).toEqual(asked.map(({ line, expected }) => `${line} → ${expected}`));
  }

  async #balance(line: string, id: string, words: string[]): Promise<void> {
    const after = (word: string): number => (words.includes(word) ? readMoney(words[words.indexOf(word) + 1]) : 0);
    expect(await this.#engine.balance(id), line).toEqual([readMoney(words[0]), after('held'), after('pending')]);
  }
}

type Tuple = [
  id: string,
  debit: string | null,
  credit: string | null,
  amount: number | null,
  kind: 0 | 1 | 2 | 3,
  ref: string | null,
  expiresIn: number | null,
];

function readAsked(line: string, words: string[]): Asked {
  const arrow = words.indexOf('→');
  const accounts = arrow < 0 ? [null, null] : [words[arrow - 1], words[arrow + 1]];
  const expected = words.at(-1) ?? '';
  const [verb = '', id = ''] = words;
  if (verb === 'capture' || verb === 'void') {
    const amount = words[3] === 'rest' ? null : readMoney(words[3]);
    return { line, member: [id, ...accounts, amount, verb === 'capture' ? 2 : 3, words[2]], currency: '', expected };
  }
  const amount = readMoney(words[5]);
  const currency = /^[A-Z]{3}$/.exec(words[6] ?? '')?.[0] ?? '';
  const life = words.indexOf('for');
  const expiresIn = life < 0 ? null : Number.parseInt(words[life + 1] ?? '', 10);
  return { line, member: [id, ...accounts, amount, verb === 'hold' ? 1 : 0, null, expiresIn], currency, expected };
}

function said(line: string, { verdict }: Command, expected: string | undefined): void {
  expect(verdict === ALLOWED ? 'done' : refusalOf(verdict), line).toBe(expected ?? 'done');
}

function nameOf(result: number): string {
  return result < REFUSAL_NUMBER_MIN ? (RESULTS[result] ?? String(result)) : refusalOf(result);
}

/** "max" is the largest amount there is. */
function readMoney(word: string | undefined): number {
  return word === 'max' ? Number.MAX_SAFE_INTEGER : Number(word);
}

function readLimit(word: string | undefined): number {
  return word === 'unlimited' ? Infinity : Number(word);
}
