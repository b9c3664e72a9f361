// Payload. The facts of one frame as bytes: [contexts, rows] in msgpack. Facts of one request share a context, so each
// context is written once per frame and rows name it by its place.

import { Packr } from 'msgpackr';
import { contextRow, readContext, type Context, type ContextRow } from '../domain/context.ts';
import { factRow, readFact, type Fact, type FactRow } from '../domain/facts.ts';

const packr = new Packr({ useRecords: false, moreTypes: false, int64AsType: 'number' });

export function encodeFacts(facts: readonly Fact[]): Uint8Array {
  const places = new Map<Context, number>();
  const contexts: ContextRow[] = [];
  const rows: FactRow[] = [];
  let last: Context | null = null;
  let place = 0;
  for (const fact of facts) {
    if (fact.context !== last) {
      last = fact.context;
      const known = places.get(last);
      place = known ?? contexts.push(contextRow(last)) - 1;
      if (known === undefined) places.set(last, place);
    }
    rows.push(factRow(fact, place));
  }
  return packr.pack([contexts, rows]);
}

/** @throws Error when the bytes are not what `encodeFacts` wrote. */
export function decodeFacts(payload: Uint8Array): Fact[] {
  const [contextRows, rows] = packr.unpack(payload) as [ContextRow[], FactRow[]];
  const contexts = contextRows.map(readContext);
  return rows.map((row) => readFact(row, contexts));
}
