// Detection of a format by the first bytes of a file. What is not sure is not guessed: the caller then has to say.

import type { FormatName } from './read-options.ts';
import { latin1Text } from './windows-1252.ts';

/** Bytes that are looked at: an envelope of MT940 is shorter. */
export const DETECTION_BYTES = 2_048;

/** Null for bytes that look like none of the formats. A CSV file shows itself by a first line with a separator. */
export function detectFormat(head: Uint8Array): FormatName | null {
  const text = latin1Text(head.subarray(0, DETECTION_BYTES)).replace(/^\u00EF\u00BB\u00BF/, '');
  if (/^\s*</.test(text)) return 'camt053';
  if (/^[0-9]{2},/.test(text)) return 'bai2';
  if (/(?:^|\n):[0-9]{2}[A-Z]?:/.test(text)) return 'mt940';
  const [first = ''] = text.split(/\r?\n/, 1);
  return /^[^,;\t|]+[,;\t|]/.test(first) ? 'csv' : null;
}
