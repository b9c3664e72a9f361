// Statement model. What a statement says, written a second time and as plainly as can be: all entries in an array.

import * as fc from 'fast-check';
import { ENTRY_TYPES, type EntryType, type Side } from '../../../src/ledger/entry-block.ts';
import type { StatementQuery } from '../../../src/ledger/statement.ts';
import { MERCHANT } from './made-journal.ts';

/** What the model has of an entry. */
export type Line = {
  readonly type: EntryType;
  readonly side: Side;
  readonly version: number;
  /** Place of the fact in the journal. */
  readonly seq: number;
  readonly index: number;
  readonly timeMs: number;
  readonly transfer: string;
  readonly available: number;
};

export function isMoney({ type }: Line): boolean {
  return type !== 'opened' && type !== 'changed';
}

/** Pages next to a bound begin at it, whichever way they are shown. */
export function expected(lines: readonly Line[], query: StatementQuery): object {
  const { before, after, limit, newestFirst, type, places, fromMs, toMs } = query;
  const inside = lines.filter(
    (line) =>
      line.version > after &&
      (before === 0 || line.version < before) &&
      line.timeMs >= fromMs &&
      line.timeMs < toMs &&
      (type === '' ? isMoney(line) : line.type === type) &&
      (places === null || places.some(({ seq, index }) => seq === line.seq && index === line.index)),
  );
  const fromEnd = newestFirst ? after === 0 : before > 0 && after === 0;
  const page = fromEnd ? inside.slice(-limit) : inside.slice(0, limit);
  const [oldest, newest] = [page[0], page.at(-1)];
  const entries = newestFirst ? page.toReversed() : page;
  const edges =
    oldest && newest
      ? {
          opening: lines.findLast(({ version }) => version < oldest.version)?.available ?? 0,
          closing: newest.available,
        }
      : edgesOfNothing(lines, query);
  return { entries, hasMore: inside.length > limit, ...edges };
}

/** Where the page would end: what was there before the bound above it. */
function edgesOfNothing(lines: readonly Line[], { before, toMs }: StatementQuery): object {
  const below = lines.filter((line) => (before === 0 || line.version < before) && line.timeMs < toMs);
  const available = below.at(-1)?.available ?? 0;
  return { opening: available, closing: available };
}

/** Anything that can be asked of these lines; no more than `wantedMax` by the places of their facts. */
export function queryOf(
  lines: readonly Line[],
  account: string,
  wantedMax = lines.length,
): fc.Arbitrary<StatementQuery> {
  const version = fc.oneof(
    { arbitrary: fc.constant(0), weight: 2 },
    fc.integer({ min: 1, max: (lines.at(-1)?.version ?? 0) + 2 }),
  );
  const time = fc.integer({ min: -1, max: 1 }).chain((more) => {
    return fc.constantFrom(...lines.map(({ timeMs }) => timeMs)).map((timeMs) => timeMs + more);
  });
  return fc.record({
    merchant: fc.constant(MERCHANT),
    account: fc.constant(account),
    before: version,
    after: version,
    limit: fc.constantFrom(1, 2, 7, 63, 64, 65, 1_000),
    newestFirst: fc.boolean(),
    type: fc.constantFrom<EntryType | ''>('', '', '', ...ENTRY_TYPES),
    places: fc.oneof(
      { arbitrary: fc.constant(null), weight: 2 },
      fc.subarray(
        lines.map(({ seq, index }) => ({ seq, index })),
        { maxLength: wantedMax },
      ),
    ),
    fromMs: fc.oneof(fc.constant(0), time),
    toMs: fc.oneof(fc.constant(Infinity), time),
  });
}
