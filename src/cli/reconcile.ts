// `florin reconcile`: brings a bill or a bank statement to a running server, or has it fetch the bill, watches the run, and says
// what came of it. The key is in the environment, so that it is in no list of processes.

import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import type { RunResource } from '../gateway/reconciliation-resources.ts';
import { keyVariable } from '../config.ts';
import { readConfig } from './config.ts';
import { refusalIn } from './terminal/refusal.ts';
import { outputOf, type Output } from './terminal/output.ts';
import { startProgress } from './terminal/progress.ts';
import { table } from './terminal/table.ts';

/** Exit codes: nothing differs; something does; it could not be done. */
const EXIT = { matched: 0, differences: 1, failed: 2 } as const;

/** Between two looks at a run, ms. */
const POLL_MS = 200;

/** Time for an answer about a run, ms. A file takes as long as it takes. */
const ANSWER_MS_MAX = 10_000;

type Flags = {
  readonly channel: string;
  readonly date: string;
  readonly kind: string;
  readonly format?: string;
  readonly json?: true;
};

export function registerReconcile(program: Command): void {
  program
    .command('reconcile')
    .description(
      `compare a file with what this server knows; needs a key with the scopes reconciliation:write and ops in ${keyVariable}`,
    ) // prettier-ignore
    .argument('[file]', 'a bill or a bank statement; without one the server fetches the bill from the channel')
    .requiredOption('--channel <name>', 'whose it is, or whom a bank statement is compared with')
    .requiredOption('--date <date>', 'the day that it is about, YYYY-MM-DD')
    .option('--kind <kind>', 'channel_bill or bank_statement', 'channel_bill')
    .option('--format <format>', 'csv, camt053, mt940 or bai2; without, the file itself says it')
    .option('--host <address>', 'of the server (FLORIN_HOST)')
    .option('--port <port>', 'of the server (FLORIN_PORT)')
    .option('--config <file>', 'configuration file (FLORIN_CONFIG)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit code: 0 nothing differs, 1 something does, 2 it could not be done.')
    .action((file: string | undefined, flags: Flags, command: Command) => reconcile(file, flags, command));
}

async function reconcile(file: string | undefined, flags: Flags, command: Command): Promise<void> {
  const loaded = readConfig(command);
  if (loaded === undefined) return;
  const output = outputOf(command);
  const { host, port } = loaded.config;
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1/reconciliation`;
  try {
    const begun = await begin(base, file, flags);
    const run = await watch(base, begun, flags.json === true);
    if (flags.json === true) output.out(JSON.stringify(run, null, 2));
    else show(run, output);
    process.exitCode = run.status === 'failed' ? EXIT.failed : run.differences > 0 ? EXIT.differences : EXIT.matched;
  } catch (error) {
    output.err((error as Error).message);
    process.exitCode = EXIT.failed;
  }
}

function begin(base: string, file: string | undefined, { channel, date, kind, format }: Flags): Promise<RunResource> {
  if (file === undefined) {
    const headers = { 'Content-Type': 'application/json' };
    return ask(`${base}/files`, { method: 'POST', headers, body: JSON.stringify({ channel, date }) });
  }
  const query = new URLSearchParams({ channel, date, kind, ...(format === undefined ? {} : { format }) });
  return ask(`${base}/files?${query.toString()}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: Readable.toWeb(createReadStream(file)) as ReadableStream,
    duplex: 'half',
  });
}

/** Lines as they are read, then cases as they are opened. */
async function watch(base: string, begun: RunResource, silent: boolean): Promise<RunResource> {
  const lines = startProgress({ label: 'lines', total: begun.lines, unit: 'lines', silent });
  let run = begun;
  while (run.status === 'processing') {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    run = await ask<RunResource>(`${base}/runs/${run.id}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    lines.update(run.lines_read);
  }
  lines.finish();
  return run;
}

/** @throws Error with the refusal in its own words */
async function ask<Body>(url: string, init: RequestInit & { readonly duplex?: 'half' }): Promise<Body> {
  const key = process.env[keyVariable];
  const headers = {
    ...(init.headers as Record<string, string>),
    ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
  };
  const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
    throw new Error(`No server answers at ${new URL(url).origin}: ${String((error as Error).cause ?? error)}`);
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as Body;
  throw new Error(refusalIn(text, response.status));
}

function show(run: RunResource, output: Output): void {
  if (run.failure !== null) return output.err(`${run.id} has failed: ${run.failure}`);
  const counts: [string, string][] = [
    ['lines', String(run.lines)],
    ['orders', String(run.orders)],
    ['matched', String(run.matched)],
    ['waiting for a later bill', String(run.waiting)],
    ...Object.entries(run.by_kind).map(([kind, count]): [string, string] => [kind, String(count)]),
    ['cases', String(run.cases)],
  ];
  const sums = run.totals.flatMap(({ currency, channel, local, explained }) => [
    [currency, run.channel, String(channel.amount), String(channel.fee)],
    [currency, 'ours', String(local.amount), String(local.fee)],
    ...Object.entries(explained).map(([cause, { amount, fee }]) => [currency, cause, String(amount), String(fee)]),
  ]);
  output.out(`${run.id}: ${run.kind} of ${run.channel}, ${run.date}`);
  output.out(table(['', 'count'], counts));
  output.out(table(['currency', '', 'amount', 'fee'], sums));
  for (const warning of run.warnings) output.out(`warning: ${warning}`);
}
