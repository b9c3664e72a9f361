// Metrics. Counts in slots of one typed array, because a counter update must cost nanoseconds; names and labels are put
// to them when somebody reads.
//
// M1. Every series exists from the start, at 0, but those of HTTP routes, which come with their first request.
// M2. Labels are closed lists: no account, order, address or text of a client ever becomes one.

export type Labels = Readonly<Record<string, string>>;

export type Counter = { readonly add: (count?: number) => void };
/** `observe` takes the metric's base unit: seconds, bytes, records. */
export type Histogram = { readonly observe: (value: number) => void };

/** Seconds; from a fast turn to a stuck disk. */
export const DURATION_BUCKETS: readonly number[] = [
  0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
];

/** Series in all; a scrape of more is a mistake in labels. */
const SLOTS_MAX = 16_384;

type Kind = 'counter' | 'gauge' | 'histogram';
type Series = { readonly labels: Labels; readonly lines: (name: string) => string[] };
type Family = { readonly kind: Kind; readonly help: string; readonly series: Series[] };

export class Metrics {
  readonly #slots = new Float64Array(SLOTS_MAX);
  readonly #families: Map<string, Family>;
  readonly #prefix: string;
  #used = 0;

  constructor(prefix = 'florin_', families = new Map<string, Family>()) {
    this.#prefix = prefix;
    this.#families = families;
  }

  /** Families of their own, whose names begin with `name` in addition; they are rendered with these. */
  within(name: string): Metrics {
    return new Metrics(`${this.#prefix}${name}_`, this.#families);
  }

  counter(name: string, help: string, labels: Labels = {}): Counter {
    const slots = this.#slots;
    const slot = this.#take(1);
    this.#add('counter', name, help, { labels, lines: (full) => [line(full, labels, slots[slot] ?? 0)] });
    return { add: (count = 1) => void (slots[slot] = (slots[slot] as number) + count) };
  }

  /** `read` is called at each scrape. */
  gauge(name: string, help: string, labels: Labels, read: () => number): void {
    this.#add('gauge', name, help, { labels, lines: (full) => [line(full, labels, read())] });
  }

  /** A counter that somebody else counts. */
  counted(name: string, help: string, labels: Labels, read: () => number): void {
    this.#add('counter', name, help, { labels, lines: (full) => [line(full, labels, read())] });
  }

  histogram(name: string, help: string, labels: Labels = {}, buckets: readonly number[] = DURATION_BUCKETS): Histogram {
    const slots = this.#slots;
    const first = this.#take(buckets.length + 2);
    const sum = first + buckets.length + 1;
    this.#add('histogram', name, help, {
      labels,
      lines: (full) => histogramLines(full, labels, buckets, slots.subarray(first, sum + 1)),
    });
    return {
      observe: (value) => {
        let bucket = 0;
        while (bucket < buckets.length && value > (buckets[bucket] as number)) bucket += 1;
        slots[first + bucket] = (slots[first + bucket] as number) + 1;
        slots[sum] = (slots[sum] as number) + value;
      },
    };
  }

  /** A histogram that somebody else counts: `counts` has one slot a bucket and one for what is above them all. */
  countedHistogram(
    name: string,
    help: string,
    labels: Labels,
    { buckets, counts, sum }: { buckets: readonly number[]; counts: Readonly<Float64Array>; sum: () => number },
  ): void {
    const lines = (full: string): string[] =>
      histogramLines(full, labels, buckets, Float64Array.of(...(counts as Float64Array), sum()));
    this.#add('histogram', name, help, { labels, lines });
  }

  /** Prometheus text format 0.0.4. */
  render(): string {
    const text: string[] = [];
    for (const [name, { kind, help, series }] of this.#families) {
      text.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`);
      for (const { lines } of series) text.push(...lines(name));
    }
    return `${text.join('\n')}\n`;
  }

  #take(count: number): number {
    const slot = this.#used;
    this.#used += count;
    if (this.#used > SLOTS_MAX) throw new Error('more series than a scrape should have');
    return slot;
  }

  #add(kind: Kind, name: string, help: string, series: Series): void {
    const full = `${this.#prefix}${name}`;
    const family = this.#families.get(full);
    if (family) family.series.push(series);
    else this.#families.set(full, { kind, help, series: [series] });
  }
}

function histogramLines(name: string, labels: Labels, buckets: readonly number[], slots: Float64Array): string[] {
  let count = 0;
  const lines = [...buckets, Infinity].map((bound, index) => {
    count += slots[index] ?? 0;
    return line(`${name}_bucket`, { ...labels, le: bound === Infinity ? '+Inf' : String(bound) }, count);
  });
  return [...lines, line(`${name}_sum`, labels, slots[slots.length - 1] ?? 0), line(`${name}_count`, labels, count)];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
