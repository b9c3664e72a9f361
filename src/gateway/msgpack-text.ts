// Msgpack text. Whether the texts of a message are valid UTF-8: the decoder does not say so, it puts U+FFFD in place of
// what is not.
//
// X1. Structure is the decoder's business. Here a message is a row of tokens: a list or map is its head alone, and what
// is in it are the tokens behind.

import { isUtf8 } from 'node:buffer';

/** What follows a first byte: a length of `lengthBytes`, and `bytes` besides. */
type Token = { readonly text: boolean; readonly lengthBytes: number; readonly bytes: number };

/** Bytes behind 0xca … 0xd8 (numbers, extensions of fixed size with their type) and 0xdc … 0xdf (heads). */
const NUMBER_BYTES = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17] as const;
const HEAD_BYTES = [2, 4, 2, 4] as const;

const TOKENS: readonly Token[] = Array.from({ length: 256 }, (_, first) => tokenOf(first));

function tokenOf(first: number): Token {
  const token = (bytes: number): Token => ({ text: false, lengthBytes: 0, bytes });
  if (first >= 0xa0 && first < 0xc0) return { text: true, lengthBytes: 0, bytes: first - 0xa0 };
  if (first >= 0xc4 && first < 0xc7) return { text: false, lengthBytes: 2 ** (first - 0xc4), bytes: 0 };
  if (first >= 0xc7 && first < 0xca) return { text: false, lengthBytes: 2 ** (first - 0xc7), bytes: 1 };
  if (first >= 0xd9 && first < 0xdc) return { text: true, lengthBytes: 2 ** (first - 0xd9), bytes: 0 };
  if (first >= 0xca && first < 0xd9) return token(NUMBER_BYTES[first - 0xca] ?? 0);
  return token(first >= 0xdc && first < 0xe0 ? (HEAD_BYTES[first - 0xdc] ?? 0) : 0);
}

/** Whether the token that begins at `at` is a text. */
export function isTextToken(view: Buffer, at: number): boolean {
  return (TOKENS[view[at] as number] as Token).text;
}

/** Where what the token says begins, behind its first byte and its length. */
export function tokenStart(view: Buffer, at: number): number {
  return at + 1 + (TOKENS[view[at] as number] as Token).lengthBytes;
}

/** Where the next token begins; it may be beyond the end. */
export function tokenEnd(view: Buffer, at: number): number {
  const { lengthBytes, bytes } = TOKENS[view[at] as number] as Token;
  return at + 1 + lengthBytes + bytes + (lengthBytes === 0 ? 0 : view.readUIntBE(at + 1, lengthBytes));
}

/** Whether one of its texts is no UTF-8, or reaches beyond its end. */
export function hasBrokenText(message: Uint8Array): boolean {
  const view = Buffer.from(message.buffer, message.byteOffset, message.length);
  for (let at = 0; at < view.length;) {
    const start = tokenStart(view, at);
    if (start > view.length) return true;
    const end = tokenEnd(view, at);
    if (isTextToken(view, at) && (end > view.length || !isUtf8(view.subarray(start, end)))) return true;
    at = end;
  }
  return false;
}
