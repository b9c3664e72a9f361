// `florin replay`: sends the transactions of a bank to a running server and compares the balances it ends with. Owns the
// order of the steps; each step is a file of the folder `replay`.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Connection } from './replay/connection.ts';
import { compare, readExpected } from './replay/expected.ts';
import { readMovements } from './replay/movements.ts';
import { reportJson, reportText, succeeded, type Outcome } from './replay/report.ts';
import { openAccounts, readBalances, sendMovements, type Tally } from './replay/send.ts';
import { survey } from './replay/survey.ts';
import { outputOf } from './terminal/output.ts';
import { startProgress } from './terminal/progress.ts';

export type ReplayOptions = {
  /** The bank's transactions, CSV. */
  readonly file: string;
  readonly url: string;
  readonly key?: string | undefined;
  /** Expected balances, CSV; undefined where there are none. */
  readonly expected?: string | undefined;
  /** No progress on standard error. */
  readonly silent: boolean;
};

const EXPECTED_NAME = 'expected-balances.csv';
/** Requests in flight. 8 batches of 1,000 keep a server busy while it commits, and stay below what it calls overload. */
const IN_FLIGHT_MAX = 8;
/** A restart of the server, with its journal to read, fits; a person waiting for a dead one does not wait long. */
const RECOVERY_MS_MAX = 30_000;

const refusalList = Compile(
  Type.Object({ data: Type.Array(Type.Object({ code: Type.String(), number: Type.Integer() })) }),
);

/** Replays a file. Rejects where the file cannot be read, the server is not there or refuses an account. */
export async function replay({ file, url, key, expected, silent }: ReplayOptions): Promise<Outcome> {
  const { transactions, customers, otherSides } = await survey(readMovements(file));
  const wanted = expected === undefined ? undefined : await readExpected(expected);
  const connection = await Connection.open({ url, key, inFlightMax: IN_FLIGHT_MAX, recoveryMsMax: RECOVERY_MS_MAX });
  try {
    await openAccounts(connection, { transactions, customers, otherSides });
    const { tally, seconds } = await sendAll(connection, file, transactions, silent);
    const own = await readBalances(connection, customers.keys());
    const others = await readBalances(connection, otherSides);
    return {
      transactions,
      tally,
      codes: tally.refused.size > 0 ? await readCodes(url, key) : new Map(),
      customers: customers.size,
      otherSides: otherSides.size,
      comparison: wanted === undefined ? undefined : compare(wanted, own),
      offOwnSum: [...customers].filter(([id, { sum }]) => own.get(id) !== sum).map(([id]) => id),
      sum: [...own.values(), ...others.values()].reduce((sum, balance) => sum + balance, 0),
      losses: connection.losses,
      seconds,
    };
  } finally {
    connection.close();
  }
}

/** The second pass over the file, with a bar; `seconds` from the first batch to the last answer. */
async function sendAll(
  connection: Connection,
  file: string,
  total: number,
  silent: boolean,
): Promise<{ tally: Tally; seconds: number }> {
  const progress = startProgress({ label: 'replay', total, unit: 'transactions', silent });
  const startedMs = performance.now();
  try {
    const tally = await sendMovements(connection, readMovements(file), progress.advance);
    return { tally, seconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    progress.finish();
  }
}

/** Names of the refusal numbers; empty where the server does not tell, then numbers are shown. */
async function readCodes(url: string, key: string | undefined): Promise<Map<number, string>> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const answer = await fetch(new URL('/v1/refusals', url), { headers }).catch(() => undefined);
  if (answer?.ok !== true) return new Map();
  const list: unknown = await answer.json();
  return refusalList.Check(list) ? new Map(list.data.map(({ number, code }) => [number, code])) : new Map();
}

type Flags = { readonly url: string; readonly expected?: string; readonly key?: string; readonly json?: true };

async function run(file: string, { url, expected, key, json }: Flags, command: Command): Promise<void> {
  const beside = join(dirname(file), EXPECTED_NAME);
  const outcome = await replay({
    file,
    url,
    key,
    expected: expected ?? (existsSync(beside) ? beside : undefined),
    silent: json === true,
  });
  outputOf(command).out(json === true ? reportJson(outcome) : reportText(outcome));
  if (!succeeded(outcome)) process.exitCode = 1;
}

/** `florin replay`. */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description("send a bank's transactions to a running server and compare the balances")
    .argument('<file>', 'transactions, CSV')
    .option('--url <url>', 'the running server', 'http://127.0.0.1:8080')
    .option('--expected <file>', `expected balances, CSV (default: ${EXPECTED_NAME} beside the file)`)
    .option('--key <key>', 'API key; a server in dev mode needs none')
    .option('--json', 'print JSON')
    .action(async (file: string, flags: Flags, command: Command) => {
      try {
        await run(file, flags, command);
      } catch (error) {
        outputOf(command).err(`florin replay: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
      }
    });
}
