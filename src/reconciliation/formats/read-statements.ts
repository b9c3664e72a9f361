// Reading of statements. Chunks of a file go in, statements and lines come out in batches; memory holds one record and the
// items of one chunk.

import { bai2Reader } from './bai2-reader.ts';
import { camt053Reader } from './camt053-reader.ts';
import { csvReader } from './csv-reader.ts';
import { detectFormat, DETECTION_BYTES } from './detect.ts';
import { FormatError } from './format-error.ts';
import { mt940Reader } from './mt940-reader.ts';
import type { FormatName, ReadOptions } from './read-options.ts';
import type { FormatReader, StatementItem } from './statement.ts';

/** Bytes that a reader is given at once: a chunk may be a whole file, the items of one batch should not be. */
const PIECE_BYTES = 65_536;

/**
 * Reads a file of any of the formats. The file was whole only if this ends without an error: what came before one is to be
 * thrown away. Batches may hold any number of items, and are never empty.
 * @throws FormatError with the place where the file is not what its format says, and what was expected there
 */
export async function* readStatements(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<readonly StatementItem[]> {
  let head: Uint8Array = new Uint8Array(0);
  let reader = options.format === undefined ? null : readerOf(options.format, options);
  for await (const chunk of chunks) {
    let bytes = chunk;
    if (reader === null) {
      head = Buffer.concat([head, chunk]);
      if (head.length < DETECTION_BYTES) continue;
      reader = detectedReader(head, options);
      bytes = head;
    }
    yield* fed(reader, bytes);
  }
  if (reader === null) {
    reader = detectedReader(head, options);
    yield* fed(reader, head);
  }
  const out: StatementItem[] = [];
  reader.end(out);
  if (out.length > 0) yield out;
}

function* fed(reader: FormatReader, bytes: Uint8Array): Generator<readonly StatementItem[]> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    const out: StatementItem[] = [];
    reader.feed(bytes.subarray(from, from + PIECE_BYTES), out);
    if (out.length > 0) yield out;
  }
}

function detectedReader(head: Uint8Array, options: ReadOptions): FormatReader {
  const format = options.csv === undefined ? detectFormat(head) : 'csv';
  if (format !== null) return readerOf(format, options);
  const detail = 'camt.053, MT940, BAI2 or CSV was expected; if it is one of them, say which';
  throw new FormatError(options.file, { line: 1, column: 1 }, '', detail);
}

function readerOf(format: FormatName, options: ReadOptions): FormatReader {
  switch (format) {
    case 'csv':
      return csvReader(options);
    case 'camt053':
      return camt053Reader(options);
    case 'mt940':
      return mt940Reader(options);
    case 'bai2':
      return bai2Reader(options);
  }
}
