// `florin stress report`: what a running server could carry, from two looks at its metrics while it is under load, or from scrapes
// that were saved before.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { readConfig } from './config.ts';
import { mapSorts, SORTS, sumOf, type BySort, type Sort } from './stress/capacity.ts';
import { windowBetween } from './stress/measured-window.ts';
import { Scrape } from './stress/scrape.ts';
import { mixText, percent, reportOn, type Asked, type StressReport } from './stress/stress-report.ts';
import { coloursFor, type Colours } from './terminal/colour.ts';
import { outputOf } from './terminal/output.ts';
import { startProgress } from './terminal/progress.ts';
import { table } from './terminal/table.ts';

/** Time for a scrape, ms. */
const ANSWER_MS_MAX = 10_000;

const SECOND_MS = 1_000;

type Flags = {
  readonly seconds: number;
  readonly target?: number;
  readonly mix?: BySort;
  readonly ceiling: number;
  readonly business?: true;
  readonly json?: true;
};

/** `florin stress report`. */
export function registerStress(program: Command): void {
  const stress = program
    .command('stress')
    .description('stress tests: traffic under a key of `florin keys create --shadow`');
  stress
    .command('report')
    .description('capacity of each module of a server under load, and the instances that a target needs')
    .argument('[scrapes...]', 'saved /metrics, at least two, oldest first; without any the running server is measured')
    .option('--seconds <number>', 'how long the running server is measured', number(1, 3_600), 10)
    .option('--target <rate>', 'operations a second that are to be carried', number(0.001, 1e9))
    .option(
      '--mix <shares>',
      `such as transfer=70,trade=20,refund=10 (of ${SORTS.join(' ')}); default as measured`,
      mixOf,
    )
    .option('--ceiling <percent>', 'busy share up to which a module is used', number(1, 100), 70)
    .option('--business', 'measure business instead of stress traffic')
    .option('--ops-host <address>', 'operations listener (FLORIN_OPS_HOST)')
    .option('--ops-port <port>', 'operations listener (FLORIN_OPS_PORT)')
    .option('--config <file>', 'configuration file (FLORIN_CONFIG)')
    .option('--json', 'print JSON')
    .action(run);
}

async function run(files: readonly string[], flags: Flags, command: Command): Promise<void> {
  const { out, err } = outputOf(command);
  try {
    const scrapes = files.length > 0 ? saved(files) : await measured(flags, command);
    if (!scrapes) return;
    const { business, mix = null, target = null, ceiling } = flags;
    const asked: Asked = { world: business ? 'business' : 'shadow', mix, target, ceiling: ceiling / 100 };
    const windows = scrapes.slice(1).map((after, at) => windowBetween(scrapes[at] as Scrape, after, asked.world));
    const report = reportOn(windows, asked);
    out(flags.json ? JSON.stringify(report, plainInfinity, 2) : shown(report, coloursFor(process.stdout)));
    if (!report.capacity) process.exitCode = 1;
  } catch (error) {
    err((error as Error).message);
    process.exitCode = 1;
  }
}

function saved(files: readonly string[]): Scrape[] {
  if (files.length === 1) throw new Error('One scrape says nothing about a time: give two, or none.');
  return files.map((file) => new Scrape(readFileSync(file, 'utf8')));
}

/** Two scrapes of the configured server; undefined when there is no configuration. */
async function measured({ seconds, json }: Flags, command: Command): Promise<Scrape[] | undefined> {
  const loaded = readConfig(command);
  if (loaded === undefined) return undefined;
  const { opsHost, opsPort } = loaded.config;
  const url = `http://${opsHost.includes(':') ? `[${opsHost}]` : opsHost}:${opsPort}/metrics`;
  const before = await scrape(url);
  const progress = startProgress({ label: 'measuring', total: seconds, unit: 'seconds', silent: json === true });
  try {
    for (let left = seconds; left > 0; left -= 1) {
      await sleep(Math.min(left, 1) * SECOND_MS);
      progress.advance(Math.min(left, 1));
    }
  } finally {
    progress.finish();
  }
  return [before, await scrape(url)];
}

async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) }).catch((error: unknown) => {
    throw new Error(`No server answers at ${url}: ${String((error as Error).cause ?? error)}`);
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.trim()}`);
  return new Scrape(text);
}

function shown(report: StressReport, { bold, dim }: Colours): string {
  const { world, measured: was, seconds, capacity, target, notes } = report;
  const what = world === 'shadow' ? 'stress traffic' : 'business';
  const lines = [`${what}: ${rate(was.perSecond)} over ${seconds.toFixed(1)} s, ${mixText(was.mix)}`];
  if (capacity) lines.push('', modulesTable(report, capacity));
  if (capacity?.limit) {
    const { module, perSecond } = capacity.limit;
    lines.push('', `limit      ${bold(`${module}, about ${rate(perSecond)}`)} of ${mixText(capacity.mix)}`);
  }
  if (capacity?.instances != null && target !== null)
    lines.push(`instances  ${bold(String(capacity.instances))} for ${rate(target)}`);
  return [...lines, '', ...notes.map((note) => dim(`- ${note}`))].join('\n');
}

function modulesTable({ ceiling }: StressReport, { modules }: NonNullable<StressReport['capacity']>): string {
  const rows = modules.map(({ module, utilisation, secondsEach, perSecond, bound }) => [
    module,
    percent(utilisation),
    `${(secondsEach * 1e6).toFixed(1)} µs`,
    perSecond === Infinity ? 'not used' : `${bound === 'at least' ? '≥ ' : ''}${rate(perSecond)}`,
  ]);
  const head = ['module', 'busy', 'each', `capacity at ${percent(ceiling)}`];
  return table(head, rows, ['left', 'right', 'right', 'right']);
}

function rate(perSecond: number): string {
  return `${perSecond >= 100 ? Math.round(perSecond).toLocaleString('en-US') : perSecond.toPrecision(2)}/s`;
}

/** What is not used has no capacity that JSON could say. */
function plainInfinity(_key: string, value: unknown): unknown {
  return value === Infinity ? null : value;
}

function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

/** @throws InvalidArgumentError for what is no mix */
export function mixOf(text: string): BySort {
  const weights = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, sort = '', weight] = /^\s*(\w+)=(\d+(?:\.\d+)?)\s*$/.exec(part) ?? [];
    if (!SORTS.includes(sort as Sort) || weights.has(sort))
      throw new InvalidArgumentError(`A mix is such as transfer=70,trade=30; there are ${SORTS.join(' ')}, each once.`);
    weights.set(sort, Number(weight));
  }
  const mix = mapSorts((sort) => weights.get(sort) ?? 0);
  if (sumOf(mix) > 0) return mix;
  throw new InvalidArgumentError('A mix has at least one share above 0.');
}
