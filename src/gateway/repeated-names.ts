// Repeated names. Whether a map says something twice: parsers keep the last one and other readers, such as a proxy that judges
// requests, may keep the first, so nobody knows which was meant (RFC 8259 §4).
//
// N1. Only what was parsed is looked at: what is no JSON or no msgpack is the parsers' business.

import { isTextToken, tokenEnd, tokenStart } from './msgpack-text.ts';

/** True when an object of a valid JSON text has a name twice, however it is written. */
export function repeatsName(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  let names: Set<string> | null = null;
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '{':
        open.push((names = new Set()));
        isName = true;
        break;
      case '[':
        open.push((names = null));
        isName = false;
        break;
      case '}':
      case ']':
        open.pop();
        names = open.at(-1) ?? null;
        isName = false;
        break;
      case ',':
        isName = names !== null;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (isName && isKnown(names, nameIn(text, at, end))) return true;
        isName = false;
        at = end;
        break;
      }
      default:
    }
  }
  return false;
}

/** Where the quotation mark is that ends the string which begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text[before - 1] === '\\') before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}

function nameIn(text: string, at: number, end: number): string {
  const name = text.slice(at + 1, end);
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
}

function isKnown(names: Set<string> | null, name: string): boolean {
  if (!names) return false;
  if (names.has(name)) return true;
  names.add(name);
  return false;
}

/** A map or list that is being read: tokens that it still has, and of a map the names so far. */
type Level = { left: number; readonly names: Set<string> | null };

/** True when a map of a valid msgpack message has a name twice. */
export function repeatsPackedName(message: Uint8Array): boolean {
  const view = Buffer.from(message.buffer, message.byteOffset, message.length);
  const open: Level[] = [];
  for (let at = 0; at < view.length;) {
    const end = tokenEnd(view, at);
    const level = open.at(-1);
    if (level && level.left % 2 === 0) {
      const begin = isTextToken(view, at) ? tokenStart(view, at) : at;
      if (isKnown(level.names, view.toString('latin1', begin, end))) return true;
    }
    if (level) level.left -= 1;
    const begun = levelOf(view, at);
    if (begun && begun.left > 0) open.push(begun);
    while (open.at(-1)?.left === 0) open.pop();
    at = end;
  }
  return false;
}

/** What a map's or list's head begins; null for another token. */
function levelOf(view: Buffer, at: number): Level | null {
  const first = view[at] as number;
  if (first >= 0x80 && first < 0x90) return { left: 2 * (first - 0x80), names: new Set() };
  if (first >= 0x90 && first < 0xa0) return { left: first - 0x90, names: null };
  if (first < 0xdc || first > 0xdf) return null;
  const count = first % 2 === 0 ? view.readUInt16BE(at + 1) : view.readUInt32BE(at + 1);
  return first < 0xde ? { left: count, names: null } : { left: 2 * count, names: new Set() };
}
