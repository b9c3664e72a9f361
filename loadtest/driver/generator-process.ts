// The k6 process: where it is, its start, its end, and the live totals that it tells over its own HTTP interface.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { end, own } from '../bench/children.ts';
import { projectFolder } from '../bench/machine.ts';

/** Beyond the profile: opening accounts, answers that come late, the summary. */
const OVERTIME_MS = 180_000;
const SECONDS_MAX = 1_500;

/** Live totals by metric name: counters have their count. */
export type LiveTotals = Readonly<Record<string, number>>;

/** The program, from the path or from where `go install` puts it; null where there is none. */
export function findGenerator(): string | null {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    join(process.env.GOBIN ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin')),
  ];
  return folders.map((folder) => join(folder, 'k6')).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export class Generator {
  readonly #child: ChildProcess;
  readonly #address: string;
  /** Its exit code: 0, 99 for thresholds that were not kept, anything else for a scenario that broke. */
  readonly ended: Promise<number>;

  /** `environment`: what the scenario is told. It is stopped when it takes longer than any profile. */
  constructor(program: string, scenario: string, port: number, environment: Readonly<Record<string, string>>) {
    this.#address = `127.0.0.1:${port}`;
    const script = join(projectFolder(), 'loadtest', 'cases', `${scenario}.ts`);
    const told = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const words = ['run', '--quiet', '--no-usage-report', '--address', this.#address, ...told, script];
    this.#child = own(spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit'] }));
    const cap = setTimeout(() => void this.stop(), SECONDS_MAX * 1_000 + OVERTIME_MS);
    this.ended = once(this.#child, 'exit').then(([code]) => {
      clearTimeout(cap);
      return Number(code ?? 1);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  stop(): Promise<void> {
    return end(this.#child, 'SIGINT', 10_000);
  }

  /** Empty before it listens and after it has ended. */
  async totals(): Promise<LiveTotals> {
    try {
      const answer = await fetch(`http://${this.#address}/v1/metrics`);
      const { data } = (await answer.json()) as {
        data: { id: string; attributes: { type: string; sample: Record<string, number> } }[];
      };
      const counters = data.filter(({ attributes }) => attributes.type === 'counter');
      return Object.fromEntries(counters.map(({ id, attributes }) => [id, attributes.sample.count ?? 0]));
    } catch {
      return {};
    }
  }
}
