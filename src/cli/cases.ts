// `florin cases`: what waits for people. Lists the cases of a running server, shows one, proposes a decision and agrees
// with one, over the operations listener. The key is in the environment, so that it is in no list of processes.

import type { Command } from 'commander';
import type { CaseResource } from '../gateway/order-resources/case-resource.ts';
import { operatorCommand, run, type Ask } from './operator.ts';
import type { Output } from './terminal/output.ts';
import { table } from './terminal/table.ts';

type Flags = { readonly json?: true; readonly status?: string; readonly merchant?: string };

/** Cases on a page of the list: what a person reads in one go. */
const PAGE = 100;

type Page = { readonly data: readonly CaseResource[]; readonly has_more: boolean };

/** `florin cases list`, `show`, `decide` and `agree`. */
export function registerCases(program: Command): void {
  const cases = program.command('cases').description('what no rule may decide: two people do');
  const subcommand = (name: string, description: string): Command => operatorCommand(cases, name, description);
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
