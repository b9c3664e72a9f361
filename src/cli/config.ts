// The configuration as commands see it: read from this process, its problems told to the person who typed.

import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { addConfigFlags, describeConfig, type Loaded, loadConfig } from '../config.ts';
import { outputOf } from './terminal/output.ts';
import { table } from './terminal/table.ts';

function readOptionalFile(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/**
 * The configuration for a command, from its flags, this process's environment and the file.
 * On problems it prints all of them, sets the exit code to 1 and returns undefined.
 */
export function readConfig(command: Command): Loaded | undefined {
  const loaded = loadConfig({ flags: command.opts(), environment: process.env, readFile: readOptionalFile });
  if (!('problems' in loaded)) return loaded;
  for (const problem of loaded.problems) outputOf(command).err(problem);
  process.exitCode = 1;
  return undefined;
}

function print(flags: { json?: true }, command: Command): void {
  const loaded = readConfig(command);
  if (loaded === undefined) return;
  const { out } = outputOf(command);
  const options = describeConfig(loaded);
  if (flags.json === true) return out(JSON.stringify(options, null, 2));
  const rows = options.map(({ name, value, source, unit }) => [name, String(value) || 'none', source, unit]);
  out(table(['option', 'value', 'source', 'unit'], rows));
  if (loaded.file !== undefined) out(`\nfile: ${loaded.file}`);
}

/** `florin config print`. */
export function registerConfig(program: Command): void {
  const config = program.command('config').description('look at the configuration');
  const command = config.command('print').description('print every option with its value and where it comes from');
  addConfigFlags(command);
  command.option('--json', 'print JSON').action(print);
}
