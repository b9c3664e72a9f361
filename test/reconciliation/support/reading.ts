// Reading of texts in tests.

import { currencyTable } from '../../../src/currency-table.ts';
import { FormatError } from '../../../src/reconciliation/formats/format-error.ts';
import { readStatements } from '../../../src/reconciliation/formats/read-statements.ts';
import type { ReadOptions } from '../../../src/reconciliation/formats/read-options.ts';
import type {
  StatementItem,
  StatementLine,
  StatementSummary,
  StatementWarning,
} from '../../../src/reconciliation/formats/statement.ts';

/** DEM is no currency any more, but is in files. */
export const CURRENCIES = currencyTable(['DEM:2']);

export type Options = Partial<ReadOptions>;

export async function itemsOf(chunks: readonly Uint8Array[], options: Options = {}): Promise<StatementItem[]> {
  const items: StatementItem[] = [];
  const file = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks;
  };
  for await (const batch of readStatements(file(), { file: 'file', currencies: CURRENCIES, ...options })) {
    items.push(...batch);
  }
  return items;
}

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

export async function read(text: string, options: Options = {}): Promise<StatementItem[]> {
  return itemsOf([bytesOf(text)], options);
}

export function linesIn(items: readonly StatementItem[]): StatementLine[] {
  return items.flatMap((item) => (item.kind === 'line' ? [item.line] : []));
}

export function warningsIn(items: readonly StatementItem[]): StatementWarning[] {
  return items.flatMap((item) => (item.kind === 'warning' ? [item.warning] : []));
}

export function summariesIn(items: readonly StatementItem[]): StatementSummary[] {
  return items.flatMap((item) => (item.kind === 'closed' ? [item.summary] : []));
}

/** The message of the refusal; fails the test when there is none, or another error. */
export async function refusalOf(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  throw new Error('it was read');
}
