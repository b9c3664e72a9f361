// Runs a command of the command line in this process and listens to what it says.

import { Command } from 'commander';

export type Run = { readonly out: string; readonly err: string; readonly exitCode: number };

/** Leaves the exit code of the test process as it was. */
export async function runCommand(register: (program: Command) => void, ...words: string[]): Promise<Run> {
  let out = '';
  let err = '';
  const program = new Command('florin').configureOutput({
    writeOut: (text) => (out += text),
    writeErr: (text) => (err += text),
  });
  register(program);
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await program.parseAsync(words, { from: 'user' });
    return { out, err, exitCode: process.exitCode };
  } finally {
    process.exitCode = before;
  }
}
