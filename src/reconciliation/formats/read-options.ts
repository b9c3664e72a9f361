// Read options. What a file does not say of itself.

import type { Currencies } from '../../domain/currencies.ts';
import type { CsvMapping } from './csv-mapping.ts';

export type FormatName = 'csv' | 'camt053' | 'mt940' | 'bai2';

export type ReadOptions = {
  /** The name that errors call the file by. */
  readonly file: string;
  readonly currencies: Currencies;
  /** Instead of what its first bytes look like. */
  readonly format?: FormatName;
  /** Of a CSV file that is none of the known bills. */
  readonly csv?: CsvMapping;
  /** Of the account, for files that say none; without it such a file is refused. */
  readonly currency?: string;
};
