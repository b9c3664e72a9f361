// Payload. The facts of one frame as bytes: [contexts, rows] in msgpack. Facts of one request share a context, so each
// context is written once per frame and rows name it by its place.

import { Packr } from 'msgpackr';
import { contextRow, readContext, type Context, type ContextRow } from '../domain/context.ts';
import { factRow, isPlain, readFact, type FactRow } from '../domain/fact-rows.ts';
import type { Fact, TransferMoved } from '../domain/facts.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

const packr = new Packr({ useRecords: false, moreTypes: false, int64AsType: 'number' });
const writer = new MsgpackWriter();

/** Valid until the next call. */
export function encodeFacts(facts: readonly Fact[]): Uint8Array {
  const places = placesOf(facts);
  writer.array(2);
  writer.raw(packr.pack([...places.keys()].map(contextRow)));
  writer.array(facts.length);
  let context: Context | null = null;
  let place = 0;
  for (const fact of facts) {
    if (fact.context !== context) {
      context = fact.context;
      place = places.get(context) ?? 0;
    }
    if (fact.kind === 3 && isPlain(fact)) writePost(fact, place);
    else writer.raw(packr.pack(factRow(fact, place)));
  }
  return writer.take();
}

/** @throws Error when the bytes are not what `encodeFacts` wrote. */
export function decodeFacts(payload: Uint8Array): Fact[] {
  const [contextRows, rows] = packr.unpack(payload) as [ContextRow[], FactRow[]];
  const contexts = contextRows.map(readContext);
  return rows.map((row) => readFact(row, contexts));
}

/** Each context once, in the order of appearance. */
function placesOf(facts: readonly Fact[]): Map<Context, number> {
  const places = new Map<Context, number>();
  let last: Context | null = null;
  for (const { context } of facts) {
    if (context === last) continue;
    last = context;
    if (!places.has(context)) places.set(context, places.size);
  }
  return places;
}

/** The row of `factRow` for a plain post, without the array in between. */
function writePost(fact: TransferMoved, place: number): void {
  const { debit, credit } = fact;
  writer.array(14);
  writer.integer(fact.kind);
  writer.integer(place);
  writer.integer(0);
  writer.ascii(fact.id);
  writer.ascii(debit.account);
  writer.integer(debit.version);
  writer.integer(debit.available);
  writer.integer(debit.previousSeq);
  writer.ascii(credit.account);
  writer.integer(credit.version);
  writer.integer(credit.available);
  writer.integer(credit.previousSeq);
  writer.ascii(fact.currency);
  writer.integer(fact.amount);
}
