// Latency histogram: logarithmic buckets, so that recording costs one addition and memory does not grow with the run.
//
// H1. A quantile is at most one bucket, 1/64 of its value, above what a sorted list would give.

/** Buckets for each doubling of the latency. */
const BUCKETS_PER_DOUBLING = 64;
/** 1 µs to 2^26 µs (67 s): a request that takes longer is counted in the last bucket. */
const DOUBLINGS = 26;

export class Histogram {
  private readonly counts = new Float64Array(BUCKETS_PER_DOUBLING * DOUBLINGS + 1);
  private total = 0;

  record(latencyMs: number): void {
    const bucket = Math.floor(Math.log2(Math.max(1, latencyMs * 1_000)) * BUCKETS_PER_DOUBLING);
    const index = Math.min(bucket, this.counts.length - 1);
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.total += 1;
  }

  /** Latency in ms below which `share` (0 … 1) of the records lie, the upper edge of its bucket; 0 without records. */
  quantile(share: number): number {
    if (this.total === 0) return 0;
    let below = 0;
    const bucket = this.counts.findIndex((count) => (below += count) >= share * this.total && below > 0);
    return 2 ** ((bucket + 1) / BUCKETS_PER_DOUBLING) / 1_000;
  }
}
