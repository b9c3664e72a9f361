// Log book: what was logged, line by line, as it would be written.

import { openLog } from '../../src/log/log.ts';
import type { Log } from '../../src/log/log-line.ts';

export type LoggedLine = Readonly<Record<string, unknown>> & { readonly line: string; readonly msg: string };

export class LogBook {
  readonly log: Log;
  /** All that was written. */
  text = '';

  constructor(level = 'info') {
    this.log = openLog(level, { write: (line: string) => void (this.text += line) });
  }

  get lines(): LoggedLine[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LoggedLine);
  }

  /** The names of the lines, in order. */
  get names(): string[] {
    return this.lines.map(({ line }) => line);
  }
}
