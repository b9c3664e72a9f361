// The report: one page that needs nothing else, light or dark as its reader has it.

import { chartOf, escaped, shown, type Chart, type Line, type Mark } from './charts.ts';
import type { Second } from './course.ts';
import type { Finding } from './post-check.ts';

export type RunReport = {
  readonly scenario: string;
  readonly profile: string;
  /** What was asked for beside them, as on the command line. */
  readonly asked: string;
  readonly machine: string;
  readonly commit: string;
  /** RFC 3339. */
  readonly date: string;
  /** 4 KB writes that the disk made durable one after the other in a second, just before. */
  readonly syncBaseline: number;
  readonly verdict: Verdict;
  readonly totals: Totals;
  readonly findings: readonly Finding[];
  readonly course: readonly Second[];
  readonly marks: readonly Mark[];
};

export type Verdict = 'passed' | 'failed' | 'void' | 'limit found';

export type Totals = {
  readonly acknowledged: number;
  /** Acknowledged a second while the load lasted. */
  readonly perSecond: number;
  /** ms from the intended time, without the warm-up. */
  readonly latency: Readonly<Record<'med' | 'p99' | 'p999' | 'max', number>>;
  readonly p99LimitMs: number;
  readonly dropped: number;
  readonly unknown: number;
  readonly wrong: number;
  /** Processor time a deed, µs. */
  readonly generatorMicros: number;
  readonly serverMicros: number;
};

const STYLE = `:root{color-scheme:light dark;--paper:#fbfbf9;--ink:#1d2126;--dim:#646c76;--rule:#dfe1e0;--card:#fff;--a:#1769aa;--b:#c2410c;--c:#7a8491;--good:#18794e;--bad:#b42318;--warn:#9a6700}
@media(prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e7e9ea;--dim:#9aa3ad;--rule:#2b3137;--card:#1b1f23;--a:#63b3ed;--b:#f59e5b;--c:#818b96;--good:#4cc38a;--bad:#ff8577;--warn:#e3b341}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1020px;margin:0 auto;padding:28px 20px 60px}header{display:flex;flex-wrap:wrap;gap:6px 16px;align-items:baseline}
h1{font-size:26px;margin:0}h2{font-size:15px;margin:0}small,.dim{color:var(--dim);font-weight:400}p.dim{margin:6px 0 22px;overflow-wrap:anywhere}
.verdict{font-weight:600;padding:2px 12px;border-radius:99px;color:var(--paper);background:var(--good)}.verdict.failed,.verdict.void{background:var(--bad)}.verdict.limit{background:var(--warn)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(118px,1fr));gap:10px;margin-bottom:14px}.tile,section{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px 14px}.tile{padding:10px 12px}.tile span{font-size:13px;white-space:nowrap}
.tile b{display:block;font-size:20px;white-space:nowrap;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.25}section{margin-bottom:14px}
.keys{display:flex;gap:16px;margin:2px 0 4px;font-size:13px;color:var(--dim)}.key i{display:inline-block;width:16px;height:0;border-top:3px solid var(--colour);margin-right:6px;vertical-align:4px}.key i.earlier{border-top:2px dashed var(--colour)}
svg{display:block;width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:var(--dim)}.grid{stroke:var(--rule)}path{fill:none;stroke:var(--colour)}.line{stroke-width:2;stroke-linejoin:round}.earlier{stroke-width:1.3;stroke-dasharray:5 4;opacity:.75}
.limit{stroke:var(--bad);stroke-dasharray:2 4}line.mark{stroke:var(--ink);stroke-dasharray:3 3;opacity:.45}svg text.mark{fill:var(--ink)}
table{border-collapse:collapse;width:100%;margin-top:6px}td{padding:6px 8px 6px 0;border-top:1px solid var(--rule);vertical-align:top}tr:first-child td{border-top:0}td.ok{width:28px;color:var(--good);font-weight:700}td.no{width:28px;color:var(--bad);font-weight:700}td:last-child{color:var(--dim);text-align:right;font-variant-numeric:tabular-nums}`;

/** The page. `earlier`: a run that is drawn behind this one. */
export function pageOf(report: RunReport, earlier: RunReport | null): string {
  const { scenario, profile, asked, verdict, machine, commit, date } = report;
  const title = `${scenario} · ${profile}`;
  const than = earlier ? ` · dashed: ${earlier.date.slice(0, 16).replace('T', ' ')}, commit ${earlier.commit}` : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}: ${verdict}</title><style>${STYLE}</style></head><body><main>
<header><h1>${escaped(title)}</h1><span class="verdict ${verdict}">${verdict}</span></header>
<p class="dim">${escaped(`${date.slice(0, 16).replace('T', ' ')} UTC · commit ${commit} · ${machine}${asked === '' ? '' : ` · ${asked}`}${than}`)}</p>
<div class="tiles">${tiles(report, earlier)
    .map(
      ([name, value, more]) =>
        `<div class="tile"><span class="dim">${name}</span><b>${value}</b><small>${more}</small></div>`,
    )
    .join('')}</div>
${charts(report, earlier).map(chartOf).join('\n')}
<section><h2>Thresholds and books</h2><table>${report.findings.map(row).join('')}</table></section>
<p class="dim">Latency counts from the moment at which a request was due, not from its sending. Generator and server share the
machine's cores. Percentiles over time are read from buckets of each second; those in the tiles are exact to a millisecond. After a dropped
HTTP request all others look later than they were: such a run is void.</p>
</main></body></html>
`;
}

function tiles({ totals, syncBaseline }: RunReport, earlier: RunReport | null): [string, string, string][] {
  const { latency, generatorMicros, serverMicros } = totals;
  const before = (value: number | undefined, unit: string): string =>
    value === undefined ? '' : `before: ${shown(value)}${unit}`;
  return [
    ['acknowledged', shown(totals.acknowledged), `${shown(totals.dropped)} dropped, ${shown(totals.unknown)} unknown`],
    ['a second', shown(totals.perSecond), before(earlier?.totals.perSecond, '')],
    ['p50', `${shown(latency.med)} ms`, before(earlier?.totals.latency.med, ' ms')],
    [
      'p99',
      `${shown(latency.p99)} ms`,
      before(earlier?.totals.latency.p99, ' ms') || `limit ${shown(totals.p99LimitMs)} ms`,
    ],
    ['p99.9', `${shown(latency.p999)} ms`, `longest ${shown(latency.max)} ms`],
    ['generator CPU', `${shown(generatorMicros)} µs`, 'each'],
    ['server CPU', `${shown(serverMicros)} µs`, `disk: ${shown(syncBaseline)} fsync/s`],
  ];
}

type Column = Exclude<keyof Second, 'at'>;

function charts({ course, marks, totals }: RunReport, earlier: RunReport | null): Chart[] {
  const seconds = Math.max(1, ...course.map(({ at }) => at), ...(earlier?.course.map(({ at }) => at) ?? []));
  const line = (name: string, colour: string, column: Column): Line[] => [
    ...(earlier ? [{ name: `${name}, before`, colour, points: points(earlier.course, column), earlier: true }] : []),
    { name, colour, points: points(course, column) },
  ];
  const chart = (title: string, unit: string, lines: Line[][], more: Partial<Chart> = {}): Chart => ({
    title,
    unit,
    lines: lines.flat(),
    marks,
    seconds,
    ...more,
  });
  return [
    chart('Throughput', 'a second', [line('acknowledged', '--a', 'acknowledged'), line('dropped', '--b', 'dropped')]),
    chart(
      'Latency',
      'ms from the intended time, logarithmic',
      [line('p50', '--a', 'p50Ms'), line('p99', '--b', 'p99Ms')],
      {
        log: true,
        limit: totals.p99LimitMs,
      },
    ),
    chart('Processor', 'percent of one core', [
      line('server', '--a', 'serverCpu'),
      line('generator', '--b', 'generatorCpu'),
      line('others', '--c', 'othersCpu'),
    ]),
    chart('fsync', 'a second', [line('fsyncs', '--a', 'syncs')]),
    chart('fsync', 'ms, mean of each second', [line('until durable', '--b', 'syncMs')]),
    chart('Journal and books', 'facts', [
      line('journalled a second', '--a', 'records'),
      line('not yet booked', '--b', 'lagRecords'),
    ]),
  ];
}

function points(course: readonly Second[], column: Column): [number, number | null][] {
  return course.map((second) => [second.at, second[column]]);
}

function row({ what, ok, detail }: Finding): string {
  return `<tr><td class="${ok ? 'ok' : 'no'}">${ok ? '✔' : '✘'}</td><td>${escaped(what)}</td><td>${escaped(detail)}</td></tr>`;
}
