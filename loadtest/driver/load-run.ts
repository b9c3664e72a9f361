// A run: a server of its own with a data folder of its own, a scenario against it, its course once a second, and the check
// afterwards. Owns that nothing of it outlives it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commit, describeMachine } from '../bench/machine.ts';
import { factsOwed, freePort, startServerOn, type ServerUnderTest } from '../bench/server-process.ts';
import { syncsPerSecond } from '../bench/sync-baseline.ts';
import { openKeys } from '../../src/gateway/keys.ts';
import type { Mark } from './charts.ts';
import { readProcesses, readServer, secondBetween, type Reading, type Second } from './course.ts';
import {
  acknowledgedIn,
  countOf,
  latencyOf,
  p99LimitOf,
  readEndTotals,
  thresholdsIn,
  type EndTotals,
} from './generator-totals.ts';
import { Generator } from './generator-process.ts';
import type { RunOrders } from './orders.ts';
import { compare, DEEDS, readBooked, readJournalled, verifyFolder, type Booked, type Finding } from './post-check.ts';
import type { RunReport, Verdict } from './report.ts';

const READY_MS_MAX = 60_000;
/** Books that take longer than this to follow have stopped. */
const BOOKS_MS_MAX = 120_000;
const EVERY_MS = 1_000;
/** Exit code of k6 when thresholds were not kept, and when one of them ended the run. */
const THRESHOLDS_FAILED = 99;
/** The load rises until it fails: thresholds end such a run, and do not fail it. */
const FINDS_LIMIT = 'breakpoint';
/** What makes a run void, whatever else it shows. */
const VOID = /^(dropped iterations|unsent)/;
const WRONG = /^wrong/;

type Watched = {
  readonly course: Second[];
  readonly marks: Mark[];
  readonly code: number;
  readonly generatorSeconds: number;
};

/** @throws Error when server or scenario break; a run that shows something bad is a report */
export async function runLoad(program: string, orders: RunOrders): Promise<RunReport> {
  const folder = mkdtempSync(join(tmpdir(), 'florin-load-'));
  try {
    return await new LoadRun(program, orders, folder).run();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class LoadRun {
  readonly #program: string;
  readonly #orders: RunOrders;
  readonly #data: string;
  readonly #totalsFile: string;
  readonly #shadow: boolean;
  readonly #syncBaseline: number;
  #key = '';

  constructor(program: string, orders: RunOrders, folder: string) {
    this.#program = program;
    this.#orders = orders;
    this.#data = join(folder, 'data');
    this.#totalsFile = join(folder, 'totals.json');
    this.#shadow = orders.scenario === 'shadow';
    this.#syncBaseline = syncsPerSecond(folder, 0.5);
  }

  async run(): Promise<RunReport> {
    if (this.#shadow) this.#key = await shadowKey(this.#data);
    const server = { now: await this.#start() };
    let generator: Generator | null = null;
    try {
      generator = await this.#generate(server.now);
      const watched = await this.#watch(server, generator);
      if (watched.code !== 0 && watched.code !== THRESHOLDS_FAILED) throw new Error(`k6 ended with ${watched.code}`);
      await booksFollow(server.now);
      const booked = await readBooked(server.now.port, this.#key);
      await server.now.stop();
      return await this.#judge(watched, booked);
    } finally {
      await generator?.stop();
      await server.now.stop();
    }
  }

  #start(ports?: Pick<ServerUnderTest, 'port' | 'opsPort'>): Promise<ServerUnderTest> {
    return startServerOn(this.#data, READY_MS_MAX, this.#shadow ? ['--shadow', 'on'] : [], ports);
  }

  async #generate({ port }: ServerUnderTest): Promise<Generator> {
    const { scenario, profile, settings } = this.#orders;
    return new Generator(this.#program, scenario, await freePort(), {
      FLORIN_TARGET: `127.0.0.1:${port}`,
      FLORIN_KEY: this.#key,
      FLORIN_TOTALS: this.#totalsFile,
      FLORIN_PROFILE: profile,
      ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`FLORIN_${name.toUpperCase()}`, value])),
    });
  }

  /** Reads once a second until the generator has ended; the beginning is the first second with an iteration. */
  async #watch(server: { now: ServerUnderTest }, generator: Generator): Promise<Watched> {
    const course: Second[] = [];
    const marks: Mark[] = [];
    const end: { code: number | null } = { code: null };
    void generator.ended.then((code) => (end.code = code));
    let seen: Reading['server'] = {};
    const read = async (): Promise<Reading> => ({
      load: await generator.totals(),
      // One that does not answer now has done no less than before.
      server: (seen = { ...seen, ...(await readServer(server.now.opsPort)) }),
      ...readProcesses(server.now.pid, generator.pid),
    });
    let last = await read();
    let first: Reading | null = null;
    let killed: Promise<void> | null = null;
    while (end.code === null) {
      await Promise.race([sleep(EVERY_MS), generator.ended]);
      const next = await read();
      if (Object.keys(next.load).length === 0) continue;
      if (isUnderWay(next)) {
        first ??= last;
        course.push(secondBetween(last, next, first.atMs));
      }
      last = next;
      if (first && this.#isTimeToKill(first, marks)) killed = this.#kill(server, first.atMs, marks);
    }
    await killed;
    return {
      course,
      marks,
      code: end.code,
      generatorSeconds: last.generatorSeconds - (first ?? last).generatorSeconds,
    };
  }

  #isTimeToKill({ atMs }: Reading, marks: readonly Mark[]): boolean {
    const { killAt } = this.#orders;
    return killAt > 0 && marks.length === 0 && performance.now() - atMs >= killAt * 1_000;
  }

  async #kill(server: { now: ServerUnderTest }, beganMs: number, marks: Mark[]): Promise<void> {
    const at = (): number => (performance.now() - beganMs) / 1_000;
    marks.push({ at: at(), text: 'SIGKILL' });
    await server.now.kill();
    server.now = await this.#start(server.now);
    marks.push({ at: at(), text: 'ready again' });
  }

  async #judge(watched: Watched, booked: Booked): Promise<RunReport> {
    const { scenario, profile, settings, killAt } = this.#orders;
    const totals = readEndTotals(this.#totalsFile);
    const data = this.#shadow ? join(this.#data, 'shadow') : this.#data;
    const checks = [
      ...compare(acknowledgedIn(totals), await readJournalled(data), booked, countOf(totals, 'florin_unknown')),
      verifyFolder(data),
      ...(this.#shadow ? [await businessIsUntouched(this.#data)] : []),
    ];
    const thresholds = thresholdsIn(totals);
    const asked = [...Object.entries(settings), ['kill-at', killAt > 0 ? killAt : '']].filter(
      ([, value]) => value !== '',
    );
    return {
      scenario,
      profile,
      asked: asked.map(([name, value]) => `--${name} ${value}`).join(' '),
      machine: describeMachine(),
      commit: commit() ?? 'unknown',
      date: new Date().toISOString(),
      syncBaseline: this.#syncBaseline,
      verdict: verdictOf(this.#orders, thresholds, checks),
      totals: endFigures(totals, watched),
      findings: [...thresholds, ...checks],
      course: watched.course,
      marks: watched.marks,
    };
  }
}

function verdictOf(
  { profile, killAt }: RunOrders,
  thresholds: readonly Finding[],
  checks: readonly Finding[],
): Verdict {
  if (checks.some(({ ok }) => !ok)) return 'failed';
  // A server that is killed keeps requests waiting: such a run is about what it acknowledged.
  const counting = thresholds.filter(({ what }) => killAt === 0 || WRONG.test(what));
  const broken = counting.filter(({ ok }) => !ok);
  if (broken.length === 0) return 'passed';
  if (profile === FINDS_LIMIT) return 'limit found';
  return broken.some(({ what }) => VOID.test(what)) ? 'void' : 'failed';
}

function endFigures(totals: EndTotals, { course, generatorSeconds }: Watched): RunReport['totals'] {
  const acknowledged = DEEDS.reduce((sum, deed) => sum + acknowledgedIn(totals)[deed].count, 0);
  const seconds = course.reduce((sum, { at }) => Math.max(sum, at), 1);
  const micros = (used: number): number => (acknowledged === 0 ? 0 : (Math.max(0, used) * 1e6) / acknowledged);
  return {
    acknowledged,
    perSecond: acknowledged / seconds,
    latency: {
      med: latencyOf(totals, 'med'),
      p99: latencyOf(totals, 'p(99)'),
      p999: latencyOf(totals, 'p(99.9)'),
      max: latencyOf(totals, 'max'),
    },
    p99LimitMs: p99LimitOf(totals),
    dropped: countOf(totals, 'dropped_iterations') + countOf(totals, 'florin_unsent'),
    unknown: countOf(totals, 'florin_unknown'),
    wrong: countOf(totals, 'florin_wrong'),
    generatorMicros: micros(generatorSeconds),
    serverMicros: micros(serverSeconds(course)),
  };
}

/** Processor time of all servers of the run: one that was killed took its own count with it. */
function serverSeconds(course: readonly Second[]): number {
  return course.reduce(
    (sum, { at, serverCpu }, index) => sum + (serverCpu / 100) * (at - (course[index - 1]?.at ?? 0)),
    0,
  );
}

/** An iteration has begun: accounts are open. */
function isUnderWay({ load }: Reading): boolean {
  const seen = DEEDS.some((deed) => (load[`florin_${deed}`] ?? 0) > 0);
  return seen || (load.iterations ?? 0) > 0 || (load.dropped_iterations ?? 0) > 0;
}

async function booksFollow(server: ServerUnderTest): Promise<void> {
  const deadlineMs = performance.now() + BOOKS_MS_MAX;
  while ((await factsOwed(server)) > 0) {
    if (performance.now() > deadlineMs) throw new Error('the books do not follow');
    await sleep(100);
  }
}

async function shadowKey(data: string): Promise<string> {
  const keys = openKeys(data);
  const created = keys.create({ merchant: 'load', shadow: true });
  await keys.close();
  if (typeof created === 'string') throw new Error(`no key for stress traffic: ${created}`);
  return created.key;
}

/** Nothing of stress traffic is among what business has. */
async function businessIsUntouched(data: string): Promise<Finding> {
  const deeds = await readJournalled(data);
  const count = DEEDS.reduce((sum, deed) => sum + deeds[deed].count, 0);
  return { what: 'business has nothing of it', ok: count === 0, detail: `${count} facts in its journal` };
}
