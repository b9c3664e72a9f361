// Rows. What is matched: lines of a bill or a statement on one side, orders or vouchers of ours on the other, both in the
// same compact shape.

export type Side = 'channel' | 'local';

export type MatchRow = {
  /** Names the row on its side, the same at every run: the id of a bill's line, of an order. */
  readonly id: string;
  /** One for each key of the rules, in their order; '' where the row has none of it. */
  readonly keys: readonly string[];
  /** Minor units with their sign: above zero is what came to us. 0 where it is not known. */
  readonly amount: number;
  readonly currency: string;
  /** What the channel keeps, minor units. */
  readonly fee: number;
  /** Compared as it is: both sides use the same words. */
  readonly status: string;
  /** Days since 1970. */
  readonly day: number;
  /** Why the line could not be understood, for people; '' for one that was. */
  readonly unparsed: string;
};

/** Values of a row that are not keys. */
const FIELDS = 7;

/** Writes a row as so many values: an array of plain values is what msgpack packs fastest. */
export function pushRow(values: unknown[], row: MatchRow): void {
  values.push(row.id, row.amount, row.currency, row.fee, row.status, row.day, row.unparsed);
  for (const key of row.keys) values.push(key);
}

/** Rows as values in blocks, which become objects only one by one: nothing has to be said of most of them. */
export class FlatRows {
  readonly count: number;
  private readonly blocks: readonly (readonly unknown[])[];
  private readonly blockRows: number;
  private readonly keys: number;

  /** @param blockRows rows in each block but the last @param keys of each row */
  constructor(blocks: readonly (readonly unknown[])[], blockRows: number, keys: number) {
    this.blocks = blocks;
    this.blockRows = blockRows;
    this.keys = keys;
    const last = blocks.at(-1)?.length ?? 0;
    this.count = Math.max(blocks.length - 1, 0) * blockRows + last / (FIELDS + keys);
  }

  /** The key of a stage; the id for the stage after the last key. */
  keyAt(row: number, stage: number): string {
    return this.blockOf(row)[this.offsetOf(row) + (stage < this.keys ? FIELDS + stage : 0)] as string;
  }

  /** True when two rows agree in all that is compared and their days are this near. */
  isSame(row: number, other: FlatRows, otherRow: number, windowDays: number): boolean {
    const [mine, at] = [this.blockOf(row), this.offsetOf(row)];
    const [theirs, there] = [other.blockOf(otherRow), other.offsetOf(otherRow)];
    return (
      mine[at + 1] === theirs[there + 1] &&
      mine[at + 2] === theirs[there + 2] &&
      mine[at + 3] === theirs[there + 3] &&
      mine[at + 4] === theirs[there + 4] &&
      Math.abs((mine[at + 5] as number) - (theirs[there + 5] as number)) <= windowDays
    );
  }

  row(row: number): MatchRow {
    const values = this.blockOf(row);
    const at = this.offsetOf(row);
    return {
      id: values[at] as string,
      amount: values[at + 1] as number,
      currency: values[at + 2] as string,
      fee: values[at + 3] as number,
      status: values[at + 4] as string,
      day: values[at + 5] as number,
      unparsed: values[at + 6] as string,
      keys: values.slice(at + FIELDS, at + FIELDS + this.keys) as string[],
    };
  }

  private blockOf(row: number): readonly unknown[] {
    return this.blocks[Math.floor(row / this.blockRows)] ?? [];
  }

  private offsetOf(row: number): number {
    return (row % this.blockRows) * (FIELDS + this.keys);
  }
}

/** An order of rows by what they say, and by their ids only where they say the same. */
export function compareRows(a: MatchRow, b: MatchRow): number {
  return compareContent(a, b) || a.day - b.day || compareText(a.id, b.id);
}

/** 0 for rows that agree in everything that is compared, but for their days. */
export function compareContent(a: MatchRow, b: MatchRow): number {
  return compareText(a.currency, b.currency) || a.amount - b.amount || a.fee - b.fee || compareText(a.status, b.status);
}

/** By code units: the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
