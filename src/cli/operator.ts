// Operator. What the commands for operators have in common: they ask the operations listener of a running server. The key is
// in the environment, so that it is in no list of processes.

import type { Command } from 'commander';
import type { Problem } from '../gateway/problem.ts';
import { keyVariable } from '../config.ts';
import { readConfig } from './config.ts';
import { outputOf, type Output } from './terminal/output.ts';

/** Time for an answer, ms: the server answers at once, or not at all. */
const ANSWER_MS_MAX = 10_000;

/** A command below `parent`, with the options by which the listener is found. */
export function operatorCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(`${description}; needs a key with the scope ops in FLORIN_KEY`)
    .option('--ops-host <address>', 'operations listener (FLORIN_OPS_HOST)')
    .option('--ops-port <port>', 'operations listener (FLORIN_OPS_PORT)')
    .option('--config <file>', 'configuration file (FLORIN_CONFIG)')
    .option('--json', 'print JSON');
}

/** Asks the server; a refusal is thrown in its own words. */
export type Ask = <Body>(method: string, path: string, body?: object) => Promise<Body>;

/** Runs what asks the operations listener of a running server; what goes wrong is told and is exit code 1. */
export async function run(command: Command, work: (ask: Ask, output: Output) => Promise<void>): Promise<void> {
  const loaded = readConfig(command);
  if (loaded === undefined) return;
  const output = outputOf(command);
  const { opsHost, opsPort } = loaded.config;
  const host = opsHost.includes(':') ? `[${opsHost}]` : opsHost;
  try {
    await work(asking(`http://${host}:${opsPort}`, process.env[keyVariable]), output);
  } catch (error) {
    output.err((error as Error).message);
    process.exitCode = 1;
  }
}

function asking(base: string, key: string | undefined): Ask {
  return async <Body>(method: string, path: string, body?: object) => {
    const response = await fetch(`${base}${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      headers: {
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new Error(`No server answers at ${base}: ${String((error as Error).cause ?? error)}`);
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Body;
    throw new Error(refusalIn(text, response.status));
  };
}

function refusalIn(text: string, status: number): string {
  try {
    const { code, detail } = JSON.parse(text) as Problem;
    return `${code}: ${detail}`;
  } catch {
    return `${status}: ${text.trim()}`;
  }
}
