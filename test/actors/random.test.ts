// The engine against the model: random requests, duplicates, clock, snapshots, restarts and crashes. Every answer must
// be the one that the model gives, every balance must be the model's, and the journal must stand an audit (I1, I3, I4,
// I5, I7). FLORIN_SEED replays a run; what fails is made as small as it gets.

import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { BatchMember, Command, RequestKey, RunBatch } from '../../actors/commands.ts';
import type { EngineLimits } from '../../actors/desk.ts';
import { accountingDate } from '../../src/domain/accounting-date.ts';
import { numberOf, RESULT, type Refusal } from '../../src/domain/refusals.ts';
import { CLOCK_START_MS, Engine, memoryDisk, turns, type Disk } from '../support/engine.ts';
import { stateFromJournal, stateOf } from '../support/engine-state.ts';
import { audit } from '../support/journal-audit.ts';
import { factsOf } from '../support/journal-facts.ts';
import { HOLD_SECONDS_DEFAULT, LedgerModel, type Outcome } from '../support/ledger-model.ts';
import type { ModelAccount } from '../support/ledger-reasons.ts';
import type { Request, Settle, Transfer } from '../support/ledger-requests.ts';
import { accountId, ACCOUNTS, randomStep, requestOf, type Pause, type Step } from '../support/random-requests.ts';

const RUNS = 440;
const STEPS_MAX = 600;
const SEED = Number(process.env['FLORIN_SEED'] ?? Date.now() % 2 ** 31);

/** Something that the model took part in: a request, or the clock. */
type Event = { readonly request: Request | null; readonly key: string; readonly atMs: number };

type Asked = { readonly request: Request; readonly expected: Outcome; readonly answer: Promise<Command> };

/** A minute after the clock of a run begins: the day changes in its midst. */
const DAY_CUT_MS = (CLOCK_START_MS % 86_400_000) + 60_000;

const LIMITS: readonly Partial<EngineLimits>[] = [
  {},
  { residentAccountsMax: 3, residentHoldsMax: 2 },
  { snapshotFacts: 20 },
  { residentAccountsMax: 2, residentHoldsMax: 1, snapshotFacts: 50 },
];

class Run {
  #engine: Engine;
  #model = new LedgerModel();
  readonly #limits: Partial<EngineLimits>;
  /** All that has happened and is durable, or may be. */
  #events: Event[] = [];
  #asked: Asked[] = [];

  private constructor(engine: Engine, limits: Partial<EngineLimits>) {
    this.#engine = engine;
    this.#limits = limits;
  }

  static async start(limits: Partial<EngineLimits>): Promise<Run> {
    const options = { holdExpiryDefaultSeconds: HOLD_SECONDS_DEFAULT, ...limits };
    const engine = await Engine.start(unhurried(memoryDisk()), { limits: options, dayCutMs: DAY_CUT_MS });
    const run = new Run(engine, options);
    for (let n = 0; n < ACCOUNTS - 1; n++) {
      const creditLimit = [Infinity, Infinity, Infinity, 100, 1_000][n] ?? 0;
      run.#ask({ do: 'open', id: accountId(n), currency: n === 8 ? 'CZK' : 'EUR', creditLimit }, '');
    }
    return run;
  }

  async step(step: Step): Promise<void> {
    switch (step.what) {
      case 'request':
        return this.#request(requestOf(step.draft, this.#model), keyOf(step.key), step.pause);
      case 'again': {
        const earlier = this.#events.filter(({ request }) => request).at(-1 - step.back);
        const key = step.key === 'same' ? earlier?.key : keyOf(step.key);
        return earlier?.request ? this.#request(earlier.request, key ?? '', step.pause) : undefined;
      }
      case 'advance':
        return this.#advance(step.seconds * 1000);
      case 'snapshot':
        // Nobody waits for it: requests go on, and a crash may come before its end.
        void this.#engine.snapshot();
        return;
      case 'restart':
        return this.#restart(step.snapshot);
      case 'crash':
        return this.#crash();
    }
  }

  async end(): Promise<void> {
    await this.#settle();
    const live = await stateOf(this.#engine);
    expect(live.accountingDate).toBe(accountingDate(this.#engine.nowMs, DAY_CUT_MS));
    expect(await stateFromJournal(this.#engine)).toEqual(live);
    await this.#restart(false);
    expect(await stateOf(this.#engine)).toEqual(live);
    audit(this.#engine.disk.journal);
    this.#engine.crash();
  }

  async #request(request: Request, key: string, pause: Pause): Promise<void> {
    this.#ask(request, key);
    if (pause === 'turn') await turns(1);
    else if (pause === 'answer') await this.#settle();
  }

  #ask(request: Request, key: string): void {
    const atMs = this.#engine.nowMs;
    this.#events.push({ request, key, atMs });
    const expected = this.#model.apply(request, key, atMs);
    const keyed = { key, fingerprint: key === '' ? '' : JSON.stringify(request) };
    this.#asked.push({ request, expected, answer: ask(this.#engine, request, keyed) });
  }

  /** Waits for every answer and compares it, and then the accounts. */
  async #settle(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    const answers = await Promise.all(asked.map(({ answer }) => answer));
    expectSame(
      answers.map(outcomeOf),
      asked.map(({ expected }) => expected),
    );
    for (const { request, expected } of asked) count(request, expected);
    for (const [id, account] of this.#model.accounts) expectSame(this.#account(id), account);
  }

  #account(id: string): ModelAccount | null {
    const account = this.#engine.partition.desk.accounts.find('acme', id)?.account;
    if (!account) return null;
    const { currency, status, creditLimit, available, held, pending, version } = account;
    return { currency, status, creditLimit, available, held, pending, version };
  }

  async #advance(ms: number): Promise<void> {
    await this.#settle();
    await this.#engine.advance(ms);
    this.#events.push({ request: null, key: '', atMs: this.#engine.nowMs });
    this.#model.expire(this.#engine.nowMs);
    await this.#settle();
  }

  async #restart(snapshot: boolean): Promise<void> {
    await this.#settle();
    if (snapshot) await this.#engine.snapshot();
    this.#engine = await this.#engine.restart({ limits: this.#limits, dayCutMs: DAY_CUT_MS });
    await this.#settle();
  }

  /** What was answered must be there afterwards; what was not may be, but whole and in order. */
  async #crash(): Promise<void> {
    const answered = new Set<Asked>();
    for (const one of this.#asked) void one.answer.then(() => answered.add(one));
    await Promise.resolve();
    this.#engine.crash();
    const answeredBefore = answered.size;
    await turns(5);
    this.#forget(factsIn(this.#engine.disk), this.#events.length - this.#asked.length + answeredBefore);
    this.#asked = [];
    this.#engine = await this.#engine.restart({ limits: this.#limits, dayCutMs: DAY_CUT_MS });
    await this.#settle();
  }

  /** Takes the model back to what is durable. `eventsMin`: events that must be. */
  #forget(facts: number, eventsMin: number): void {
    const model = new LedgerModel();
    let kept = 0;
    for (const { request, key, atMs } of this.#events) {
      if (model.facts >= facts && kept >= eventsMin) break;
      if (request) model.apply(request, key, atMs);
      else model.expire(atMs);
      kept += 1;
    }
    expect(model.facts, 'facts that survived the crash').toBe(facts);
    this.#model = model;
    this.#events = this.#events.slice(0, kept);
  }
}

function keyOf(key: number | null): string {
  return key === null ? '' : `key ${key}`;
}

/** `toEqual`, asked only when it is needed: it takes longer than the engine. */
function expectSame(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
}

/** A disk whose frames take some turns of the event loop, so that requests meet frames that are not durable yet. */
function unhurried({ journal, store }: Disk): Disk {
  let frames = 0;
  return {
    store,
    journal: {
      ...journal,
      append: async (frame) => {
        await turns(frames++ % 4);
        await journal.append(frame);
      },
    },
  };
}

/** Facts that requests and the end of holds have caused: the model has no days. */
function factsIn({ journal }: Disk): number {
  return factsOf(journal).filter(({ fact }) => fact.kind !== 6).length;
}

function ask(engine: Engine, request: Request, keyed: RequestKey): Promise<Command> {
  switch (request.do) {
    case 'open':
      return engine.open(request, keyed);
    case 'change':
      return engine.change(request, keyed);
    case 'transfer':
      return engine.transfer(request, keyed);
    case 'settle':
      return engine.settle(request, keyed);
    case 'reverse':
      return engine.reverse(request, keyed);
    case 'batch':
      return engine.run(request.members.map(tupleOf), request.atomic, keyed);
  }
}

function tupleOf(member: Transfer | Settle): BatchMember {
  const { id, debit, credit, amount } = member;
  if (member.do === 'transfer') {
    return [id, debit, credit, amount, member.hold ? 1 : 0, null, member.expiresInSeconds || null];
  }
  return [id, debit || null, credit || null, amount || null, member.step === 'captured' ? 2 : 3, member.transfer];
}

function outcomeOf(command: Command & Partial<Pick<RunBatch, 'results'>>): Outcome {
  const { verdict, replayed, results } = command;
  return { results: results && verdict === 0 ? results : [verdict], replayed };
}

let steps = 0;
/** How often each result was the right one. */
const counts = new Map<number, number>();

function count({ do: done }: Request, { results }: Outcome): void {
  if (done === 'reverse' && results[0] === 0) counts.set(RESULT.reversed, (counts.get(RESULT.reversed) ?? 0) + 1);
  for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1);
}

/** What a run must have come to, or it proves little. */
// prettier-ignore
const REFUSED: readonly Refusal[] = [
  'idempotency_key_reused', 'transfer_exists_with_different_content', 'account_not_found', 'transfer_not_found',
  'account_exists', 'account_frozen', 'account_closed', 'currency_mismatch', 'hold_not_open', 'capture_exceeds_hold',
  'batch_member_refused', 'account_not_empty', 'hold_accounts_differ', 'insufficient_funds', 'balance_overflow',
  'transfer_not_reversible', 'transfer_reversed',
];

afterAll(() => {
  console.info(`random.test.ts: ${steps} steps, FLORIN_SEED=${SEED}`, Object.fromEntries(counts));
});

test('whatever happens, the engine and the model agree', async () => {
  const runs = fc.array(randomStep, { minLength: 1, maxLength: STEPS_MAX, size: 'max' });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...LIMITS), runs, async (limits, all) => {
      const run = await Run.start(limits);
      for (const step of all) await run.step(step);
      await run.end();
      steps += all.length;
    }),
    { seed: SEED, numRuns: RUNS },
  );
  expect(steps).toBeGreaterThan(100_000);
  const { sent: _onlyWithARule, ...results } = RESULT;
  const seldom = [...Object.values(results), ...REFUSED.map(numberOf)].filter(
    (result) => (counts.get(result) ?? 0) < 20,
  );
  expect(seldom).toEqual([]);
}, 300_000);
