// Payload. The facts of one frame as bytes: [contexts, rows] in msgpack. Facts of one request share a context, so each
// context is written once per frame and rows name it by its place.

import { Packr } from 'msgpackr';
import { contextRow, readContext, type Context, type ContextRow } from '../domain/context.ts';
import { factRow, isPlain, readFact, type FactRow } from '../domain/fact-rows.ts';
import { FACT_KIND, type Fact, type TransferMoved } from '../domain/facts.ts';
import { arrayAt, skipValue } from './msgpack-scanner.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

const packr = new Packr({ useRecords: false, moreTypes: false, int64AsType: 'number' });
/** Contexts of a frame, usually few; the buffer grows when they are many. */
const HEAD_BYTES = 4096;

/** Writes each fact as it comes, while it is still in the processor's cache. */
export class PayloadBuilder {
  readonly #rows = new MsgpackWriter();
  readonly #places = new Map<Context, number>();
  /** The same contexts by their place. */
  #contexts: Context[] = [];
  /** Where each row begins. */
  #starts: number[] = [];
  #context: Context | null = null;
  #place = 0;
  /** Something of an order, or a new day, was added since the last `take`; perhaps it was taken back. */
  hasOrders = false;

  add(fact: Fact): void {
    if (fact.context !== this.#context) this.#enter(fact.context);
    this.#starts.push(this.#rows.length);
    if (fact.kind === FACT_KIND.transferMoved && isPlain(fact)) writePost(this.#rows, fact, this.#place);
    else {
      if (isOfOrder(fact)) writeValue(this.#rows, factRow(fact, this.#place));
      else this.#rows.raw(packr.pack(factRow(fact, this.#place)));
      this.hasOrders ||= isOfOrder(fact) || fact.kind === FACT_KIND.dayOpened;
    }
  }

  /** Facts added since the last `take`. */
  get count(): number {
    return this.#starts.length;
  }

  /** The facts from place `from` on, read back from what was written. */
  facts = (from: number): Fact[] => {
    return this.#starts.slice(from).map((start, index) => {
      const row = this.#rows.read(start, this.#starts[from + index + 1] ?? this.#rows.length);
      return readFact(packr.unpack(row) as FactRow, this.#contexts);
    });
  };

  /** Forgets all facts but the first `count`. */
  cutTo(count: number): void {
    const start = this.#starts[count];
    if (start === undefined) return;
    this.#rows.cutTo(start);
    this.#starts.length = count;
    this.#context = null;
  }

  /** The payload of what was added, and a fresh start. */
  take(): Uint8Array {
    const head = new MsgpackWriter(HEAD_BYTES);
    head.array(2);
    writeValue(head, this.#contexts.map(contextRow));
    head.array(this.#starts.length);
    const payload = Buffer.concat([head.take(), this.#rows.take()]);
    this.#places.clear();
    this.#contexts = [];
    this.#starts = [];
    this.#context = null;
    this.hasOrders = false;
    return payload;
  }

  #enter(context: Context): void {
    this.#context = context;
    const known = this.#places.get(context);
    this.#place = known ?? this.#contexts.push(context) - 1;
    if (known === undefined) this.#places.set(context, this.#place);
  }
}

export function encodeFacts(facts: readonly Fact[]): Uint8Array {
  const builder = new PayloadBuilder();
  for (const fact of facts) builder.add(fact);
  return builder.take();
}

/** The facts of a payload, made when they are asked for. `count`: how many there are. */
export function encodedFacts(count: number, payload: Uint8Array): { count: number; facts: (from: number) => Fact[] } {
  return { count, facts: (from) => decodeFacts(payload).slice(from) };
}

/** @throws Error when the bytes are not what `encodeFacts` wrote. */
export function decodeFacts(payload: Uint8Array): Fact[] {
  const [contextRows, rows] = packr.unpack(payload) as [ContextRow[], FactRow[]];
  const contexts = contextRows.map(readContext);
  return rows.map((row) => readFact(row, contexts));
}

/**
 * The facts of a frame, with their places in it, but for rows of these kinds: they are passed over and cost little. What is
 * left out is named and not what is wanted, because a fact can come to have a row of another kind. `also`: rows that are taken
 * whatever they are, by their place among so many.
 * @throws Error when the bytes are not what `encodeFacts` wrote
 */
export function pickFacts(
  payload: Uint8Array,
  but: ReadonlySet<number>,
  also: (index: number, rows: number) => boolean = () => false,
): { index: number; fact: Fact }[] {
  const picked: { index: number; fact: Fact }[] = [];
  const head = arrayAt(payload, 0).first;
  const rows = skipValue(payload, head);
  let contexts: Context[] | null = null;
  const { length, first } = arrayAt(payload, rows);
  for (let index = 0, at = first; index < length; index++) {
    const end = skipValue(payload, at);
    if (!but.has(kindAt(payload, at)) || also(index, length)) {
      contexts ??= (packr.unpack(payload.subarray(head, rows)) as ContextRow[]).map(readContext);
      picked.push({ index, fact: readFact(packr.unpack(payload.subarray(at, end)) as FactRow, contexts) });
    }
    at = end;
  }
  return picked;
}

/** Kind of the row that begins at `at`: below 128, so one byte. */
function kindAt(payload: Uint8Array, at: number): number {
  const isShort = (payload[at] as number) < 0xa0;
  return payload[isShort ? at + 1 : arrayAt(payload, at).first] as number;
}

/** Facts of which there are several for each payment; their rows are arrays of short texts and integers. */
function isOfOrder({ kind }: Fact): boolean {
  return kind === FACT_KIND.orderStepped || kind === FACT_KIND.voucherPosted;
}

/** Longer texts, and those that are not ASCII, are left to msgpackr. */
function writeValue(writer: MsgpackWriter, value: unknown): void {
  if (typeof value === 'string' && writer.text(value)) return;
  if (typeof value === 'number' && Number.isSafeInteger(value)) writer.integer(value);
  else if (typeof value === 'boolean' || value === null) writer.simple(value);
  else if (Array.isArray(value)) {
    writer.array(value.length);
    for (const one of value as readonly unknown[]) writeValue(writer, one);
  } else writer.raw(packr.pack(value));
}

/** The row of `factRow` for a plain post, without the array in between. */
function writePost(writer: MsgpackWriter, fact: TransferMoved, place: number): void {
  const { debit, credit } = fact;
  writer.array(12);
  writer.integer(fact.kind);
  writer.integer(place);
  writer.integer(0);
  writer.ascii(fact.id);
  writer.ascii(debit.account);
  writer.integer(debit.version);
  writer.integer(debit.available);
  writer.ascii(credit.account);
  writer.integer(credit.version);
  writer.integer(credit.available);
  writer.ascii(fact.currency);
  writer.integer(fact.amount);
}
