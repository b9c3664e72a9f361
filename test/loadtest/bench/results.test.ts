// What is made of the runs: medians, judgements, and a file that keeps what people wrote.

import { describe, expect, it } from 'vitest';
import { medianRun, postgresRows, reached, remarks, workloadRow } from '../../../loadtest/bench/figures.ts';
import { Histogram } from '../../../loadtest/bench/histogram.ts';
import { machineSeconds, processorSeconds, residentBytesMax } from '../../../loadtest/bench/process-usage.ts';
import { Random } from '../../../loadtest/bench/random.ts';
import { withResults } from '../../../loadtest/bench/results-file.ts';
import type { Run } from '../../../loadtest/bench/run.ts';
import { WORKLOADS, workloadsNamed } from '../../../loadtest/bench/workloads.ts';

function run(perSecond: number, changes: Partial<Run> = {}): Run {
  return {
    perSecond,
    p50Ms: 1,
    p99Ms: 2,
    serverPercent: 110,
    generatorPercent: 20,
    othersPercent: 5,
    refused: 0,
    firstRefusal: '',
    seconds: 10,
    serverResidentBytes: 512 * 2 ** 20,
    serverAnonymousBytes: 256 * 2 ** 20,
    syncsPerSecond: 1_000,
    transport: 'uws',
    seed: 1,
    drainSeconds: 0,
    ...changes,
  };
}

function result(key: string, runs: readonly Run[]): { workload: (typeof WORKLOADS)[number]; runs: readonly Run[] } {
  const workload = WORKLOADS.find((candidate) => candidate.key === key);
  if (workload === undefined) throw new Error(`no workload ${key}`);
  return { workload, runs };
}

describe('the histogram', () => {
  it('is at most a sixty-fourth above the sorted list', () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = new Random(seed);
    const histogram = new Histogram();
    const latencies = Array.from({ length: 10_000 }, () => Math.exp(random.below(1_000) / 100) / 10);
    for (const latency of latencies) histogram.record(latency);
    latencies.sort((a, b) => a - b);
    for (const share of [0.001, 0.5, 0.99, 1]) {
      const exact = latencies[Math.ceil(share * latencies.length) - 1] ?? 0;
      expect(histogram.quantile(share), `seed ${seed}, share ${share}`).toBeGreaterThanOrEqual(exact);
      expect(histogram.quantile(share), `seed ${seed}, share ${share}`).toBeLessThanOrEqual(exact * (1 + 1 / 64));
    }
  });

  it('of nothing is 0, and takes what is beyond its range', () => {
    const histogram = new Histogram();
    expect(histogram.quantile(0.99)).toBe(0);
    histogram.record(0);
    histogram.record(10_000_000);
    expect(histogram.quantile(0.5)).toBeLessThan(0.002);
    expect(histogram.quantile(1)).toBeGreaterThan(60_000);
  });
});

describe('figures', () => {
  it('are those of the run in the middle, and the slower of two', () => {
    expect(medianRun([run(3), run(1), run(2)]).perSecond).toBe(2);
    expect(medianRun([run(2), run(1)]).perSecond).toBe(1);
  });

  it('reach a target with the median, and never with a refusal', () => {
    expect(reached(result('W4', [run(14_000), run(15_000), run(99_000)]))).toBe(true);
    expect(reached(result('W4', [run(14_000), run(14_999), run(99_000)]))).toBe(false);
    const refused = result('W4', [run(99_000, { refused: 1, firstRefusal: 'overloaded' }), run(99_000), run(99_000)]);
    expect(reached(refused)).toBe(false);
    expect(remarks([refused])).toEqual(['W4 is void: refused, first with overloaded']);
  });

  it('are rows with the target and the disk beside them', () => {
    const row = workloadRow(result('W1', [run(260_000), run(255_000.4), run(251_000)]));
    expect(row.slice(2, 6)).toEqual(['255,000', '251,000 – 260,000', '250,000', 'yes']);
    expect(row.slice(-4)).toEqual(['512 MiB', '1,000', '255', '0']);
  });

  it('count the transfers of held tuples, warn of a busy generator and judge the memory', () => {
    expect(remarks([result('W5', [run(130_000)])])).toEqual([
      'W5: counted are tuples; a hold and its capture are two. That is 99,970 transfers/s.',
    ]);
    const [memory, busy] = remarks([result('W1', [run(1, { generatorPercent: 95, serverResidentBytes: 2 ** 30 })])]);
    expect(memory).toBe('W1: 1024 MiB of memory at most, target below 1,024: not reached.');
    expect(busy).toContain('the generator was busy');
    expect(remarks([result('W4', [run(1, { othersPercent: 61.2 })])])).toEqual([
      'W4: the machine was not quiet; other processes took 61% of a core.',
    ]);
  });

  it('stand beside those of PostgreSQL', () => {
    const runs = [
      { debits: 'uniform', perSecond: 5_000, meanMs: 12.8 },
      { debits: 'hot', perSecond: 1_000, meanMs: 64 },
    ] as const;
    const results = [result('W1', [run(250_000)]), result('W2', [run(250_000)]), result('W4', [run(15_000)])];
    const rows = postgresRows({ version: '15', runs }, results);
    expect(rows.map((row) => row.at(-1))).toEqual(['W1 50.0x, W4 3.00x', 'W2 250x']);
    expect(postgresRows({ absent: 'not installed' }, results)[0]).toContain('not installed');
  });

  it('are asked for by name', () => {
    expect(workloadsNamed([])).toHaveLength(9);
    expect(workloadsNamed(['w3', 'W1']).map(({ key }) => key)).toEqual(['W1', 'W3a', 'W3b']);
    expect(() => workloadsNamed(['W9'])).toThrow('there is no workload W9; there are W1, W2, W3, W4, W5, W6, W7');
  });
});

describe('the use of a process', () => {
  it('is what the process itself says', () => {
    const { user, system } = process.cpuUsage();
    expect(processorSeconds(process.pid)).toBeCloseTo((user + system) / 1_000_000, 0);
    expect(residentBytesMax(process.pid)).toBeGreaterThan(process.memoryUsage.rss() / 2);
  });

  it('is part of what the machine spends', () => {
    expect(machineSeconds()).toBeGreaterThan(processorSeconds(process.pid));
  });

  it('of one that is gone is nothing', () => {
    expect(processorSeconds(2 ** 30)).toBe(0);
    expect(residentBytesMax(2 ** 30)).toBe(0);
  });
});

describe('the results file', () => {
  const part = {
    machine: '2 cores',
    measured: 'today',
    workloads: [workloadRow(result('W1', [run(255_000)])), workloadRow(result('W5', [run(150_000)]))],
    postgres: postgresRows({ absent: 'not installed' }, []),
    remarks: ['W1: small', 'W5: tuples'],
  };

  it('is made with room for notes, and keeps them', () => {
    const made = withResults(undefined, part);
    expect(made).toContain('| W1 | 10,000 accounts, batches of 1,000 | 255,000 |');
    const noted = `About this.\n\n${made}\nThe profile shows **nothing**.\n`;
    expect(withResults(noted, part)).toBe(noted);
  });

  it('keeps rows that were not measured again, with their own dates', () => {
    const before = withResults(undefined, part);
    const fresh = { ...part, measured: 'tomorrow', workloads: part.workloads.slice(0, 1), postgres: [], remarks: [] };
    const after = withResults(before, fresh);
    expect(after).toMatch(/\| W1 .*\| tomorrow \|\n\| W5 .*\| today \|/);
    expect(after).toContain('| PostgreSQL | not installed |  |  |  | today |');
    expect(after).toContain('- W5: tuples');
    expect(after).not.toContain('W1: small');
  });

  it('replaces all rows of PostgreSQL, also where it has been installed since', () => {
    const runs = [{ debits: 'hot', perSecond: 1_000, meanMs: 64 }] as const;
    const after = withResults(withResults(undefined, part), {
      ...part,
      postgres: postgresRows({ version: '15', runs }, []),
    });
    expect(after).toContain('| PostgreSQL hot |');
    expect(after).not.toContain('not installed');
  });

  it('drops rows with other columns than today', () => {
    const older = withResults(undefined, part).replace(/\| W1 [^\n]*/, '| W1 | what | 1 | then |');
    const after = withResults(older, { ...part, workloads: part.workloads.slice(1) });
    expect(after).not.toContain('| W1 |');
    expect(after).toContain('| W5 |');
  });

  it('drops the rows of another machine', () => {
    const after = withResults(withResults(undefined, part), { ...part, machine: '64 cores', workloads: [] });
    expect(after).not.toContain('| W1 |');
  });

  it('is not touched where its marks are gone', () => {
    expect(() => withResults('# Results\n', part)).toThrow('has lost its marks');
  });
});
