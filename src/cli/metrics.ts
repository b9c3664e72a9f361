// `florin metrics`: what a running server counts. Prints the families with the number of their series, largest first: whoever
// adds a label sees here what it costs.

import type { Command } from 'commander';
import { outputOf } from './terminal/output.ts';
import { table } from './terminal/table.ts';

type Flags = { readonly json?: true; readonly url: string };

/** Time for an answer, ms. */
const ANSWER_MS_MAX = 10_000;

export type FamilyRow = {
  readonly name: string;
  readonly type: string;
  /** As a scraper stores them: each bucket is one. */
  readonly series: number;
  readonly help: string;
};

export function registerMetrics(program: Command): void {
  program
    .command('metrics')
    .description('families of metrics of a running server, with the number of their series')
    .option('--url <address>', 'where the metrics are', 'http://127.0.0.1:9090/metrics')
    .option('--json', 'print JSON')
    .action(async (flags: Flags, command: Command) => {
      const output = outputOf(command);
      try {
        const families = familiesIn(await scrape(flags.url));
        if (flags.json === true) return output.out(JSON.stringify(families, null, 2));
        output.out(
          table(
            ['family', 'type', 'series', 'help'],
            families.map((one) => [one.name, one.type, String(one.series), one.help]),
          ),
        );
        output.out(`${families.reduce((sum, { series }) => sum + series, 0)} series in ${families.length} families`);
      } catch (error) {
        output.err((error as Error).message);
        process.exitCode = 1;
      }
    });
}

/** Families of a scrape in the text format 0.0.4, those with most series first. */
export function familiesIn(text: string): FamilyRow[] {
  const families: { name: string; type: string; series: number; help: string }[] = [];
  let help = '';
  for (const line of text.split('\n')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === 'HELP') help = rest;
    else if (word === 'TYPE') families.push({ name, type: rest, series: 0, help });
    else if (line !== '' && !line.startsWith('#')) (families.at(-1) as FamilyRow & { series: number }).series += 1;
  }
  return families.toSorted((one, other) => other.series - one.series || (one.name < other.name ? -1 : 1));
}

/** @throws Error in words for people */
async function scrape(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) }).catch((error: unknown) => {
    throw new Error(`No server answers at ${url}: ${String((error as Error).cause ?? error)}`);
  });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.text();
}
