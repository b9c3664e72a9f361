// Latencies as a person looks at them: percentiles, and a chart with a bar for each doubling.

/** Sorted ascending. */
export type Sorted = readonly number[];

const BLOCKS = ' ▏▎▍▌▋▊▉█';
const EIGHTHS = 8;
/** Columns of the longest bar. */
const BAR_MAX = 40;

/** The value that `share` (0 … 1) of them do not pass, ms; 0 without any. */
export function percentile(sorted: Sorted, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** A line for each doubling from the fastest to the slowest: how many took so long. */
export function chart(sorted: Sorted): string[] {
  if (sorted.length === 0) return [];
  const counts = new Map<number, number>();
  for (const ms of sorted) {
    const doubling = Math.ceil(Math.log2(Math.max(ms, 2 ** -10)));
    counts.set(doubling, (counts.get(doubling) ?? 0) + 1);
  }
  const [first, last] = [Math.min(...counts.keys()), Math.max(...counts.keys())];
  const most = Math.max(...counts.values());
  const doublings = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  return doublings.map((doubling) => {
    const count = counts.get(doubling) ?? 0;
    const share = `${((100 * count) / sorted.length).toFixed(1)}%`.padStart(6);
    return `≤ ${milliseconds(2 ** doubling).padStart(8)} ${share}  ${bar(count / most)}`.trimEnd();
  });
}

/** With three digits that count. */
export function milliseconds(ms: number): string {
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(3))} ms`;
}

/** `share`: 0 … 1 of the longest. */
function bar(share: number): string {
  const eighths = Math.round(share * BAR_MAX * EIGHTHS);
  return '█'.repeat(Math.floor(eighths / EIGHTHS)) + (BLOCKS[eighths % EIGHTHS] ?? '').trim();
}
