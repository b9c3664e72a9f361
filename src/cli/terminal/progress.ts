// Progress of a long job: a bar on a terminal, a line now and then elsewhere, nothing beside JSON.
//
// P1. Goes to standard error, so that the results on standard output can be piped.
// P2. A log gets at most one line every two seconds, and one at the end.

import { performance } from 'node:perf_hooks';
import { SingleBar } from 'cli-progress';
import { coloursFor } from './colour.ts';

export type Progress = {
  /** So many more are done. */
  readonly advance: (count: number) => void;
  /** So many are done in all. */
  readonly update: (value: number) => void;
  /** Draws the end state. Call it once, on failure too: an open bar keeps the process alive. */
  readonly finish: () => void;
};

export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export type ProgressOptions = {
  readonly label: string;
  readonly total: number;
  /** What is counted, in the plural: "payments". */
  readonly unit: string;
  /** Default: standard error. */
  readonly stream?: ProgressStream;
  /** True when the command prints JSON: then nothing is shown. */
  readonly silent?: boolean;
  /** Milliseconds that only rise. */
  readonly nowMs?: () => number;
};

/** More often would fill a log, less often would look like a standstill. */
const lineIntervalMs = 2_000;

type Display = { readonly show: (value: number) => void; readonly end: (value: number) => void };

export function startProgress(options: ProgressOptions): Progress {
  const display = displayFor(options);
  let done = 0;
  const update = (value: number): void => {
    done = value;
    display.show(done);
  };
  return { update, advance: (count) => update(done + count), finish: () => display.end(done) };
}

function displayFor(options: ProgressOptions): Display {
  if (options.silent === true) return { show: () => undefined, end: () => undefined };
  const stream = options.stream ?? process.stderr;
  return stream.isTTY === true ? bar(options, stream) : lines(options, stream);
}

function bar(
  { label, total, unit, nowMs = () => performance.now() }: ProgressOptions,
  stream: ProgressStream,
): Display {
  const colours = coloursFor(stream);
  const drawn = new SingleBar({
    format: `${label} ${colours.green('{bar}')} {percentage}%  {value}/{total} ${unit}  {rate}/s  {eta_formatted} left`,
    formatValue: (value, _, type) => (type === 'percentage' ? String(value).padStart(3) : grouped(value)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    // The rest of the line takes some 60 columns, and cli-progress cuts lines as if colours took 10 more.
    barsize: Math.min(30, Math.max(10, (stream.columns ?? 80) - 70)),
    fps: 10,
    stream,
    etaBuffer: 50,
    hideCursor: false,
    linewrap: true,
    stopOnComplete: false,
    clearOnComplete: false,
    emptyOnZero: true,
    noTTYOutput: false,
    // Its handlers would take the first Ctrl-C for themselves and leave the program running.
    gracefulExit: false,
  });
  const startedMs = nowMs();
  const payload = (value: number): object => ({ rate: rate(value, nowMs() - startedMs) });
  drawn.start(total, 0, payload(0));
  return {
    show: (value) => drawn.update(value, payload(value)),
    end: (value) => {
      drawn.update(value, payload(value));
      drawn.stop();
    },
  };
}

function lines(options: ProgressOptions, stream: ProgressStream): Display {
  const { label, total, unit, nowMs = () => performance.now() } = options;
  const startedMs = nowMs();
  let shownMs = startedMs;
  const write = (value: number, ending: string): void => {
    const percentage = total > 0 ? ` (${Math.floor((100 * value) / total)}%)` : '';
    const perSecond = rate(value, nowMs() - startedMs);
    stream.write(`${label}: ${grouped(value)} of ${grouped(total)} ${unit}${percentage}, ${perSecond}/s${ending}\n`);
  };
  return {
    show: (value) => {
      if (nowMs() - shownMs < lineIntervalMs) return;
      shownMs = nowMs();
      write(value, '');
    },
    end: (value) => write(value, `, ${((nowMs() - startedMs) / 1_000).toFixed(1)} s`),
  };
}

function rate(count: number, elapsedMs: number): string {
  return elapsedMs > 0 ? grouped(Math.round((count * 1_000) / elapsedMs)) : '–';
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
