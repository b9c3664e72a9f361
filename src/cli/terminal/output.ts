// Output of a command: lines to where commander writes, so that a test or another program can listen in.

import type { Command } from 'commander';

export type Output = {
  /** Results: standard output. */
  readonly out: (text: string) => void;
  /** Everything else a person should read: standard error. */
  readonly err: (text: string) => void;
};

/** Each call of `out` and `err` ends its text with a newline. */
export function outputOf(command: Command): Output {
  const output = command.configureOutput();
  return {
    out: (text) => output.writeOut?.(`${text}\n`),
    err: (text) => output.writeErr?.(`${text}\n`),
  };
}
