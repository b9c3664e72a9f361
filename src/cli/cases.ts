// `florin cases`: what waits for people. Lists the cases of a running server, shows one, proposes a decision and agrees
// with one, over the operations listener. The key is in the environment, so that it is in no list of processes.

import type { Command } from 'commander';
import type { CaseResource } from '../gateway/order-resources/case-resource.ts';
import { keyVariable } from '../config.ts';
import { readConfig } from './config.ts';
import { outputOf, type Output } from './terminal/output.ts';
import { refusalIn } from './terminal/refusal.ts';
import { table } from './terminal/table.ts';

type Flags = { readonly json?: true; readonly status?: string; readonly merchant?: string };

/** Cases on a page of the list: what a person reads in one go. */
const PAGE = 100;

/** Time for an answer, ms: the server answers at once, or not at all. */
const ANSWER_MS_MAX = 10_000;

type Page = { readonly data: readonly CaseResource[]; readonly has_more: boolean };

/** `florin cases list`, `show`, `decide` and `agree`. */
export function registerCases(program: Command): void {
  const cases = program.command('cases').description('what no rule may decide: two people do');
  const subcommand = (name: string, description: string): Command =>
    cases
      .command(name)
      .description(`${description}; needs a key with the scope ops in FLORIN_KEY`)
      .option('--ops-host <address>', 'operations listener (FLORIN_OPS_HOST)')
      .option('--ops-port <port>', 'operations listener (FLORIN_OPS_PORT)')
      .option('--config <file>', 'configuration file (FLORIN_CONFIG)')
      .option('--json', 'print JSON');
  subcommand('list', 'list cases that are not resolved, the oldest first')
    .option('--status <status>', 'open or proposed')
    .action((flags: Flags, command: Command) => run(command, (ask, output) => list(ask, flags, output)));
  subcommand('show', 'show one case')
    .argument('<id>', 'as in `florin cases list`')
    .option('--merchant <name>', 'whose it is, for a case that was resolved')
    .action((id: string, flags: Flags, command: Command) =>
      run(command, async (ask, output) => show(await ask<CaseResource>('GET', pathOf(id, flags)), flags, output)),
    );
  subcommand('decide', 'propose what to do')
    .argument('<id>', 'as in `florin cases list`')
    .argument('<decision>', 'such as retry, succeeded or failed')
    .action((id: string, decision: string, flags: Flags, command: Command) =>
      run(command, async (ask, output) =>
        show(await ask<CaseResource>('POST', `${pathOf(id)}/decide`, { decision }), flags, output),
      ),
    );
  subcommand('agree', 'agree with what somebody else has proposed, which carries it out')
    .argument('<id>', 'as in `florin cases list`')
    .action((id: string, flags: Flags, command: Command) =>
      run(command, async (ask, output) =>
        show(await ask<CaseResource>('POST', `${pathOf(id)}/agree`, {}), flags, output),
      ),
    );
}

/** Asks the server; a refusal is thrown in its own words. */
type Ask = <Body>(method: string, path: string, body?: object) => Promise<Body>;

async function run(command: Command, work: (ask: Ask, output: Output) => Promise<void>): Promise<void> {
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

function pathOf(id: string, { merchant }: Flags = {}): string {
  const query = merchant === undefined ? '' : `?merchant=${encodeURIComponent(merchant)}`;
  return `/admin/cases/${encodeURIComponent(id)}${query}`;
}

async function list(ask: Ask, { json, status }: Flags, output: Output): Promise<void> {
  const all: CaseResource[] = [];
  for (let after = ''; ;) {
    const query = new URLSearchParams({
      limit: String(PAGE),
      ...(status === undefined ? {} : { status }),
      ...(after === '' ? {} : { starting_after: after }),
    });
    const page = await ask<Page>('GET', `/admin/cases?${query.toString()}`);
    all.push(...page.data);
    after = page.data.at(-1)?.id ?? '';
    if (!page.has_more || after === '') break;
  }
  if (json === true) return output.out(JSON.stringify(all, null, 2));
  if (all.length === 0) return output.out('No case is waiting.');
  const rows = all.map((one) => [
    one.id,
    one.status,
    one.type,
    one.merchant,
    one.order ?? '',
    `${one.amount} ${one.currency}`,
    one.decision ?? '',
    one.created_at,
  ]);
  output.out(table(['id', 'status', 'type', 'merchant', 'order', 'amount', 'proposed', 'since'], rows));
}

function show(one: CaseResource, { json }: Flags, output: Output): void {
  if (json === true) return output.out(JSON.stringify(one, null, 2));
  const { detail, ...rest } = one;
  const rows = Object.entries(rest).map(([name, value]) => [name, value === null ? '–' : String(value)]);
  output.out(`${detail}\n\n${table(['', ''], rows).trimStart()}`);
}
