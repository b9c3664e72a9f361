// The results file. Owns the part of it between two marks; what people wrote around it is kept.
//
// F1. A row that was not measured this time stays, with its own date and commit, as long as the machine is the same.

import { POSTGRES_COLUMNS, WORKLOAD_COLUMNS } from './figures.ts';

export type ResultsPart = {
  /** The machine in one line; rows of another one are dropped. */
  readonly machine: string;
  /** Date and commit, the last column of every new row. */
  readonly measured: string;
  readonly workloads: readonly (readonly string[])[];
  readonly postgres: readonly (readonly string[])[];
  /** Sentences about the new rows. */
  readonly remarks: readonly string[];
};

const BEGIN = '<!-- bench:begin: written by `npm run bench`, lost at the next run -->';
const END = '<!-- bench:end -->';

/** Tables are written as they come; aligning their columns would change every line at every run. */
const UNFORMATTED = ['<!-- prettier-ignore-start -->', '<!-- prettier-ignore-end -->'] as const;

const NEW_FILE = `# Results of the bench

${BEGIN}
${END}

## Notes

(Written by people; the bench keeps it.)
`;

const NOT_MEASURED = `What this does not measure:

- **A network.** Client and server share one machine and its cores, over loopback. What the generator takes, the server
  does not have.
- **An open system.** A fixed number of requests is in flight and the next waits for an answer: the latencies are those
  at full load, not those that independent clients would see at a given rate.
- **Long runs.** Seconds after a warm-up of two: no snapshot cycle, no full disk, no restart.
- **Other features at work.** No TLS, no API keys (dev mode), no metadata, no subscribers, no webhooks. The books may
  trail the journal when a run ends.
- **Other people's data.** Account ids have 8 characters, transfer ids 16 and rise one by one, accounts are drawn
  uniformly (or one pays always), amounts have three digits, no account has a limit, nothing is refused.
- **A WebSocket library.** Frames are prepared and filled in place, masked with zero: what clients spend is not counted.
- **Other disks.** An fsync of this one is in the table; its cache may be virtual. CPU is in percent of one core.
- **A tuned PostgreSQL.** Default settings with fsync and synchronous_commit on, through a Unix socket, ids given by the
  server (client-given ids would need one more unique index).
`;

/** The text of the file with the new part in place of the old one; `before` undefined where there is no file yet. */
export function withResults(before: string | undefined, part: ResultsPart): string {
  const text = before ?? NEW_FILE;
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error('the results file has lost its marks bench:begin and bench:end');
  const old = text.slice(begin + BEGIN.length, end);
  const [ignore, heed] = UNFORMATTED;
  const fresh = render(part, old.includes(machineLine(part)) ? old : '');
  return `${text.slice(0, begin)}${BEGIN}\n${ignore}\n\n${fresh}\n${heed}\n${text.slice(end)}`;
}

function machineLine({ machine }: ResultsPart): string {
  return `Machine: ${machine}.`;
}

function render(part: ResultsPart, old: string): string {
  const dated = (rows: ResultsPart['workloads']): string[][] => rows.map((row) => [...row, part.measured]);
  const workloads = merged(rowsOf(old, /^W\d/, WORKLOAD_COLUMNS.length + 1), dated(part.workloads));
  const remarks = [...oldRemarks(old, part.workloads), ...part.remarks];
  const postgres =
    part.postgres.length > 0 ? dated(part.postgres) : rowsOf(old, /^PostgreSQL/, POSTGRES_COLUMNS.length + 1);
  return [
    `${machineLine(part)}\n`,
    ...(workloads.length > 0 ? [markdownTable([...WORKLOAD_COLUMNS, 'measured'], workloads)] : []),
    ...(remarks.length > 0 ? [remarks.map((line) => `- ${line}\n`).join('')] : []),
    ...(postgres.length > 0 ? [markdownTable([...POSTGRES_COLUMNS, 'measured'], postgres)] : []),
    NOT_MEASURED,
  ].join('\n');
}

/** Remarks on workloads that were not measured this time. */
function oldRemarks(old: string, fresh: ResultsPart['workloads']): string[] {
  const remarks = old.split('\n').flatMap((line) => (/^- W\d/.test(line) ? [line.slice(2)] : []));
  return remarks.filter((remark) => !fresh.some(([key = '']) => remark.startsWith(key)));
}

/** Rows of the old tables whose first cell looks like `key`; those of another width are of an older table. */
function rowsOf(old: string, key: RegExp, width: number): string[][] {
  return old
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim()),
    )
    .filter((cells) => cells.length === width && key.test(cells[0] ?? ''));
}

/** Old rows, replaced by new ones of the same key, in the order of the keys. */
function merged(old: readonly string[][], fresh: readonly string[][]): string[][] {
  const byKey = new Map([...old, ...fresh].map((row) => [row[0] ?? '', row]));
  return [...byKey.values()].sort(([a = ''], [b = '']) => a.localeCompare(b, 'en'));
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(markdownRow).join('');
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '/')).join(' | ')} |\n`;
}
