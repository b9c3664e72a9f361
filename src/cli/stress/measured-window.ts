// Measured window. What a server did between two scrapes: operations by sort, and how long each of its modules was busy.
//
// W1. Figures of stress traffic and of business never mix, but for what both share: the engine's thread and the cores. Of the
// thread the known part of the other one is taken off.

import { mapSorts, sumOf, type BySort, type Sort, type Use, type Window } from './capacity.ts';
import type { Scrape } from './scrape.ts';

export type World = 'shadow' | 'business';

export type MeasuredWindow = Window & {
  /** Operations a second of the other world in the same time. */
  readonly besidePerSecond: number;
  /** Requests that were refused. */
  readonly refused: number;
};

const PREFIX = { shadow: 'florin_shadow_', business: 'florin_' } as const satisfies Record<World, string>;
const OTHER = { shadow: 'business', business: 'shadow' } as const satisfies Record<World, World>;

/** The operation that begins one of a sort; transfers are counted by what became of them, for a batch has many. */
const BEGUN_BY: Readonly<Record<Exclude<Sort, 'transfer'>, string>> = {
  trade: 'trades.pay',
  refund: 'trades.refund',
  topup: 'topups.create',
  withdrawal: 'withdrawals.create',
};

export const ENGINE_THREAD = 'engine thread';
export const JOURNAL = 'journal';
export const CORES = 'cores';

/** @throws Error, in words for people, where the scrapes say nothing about it */
export function windowBetween(before: Scrape, after: Scrape, world: World): MeasuredWindow {
  const seconds = difference(before, after)('florin_busy_clock_seconds');
  if (!after.has('florin_busy_clock_seconds') || !after.has('florin_busy_seconds_total'))
    throw new Error('These are no metrics of a server that counts busy seconds.');
  if (!after.has(`${PREFIX[world]}busy_seconds_total`))
    throw new Error('This server takes no stress traffic: start it with --shadow on, or ask with --business.');
  if (!(seconds > 0))
    throw new Error('The second scrape is not later than the first, or the server was restarted between them.');
  return {
    seconds,
    done: doneIn(before, after, world),
    uses: usesIn(before, after, world),
    besidePerSecond: sumOf(doneIn(before, after, OTHER[world])) / seconds,
    refused: difference(before, after)(`${PREFIX[world]}refusals_total`),
  };
}

type Labels = Readonly<Record<string, string>>;

/** By how much counters went up. */
function difference(before: Scrape, after: Scrape): (name: string, labels?: Labels) => number {
  return (name, labels = {}) => after.sum(name, labels) - before.sum(name, labels);
}

function doneIn(before: Scrape, after: Scrape, world: World): BySort {
  const grown = difference(before, after);
  const [payments, durations] = [`${PREFIX[world]}payments_total`, `${PREFIX[world]}payment_duration_seconds_count`];
  return mapSorts((sort) => {
    if (sort !== 'transfer') return grown(durations, { op: BEGUN_BY[sort] });
    return grown(payments, { outcome: 'ok' }) + grown(payments, { outcome: 'sent' });
  });
}

function usesIn(before: Scrape, after: Scrape, world: World): Record<string, Use> {
  const grown = difference(before, after);
  const busy = (labels: Labels, of: World = world): number => grown(`${PREFIX[of]}busy_seconds_total`, labels);
  const one = (busySeconds: number): Use => ({ busySeconds, places: 1 });
  const other = OTHER[world];
  const notOurs = busy({ module: 'engine' }, other) + busy({ module: 'gateway' }, other);
  const webhooks = world === 'shadow' ? busy({ module: 'webhooks' }, 'business') : 0;
  return {
    gateway: one(busy({ module: 'gateway' })),
    engine: one(busy({ module: 'engine' })),
    [ENGINE_THREAD]: one(grown('florin_thread_busy_seconds_total', { thread: 'engine' }) - notOurs - webhooks),
    [JOURNAL]: one(grown(`${PREFIX[world]}journal_fsync_duration_seconds_sum`)),
    ...threadsIn(after, world, (labels) => one(busy(labels))),
    ...channelsIn(before, after, world),
    [CORES]: { busySeconds: grown(cpuName(after)), places: Math.max(1, after.sum('florin_cores')) },
  };
}

/** Modules with threads of their own; numbered where there are several. */
function threadsIn(after: Scrape, world: World, use: (labels: Labels) => Use): Record<string, Use> {
  const uses: Record<string, Use> = {};
  for (const module of ['books', 'reconciler']) {
    const workers = after.values(`${PREFIX[world]}busy_seconds_total`, 'worker', { module });
    for (const worker of workers) uses[workers.length > 1 ? `${module} ${worker}` : module] = use({ module, worker });
  }
  return uses;
}

/** Of each channel the places and the rate of what moves money, and the places of what asks. */
function channelsIn(before: Scrape, after: Scrape, world: World): Record<string, Use> {
  const grown = difference(before, after);
  const uses: Record<string, Use> = {};
  for (const channel of after.values(`${PREFIX[world]}channel_places`, 'channel')) {
    for (const lane of ['money', 'asking']) {
      const labels = { channel, lane };
      const places = after.sum(`${PREFIX[world]}channel_places`, labels);
      const rateMax = after.sum(`${PREFIX[world]}channel_rate_max`, labels);
      const name = lane === 'money' ? `channel ${channel}` : `channel ${channel}, queries`;
      uses[`${name}: places`] = { busySeconds: grown(`${PREFIX[world]}channel_place_seconds_total`, labels), places };
      // Each request takes its part of the second that the rate is counted in.
      const begun = grown(`${PREFIX[world]}channel_begun_total`, labels);
      uses[`${name}: rate`] = { busySeconds: begun / rateMax, places: 1 };
    }
  }
  return uses;
}

/** Metrics that every process has are called the same everywhere, without a prefix; those of other versions have ours. */
function cpuName(after: Scrape): string {
  return after.has('process_cpu_seconds_total') ? 'process_cpu_seconds_total' : 'florin_process_cpu_seconds_total';
}
