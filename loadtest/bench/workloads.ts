// Workloads: what is measured, as a table. Names are those of the design's list of numbers to reach.

import type { Debits } from './draw.ts';

/** How transfers travel. `window`: requests in flight; on HTTP, connections with one request each. */
type Way =
  | { readonly way: 'batches'; readonly size: number; readonly window: number; readonly held: boolean }
  | { readonly way: 'frames'; readonly window: number }
  | { readonly way: 'http'; readonly window: number };

export type Workload = Way & {
  /** Unique: the row in the results. */
  readonly key: string;
  /** What is asked for on the command line; several workloads may share it. */
  readonly name: string;
  readonly title: string;
  readonly accounts: number;
  readonly debits: Debits;
  /** How account 0 is credited; at once when it is not said. */
  readonly crediting?:
    | { readonly way: 'buffered' | 'segmented'; readonly delay_ms: number }
    | { readonly way: 'spread'; readonly sub_accounts: number };
  /** Operations acknowledged a second; tuples, where a held transfer has two. */
  readonly target: number;
  /** Books are kept meanwhile. `drained`: the time until they have everything counts as well. */
  readonly books?: 'kept' | 'drained';
  /** Seconds of a run, where the work says it. */
  readonly seconds?: number;
};

const uniform = { accounts: 10_000, debits: 'uniform' } as const;
const batches = { way: 'batches', size: 1_000, window: 8, held: false } as const;

export const WORKLOADS: readonly Workload[] = [
  { key: 'W1', name: 'W1', title: '10,000 accounts, batches of 1,000', ...uniform, ...batches, target: 250_000 },
  {
    key: 'W2',
    name: 'W2',
    title: 'every debit from one hot account, batches of 1,000',
    ...batches,
    // The hot account and 10,000 others.
    accounts: 10_001,
    debits: 'hot',
    target: 250_000,
  },
  {
    key: 'W3a',
    name: 'W3',
    title: 'one a frame, 1,000 in flight',
    ...uniform,
    way: 'frames',
    window: 1_000,
    target: 65_000,
  },
  {
    key: 'W3b',
    name: 'W3',
    title: 'one a frame, 100 in flight',
    ...uniform,
    way: 'frames',
    window: 100,
    target: 34_000,
  },
  {
    key: 'W4',
    name: 'W4',
    title: 'HTTP JSON, one a request, 64 connections',
    ...uniform,
    way: 'http',
    window: 64,
    target: 15_000,
  },
  {
    key: 'W5',
    name: 'W5',
    title: '30% held, then captured, batches of 1,000 (counted: tuples)',
    ...uniform,
    ...batches,
    held: true,
    target: 150_000,
  },
  {
    key: 'W6',
    name: 'W6',
    title: '1,000,000 accounts, batches of 1,000',
    ...batches,
    accounts: 1_000_000,
    debits: 'uniform',
    target: 120_000,
  },
  // 0.85 of what W1 is to reach without them.
  {
    key: 'W7a',
    name: 'W7',
    title: 'as W1, while the books are kept',
    ...uniform,
    ...batches,
    target: 212_500,
    books: 'kept',
  },
  {
    key: 'W7b',
    name: 'W7',
    title: 'W1 for 60 s, until the books have everything',
    ...uniform,
    ...batches,
    target: 200_000,
    books: 'drained',
    seconds: 60,
  },
];

/** The workloads of these names, all of them for none; an Error for a name that does not exist. */
export function workloadsNamed(names: readonly string[]): Workload[] {
  const known = [...new Set(WORKLOADS.map(({ name }) => name))];
  const wanted = names.map((name) => name.toUpperCase());
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no workload ${unknown}; there are ${known.join(', ')}`);
  return WORKLOADS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}
