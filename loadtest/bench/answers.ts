// Answers: what the generator must know of one, its request id and whether it was carried out, read without unpacking.
//
// R1. The quick way reads the order of fields that MessagePack writers give `{id, ok, …}`; any other goes the slow way
//     and means the same.

import { unpack } from 'msgpackr';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

const Answer = Compile(
  Type.Object({
    id: Type.Integer(),
    ok: Type.Boolean(),
    body: Type.Optional(Type.Unknown()),
    error: Type.Optional(Type.Object({ code: Type.String() })),
  }),
);

const Results = Compile(Type.Object({ results: Type.Array(Type.Integer()) }));

/** What `readAnswer` found. One object for all answers: it is overwritten by the next. */
export type AnswerHead = { id: number; ok: boolean };

const TRUE = 0xc3;
/** `id` and `ok` as MessagePack texts of two characters. */
const ID = 0xa2_69_64;
const OK = 0xa2_6f_6b;

/** Reads `bytes[start … end)` into `head`. Throws for what is no answer. */
export function readAnswer(bytes: Buffer, start: number, end: number, head: AnswerHead): void {
  // {id, ok, …}: a map of up to 15 fields, or one whose count takes 16 bits.
  const at = bytes[start] === 0xde ? start + 3 : start + 1;
  const valueAt = at + 3;
  const width = integerWidth(bytes[valueAt] ?? 0);
  const okAt = valueAt + width;
  if (width === 0 || okAt + 4 > end || text3(bytes, at) !== ID || text3(bytes, okAt) !== OK) {
    return readSlowly(bytes, start, end, head);
  }
  head.id = integer(bytes, valueAt, width);
  head.ok = bytes[okAt + 3] === TRUE;
}

function readSlowly(bytes: Buffer, start: number, end: number, head: AnswerHead): void {
  const answer = unpackAnswer(bytes, start, end);
  head.id = answer.id;
  head.ok = answer.ok;
}

function unpackAnswer(
  bytes: Buffer,
  start: number,
  end: number,
): { id: number; ok: boolean; body?: unknown; code: string } {
  const answer: unknown = unpack(bytes.subarray(start, end));
  if (!Answer.Check(answer)) throw new Error(`not an answer: ${JSON.stringify(answer).slice(0, 200)}`);
  return { id: answer.id, ok: answer.ok, body: answer.body, code: answer.error?.code ?? '' };
}

/** The refusal code of an answer that is not ok. */
export function refusalCode(bytes: Buffer, start: number, end: number): string {
  return unpackAnswer(bytes, start, end).code;
}

/** The results of a batch that is ok. */
export function readResults(bytes: Buffer, start: number, end: number): readonly number[] {
  const { body } = unpackAnswer(bytes, start, end);
  if (!Results.Check(body)) throw new Error('the answer to a batch has no results');
  return body.results;
}

/** Bytes of a non-negative integer of up to 32 bits with its header; 0 for anything else. */
function integerWidth(header: number): number {
  if (header < 0x80) return 1;
  return header === 0xcc ? 2 : header === 0xcd ? 3 : header === 0xce ? 5 : 0;
}

function integer(bytes: Buffer, at: number, width: number): number {
  return width === 1 ? (bytes[at] ?? 0) : bytes.readUIntBE(at + 1, width - 1);
}

function text3(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}
