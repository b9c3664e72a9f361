// Matcher. Two sides of rows to matches, differences and waiting rows: both sides are partitioned by the hash of a key, then
// bucket by bucket the rows of one key meet in a map. Nothing is compared with everything.
//
// R1. Memory holds one bucket, a bounded part of the rows' bytes, and nothing that has been given out. R2. The order of rows
// changes nothing: the same rows give the same differences, in the same order, with the same ids. R3. Sums are explained
// (totals.ts, T1 and T2) or the matching fails.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Buckets, BUCKETS, type Memory } from './buckets.ts';
import { Judge, type Findings } from './judge.ts';
import { KeyGroups } from './key-groups.ts';
import { Words } from './row-bytes.ts';
import type { MatchRow, Side } from './row.ts';
import { checkRules, type MatchingRules } from './rules.ts';
import { SpillFile } from './spill-file.ts';
import { Totals, type CurrencyTotals, type MatchCounts } from './totals.ts';

/** Of rows in memory: of some 800,000. More lie in files. */
const MEMORY_BYTES = 64 * 1024 * 1024;

/** Rows of a bucket, which are in memory at once; a larger one is partitioned again. */
const BUCKET_ROWS_MAX = 200_000;

/** How often. 64^4 buckets part any keys, so what is still too large then has one key. */
const DEPTH_MAX = 4;

export type RowBatches = AsyncIterable<readonly MatchRow[]> | Iterable<readonly MatchRow[]>;

export type MatchInput = {
  /** Read first. */
  readonly local: RowBatches;
  readonly channel: RowBatches;
  /** Of ours what is known only when the channel's rows have been read. */
  readonly localLast?: RowBatches;
  readonly rules: MatchingRules;
  /** Where rows lie that do not fit into memory; the system's folder for temporary files by default. */
  readonly spillFolder?: string;
  readonly memoryBytes?: number;
  readonly bucketRowsMax?: number;
} & Findings;

type Partition = { readonly buckets: Buckets; readonly spill: SpillFile };

const SIDES: readonly Side[] = ['channel', 'local'];

export type MatchResult = { readonly counts: MatchCounts; readonly totals: readonly CurrencyTotals[] };

/**
 * Matches all rows of both sides. Differences come bucket by bucket, before the sums have been checked: they count only when
 * this does not fail.
 * @throws RangeError for rules that mean nothing; Error of the disk, for more rows of one key than a bucket holds, or when
 *   sums are not explained
 */
export async function matchSides(input: MatchInput): Promise<MatchResult> {
  checkRules(input.rules);
  const folder = mkdtempSync(join(input.spillFolder ?? tmpdir(), 'florin-matching-'));
  try {
    return await new Matcher(input, folder).run();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class Matcher {
  private readonly input: MatchInput;
  private readonly folder: string;
  private readonly totals = new Totals();
  private readonly judge: Judge;
  private readonly memory: Memory;
  /** One for each key, and one for rows that have none. */
  private readonly stages: readonly Partition[];
  private files = 0;

  constructor(input: MatchInput, folder: string) {
    this.input = input;
    this.folder = folder;
    this.judge = new Judge(input.rules, this.totals);
    this.memory = { usedBytes: 0, bytesMax: input.memoryBytes ?? MEMORY_BYTES, words: new Words() };
    this.stages = Array.from({ length: input.rules.keys.length + 1 }, () => this.partition(0));
  }

  async run(): Promise<MatchResult> {
    try {
      await this.readSide('local', this.input.local);
      await this.readSide('channel', this.input.channel);
      await this.readSide('local', this.input.localLast ?? []);
      for (const [stage, partition] of this.stages.entries()) this.matchAll(partition, stage, 0);
      return { counts: this.totals.counts(), totals: this.totals.checked() };
    } finally {
      for (const { spill } of this.stages) spill.close();
    }
  }

  private partition(depth: number): Partition {
    const spill = new SpillFile(join(this.folder, String(this.files++)));
    return { buckets: new Buckets(this.input.rules.keys.length, depth, this.memory, spill), spill };
  }

  private async readSide(side: Side, batches: RowBatches): Promise<void> {
    const { length } = this.input.rules.keys;
    for await (const batch of batches) {
      for (const row of batch) {
        if (row.keys.length !== length) throw new RangeError(`${row.id} has ${row.keys.length} keys, not ${length}`);
        this.totals.row(side, row);
        const stage = row.unparsed === '' ? this.stageFrom(0, row) : length;
        this.stages[stage]?.buckets.add(side, this.keyAt(stage, row), row);
      }
    }
  }

  /** The first key from this one on that the row has; one past the last when it has none. */
  private stageFrom(first: number, { keys }: MatchRow): number {
    let stage = first;
    while (stage < keys.length && keys[stage] === '') stage += 1;
    return stage;
  }

  /** Rows without a key are spread by their ids. */
  private keyAt(stage: number, { id, keys }: MatchRow): string {
    return keys[stage] ?? id;
  }

  private matchAll({ buckets }: Partition, stage: number, depth: number): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const rows = buckets.rowsIn(bucket);
      if (rows > (this.input.bucketRowsMax ?? BUCKET_ROWS_MAX)) this.matchInParts(buckets, bucket, stage, depth + 1);
      else if (rows > 0) this.matchBucket(buckets, bucket, stage);
    }
  }

  private matchInParts(buckets: Buckets, bucket: number, stage: number, depth: number): void {
    if (depth > DEPTH_MAX) {
      const key = this.input.rules.keys[stage] ?? 'id';
      throw new Error(`${buckets.rowsIn(bucket)} rows have one ${key}: more than can be matched together`);
    }
    const parts = this.partition(depth);
    try {
      for (const side of SIDES) {
        const rows = buckets.take(side, bucket);
        for (let index = 0; index < rows.count; index++) {
          parts.buckets.add(side, rows.keyAt(index, stage), rows.row(index));
        }
      }
      this.matchAll(parts, stage, depth);
    } finally {
      parts.spill.close();
    }
  }

  private matchBucket(buckets: Buckets, bucket: number, stage: number): void {
    const groups = new KeyGroups(buckets.take('channel', bucket), buckets.take('local', bucket), stage);
    const { windowDays } = this.input.rules;
    const isKey = stage < this.input.rules.keys.length;
    for (let group = 0; group < groups.count; group++) {
      if (isKey && groups.isMatch(group, windowDays)) this.totals.match(1, 1);
      else {
        const [channel, local] = [groups.rowsOf('channel', group), groups.rowsOf('local', group)];
        this.judgeGroup(groups.keyOf(group), channel, local, stage);
      }
    }
    this.judge.giveOut(this.input);
  }

  private judgeGroup(key: string, channel: readonly MatchRow[], local: readonly MatchRow[], stage: number): void {
    const isKey = stage < this.input.rules.keys.length;
    if (isKey && channel.length > 0 && local.length > 0) return this.judge.group(key, { channel, local });
    for (const row of channel) this.leave('channel', row, stage + 1);
    for (const row of local) this.leave('local', row, stage + 1);
  }

  /** A row without another side goes on to its next key. */
  private leave(side: Side, row: MatchRow, from: number): void {
    const stage = row.unparsed === '' ? this.stageFrom(from, row) : row.keys.length;
    if (stage >= row.keys.length) this.judge.alone(side, row);
    else this.stages[stage]?.buckets.add(side, this.keyAt(stage, row), row);
  }
}
