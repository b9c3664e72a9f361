// Figures. Rates and percentiles out of two snapshots; everything that the pages show as a number per second or as a
// percentile is worked out here. Pure: no clock, no document.
//
// F1. A rate is the rise of a counter of /metrics between two snapshots, by the time between them. F2. A percentile is that of
// what was observed between two snapshots, read from the buckets of the histogram in /metrics: within a bucket by straight
// line, and above the last bound no more is known than that. F3. Over a restart there is neither.

/** @typedef {import('../snapshot.ts').Snapshot} Snapshot */
/** @typedef {import('../../ops/metrics.ts').Distribution} Distribution */
/** @typedef {import('../../ops/metrics.ts').Labels} Labels */
/** @typedef {(labels: Labels) => boolean} Where */
/** @typedef {{ readonly value: number, readonly isAbove: boolean }} Percentile `isAbove`: it is more than `value` */

/** @type {Where} */
const ANY = () => true;

/**
 * Sum of a counter's or gauge's series; 0 where there are none.
 * @param {Snapshot} snapshot
 * @param {string} name family without `florin_`
 * @param {Where} [where]
 */
export function total(snapshot, name, where = ANY) {
  let sum = 0;
  for (const [labels, value] of snapshot.metrics[name] ?? []) {
    if (typeof value === 'number' && where(labels)) sum += value;
  }
  return sum;
}

/**
 * Sum of a gauge's or counter's series; null where nobody measures it, which is not 0.
 * @param {Snapshot} snapshot
 * @param {string} name
 * @param {Where} [where]
 * @returns {number | null}
 */
export function known(snapshot, name, where = ANY) {
  return snapshot.metrics[name] === undefined ? null : total(snapshot, name, where);
}

/**
 * Values of a counter or gauge by one of its labels, the largest first.
 * @param {Snapshot} snapshot
 * @param {string} name
 * @param {string} label
 * @param {Where} [where]
 * @returns {[string, number][]}
 */
export function byLabel(snapshot, name, label, where = ANY) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const [labels, value] of snapshot.metrics[name] ?? []) {
    const key = labels[label];
    if (key === undefined || typeof value !== 'number' || !where(labels)) continue;
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return [...sums].toSorted(([, one], [, other]) => other - one);
}

/**
 * Observations of a histogram's series together; null where there are none.
 * @param {Snapshot} snapshot
 * @param {string} name
 * @param {Where} [where]
 * @returns {Distribution | null}
 */
export function distribution(snapshot, name, where = ANY) {
  /** @type {Distribution | null} */
  let all = null;
  for (const [labels, value] of snapshot.metrics[name] ?? []) {
    if (typeof value === 'number' || !where(labels)) continue;
    all = all ? joined(all, value, 1) : value;
  }
  return all;
}

/**
 * @param {Distribution} one
 * @param {Distribution} other of the same buckets
 * @param {1 | -1} sign
 * @returns {Distribution}
 */
function joined(one, other, sign) {
  return {
    buckets: one.buckets,
    counts: one.counts.map((count, at) => count + sign * (other.counts[at] ?? 0)),
    sum: one.sum + sign * other.sum,
  };
}

/** @param {Distribution | null} of */
export function observations(of) {
  return of ? of.counts.reduce((sum, count) => sum + count, 0) : 0;
}

/**
 * Mean of what was observed; null where nothing was.
 * @param {Distribution | null} of
 */
export function mean(of) {
  const count = observations(of);
  return of && count > 0 ? of.sum / count : null;
}

/**
 * @param {Distribution | null} of
 * @param {number} share 0.5 for the median
 * @returns {Percentile | null} null where nothing was observed
 */
export function percentile(of, share) {
  const count = observations(of);
  if (!of || count === 0) return null;
  const rank = share * count;
  let below = 0;
  for (const [at, bound] of of.buckets.entries()) {
    const here = of.counts[at] ?? 0;
    if (here > 0 && below + here >= rank) {
      const from = at === 0 ? 0 : (of.buckets[at - 1] ?? 0);
      return { value: from + ((bound - from) * (rank - below)) / here, isAbove: false };
    }
    below += here;
  }
  return { value: of.buckets.at(-1) ?? 0, isAbove: true };
}

/** Two snapshots, and what happened between them. */
export class Span {
  /**
   * @param {Snapshot} earlier
   * @param {Snapshot} later of the same life of the server
   */
  constructor(earlier, later) {
    this.earlier = earlier;
    this.later = later;
  }

  /** Between the two, seconds. */
  get seconds() {
    return (this.later.at - this.earlier.at) / 1_000;
  }

  /**
   * By how much a counter rose.
   * @param {string} name
   * @param {Where} [where]
   */
  rise(name, where) {
    return total(this.later, name, where) - total(this.earlier, name, where);
  }

  /**
   * By how much a counter rose each second.
   * @param {string} name
   * @param {Where} [where]
   */
  rate(name, where) {
    return this.rise(name, where) / this.seconds;
  }

  /**
   * What a histogram observed; null where it observed nothing.
   * @param {string} name
   * @param {Where} [where]
   * @returns {Distribution | null}
   */
  observed(name, where) {
    const later = distribution(this.later, name, where);
    const earlier = distribution(this.earlier, name, where);
    const risen = later && earlier ? joined(later, earlier, -1) : later;
    return observations(risen) > 0 ? risen : null;
  }
}
