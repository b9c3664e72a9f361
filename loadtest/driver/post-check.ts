// The check after every run: acknowledged = journalled = booked, and the books balance. Three who kept no record together are
// asked: the generator, the journal read fact by fact with the server stopped, and the trial balance of the books.
//
// P1. What was sent and not answered may have happened or not; without any such request the three are equal.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from '../bench/machine.ts';
import { readFrame } from '../../src/journal/frame.ts';
import { openLmdbJournal } from '../../src/journal/lmdb-journal.ts';
import { decodeFacts } from '../../src/journal/payload.ts';

/** What can be acknowledged: how often, and how many minor units together. */
export type Deeds = Readonly<Record<Deed, { readonly count: number; readonly amount: number }>>;
type Deed = (typeof DEEDS)[number];
export const DEEDS = ['posted', 'held', 'captured', 'paid'] as const;

/** Credits of a subject, minor units: of users' available and held money, and of what waits for merchants. */
export type Booked = {
  readonly available: number;
  readonly held: number;
  readonly pending: number;
  readonly balanced: boolean;
};

export type Finding = { readonly what: string; readonly ok: boolean; readonly detail: string };

const SUBJECT = { available: 2001, held: 2002, pending: 2003 } as const;
/** The step of a payment by which the payee gets what was paid. */
const PAID = 'PY4';

type TrialBalance = {
  readonly data: readonly { readonly subject: number; readonly credit: number }[];
  readonly totals: readonly { readonly debit: number; readonly credit: number }[];
};

/** From the books, by the API; it waits until they have what was acknowledged before. */
export async function readBooked(port: number, key: string): Promise<Booked> {
  const headers = key === '' ? {} : { Authorization: `Bearer ${key}` };
  const answer = await fetch(`http://127.0.0.1:${port}/v1/trial_balance`, { headers });
  if (answer.status !== 200) throw new Error(`the trial balance: ${answer.status} ${await answer.text()}`);
  const { data, totals } = (await answer.json()) as TrialBalance;
  const credit = (subject: number): number =>
    data.reduce((sum, row) => (row.subject === subject ? sum + row.credit : sum), 0);
  return {
    available: credit(SUBJECT.available),
    held: credit(SUBJECT.held),
    pending: credit(SUBJECT.pending),
    balanced: totals.every((total) => total.debit === total.credit),
  };
}

/** From the journal of a data folder on which no server runs. */
export async function readJournalled(data: string): Promise<Deeds> {
  const deeds = Object.fromEntries(DEEDS.map((deed) => [deed, { count: 0, amount: 0 }])) as Record<
    Deed,
    { count: number; amount: number }
  >;
  const journal = openLmdbJournal(join(data, 'journal'));
  const add = (deed: Deed, amount: number): void => {
    deeds[deed].count += 1;
    deeds[deed].amount += amount;
  };
  for (let seq = 1; seq <= journal.position(); seq++) {
    for (const fact of decodeFacts(readFrame(journal.read(seq) ?? new Uint8Array()).payload)) {
      if (fact.kind === 3 && isDeed(fact.step)) add(fact.step, fact.moved);
      if (fact.kind === 21 && fact.code === PAID) add('paid', fact.lines[0]?.amount ?? 0);
    }
  }
  await journal.close();
  return deeds;
}

function isDeed(step: string): step is Deed {
  return (DEEDS as readonly string[]).includes(step);
}

/** Whether `florin verify` finds the folder whole: hash chain, replay, snapshot and books. */
export function verifyFolder(data: string): Finding {
  const program = join(projectFolder(), 'dist/src/main.js');
  const what = 'florin verify: chain, replay, snapshot and books agree, Σ = 0';
  try {
    const words = [program, 'verify', '--data', data, '--json'];
    const proof = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8', stdio: 'pipe' })) as {
      frames: number;
      facts: number;
      currencies: { posted: string; heldMinusPending: string }[];
    };
    const ok = proof.currencies.every(({ posted, heldMinusPending }) => posted === '0' && heldMinusPending === '0');
    return { what, ok, detail: `${proof.frames} frames, ${proof.facts} facts` };
  } catch (error) {
    return { what, ok: false, detail: (error as Error).message.slice(0, 300) };
  }
}

/** Compares the three. `unknown`: requests that were sent and not answered. */
export function compare(acknowledged: Deeds, journalled: Deeds, booked: Booked, unknown: number): Finding[] {
  const found: Finding[] = DEEDS.filter((deed) => acknowledged[deed].count + journalled[deed].count > 0).map((deed) => {
    const [told, kept] = [acknowledged[deed], journalled[deed]];
    const more = kept.count - told.count;
    const ok = unknown === 0 ? more === 0 && kept.amount === told.amount : more >= 0 && more <= unknown;
    const open = unknown > 0 ? `, ${unknown} unknown` : '';
    return { what: `${deed}: acknowledged = journalled`, ok, detail: `${told.count} = ${kept.count}${open}` };
  });
  const money = (what: string, inJournal: number, inBooks: number): Finding => ({
    what: `${what}: journalled = booked`,
    ok: inJournal === inBooks,
    detail: `${inJournal} = ${inBooks} minor units`,
  });
  return [
    ...found,
    money('paid to users', journalled.posted.amount + journalled.captured.amount, booked.available),
    money('held', journalled.held.amount + journalled.paid.amount, booked.held),
    money('paid to merchants', journalled.paid.amount, booked.pending),
    { what: 'the books balance', ok: booked.balanced, detail: 'debits = credits in the trial balance' },
    { what: 'there was load', ok: found.length > 0, detail: `${found.length} kinds` },
  ];
}
