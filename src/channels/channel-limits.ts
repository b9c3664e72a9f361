// Channel limits. Every number of a channel that can be configured, with its range, unit, default and reason.

type Limit = {
  readonly byDefault: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** What it protects, or why one would change it. */
  readonly reason: string;
};

export const LIMITS = {
  inFlightMax: {
    byDefault: 64,
    min: 1,
    max: 10_000,
    unit: 'requests',
    reason: 'Payments, refunds and payouts under way at once: rate × latency, within what the provider takes.',
  },
  queueMax: {
    byDefault: 256,
    min: 0,
    max: 10_000,
    unit: 'requests',
    reason: 'What waits for a place; above it requests stay unsent, so that a slow channel takes no memory.',
  },
  queueWaitMs: {
    byDefault: 2_000,
    min: 1,
    max: 60_000,
    unit: 'ms',
    reason: 'What has waited longer stays unsent: another channel can have it.',
  },
  ratePerSecond: {
    byDefault: 100,
    min: 1,
    max: 100_000,
    unit: 'requests a second',
    reason: 'What the provider allows us.',
  },
  burst: { byDefault: 100, min: 1, max: 100_000, unit: 'requests', reason: 'What it allows at once above that rate.' },
  queriesInFlightMax: {
    byDefault: 16,
    min: 1,
    max: 10_000,
    unit: 'requests',
    reason: 'Queries and closes under way at once, in a lane of their own.',
  },
  queryRatePerSecond: {
    byDefault: 50,
    min: 1,
    max: 100_000,
    unit: 'requests a second',
    reason: 'So that what is unknown after an outage does not become a flood.',
  },
  moneyDeadlineMs: {
    byDefault: 30_000,
    min: 100,
    max: 120_000,
    unit: 'ms',
    reason: 'After it an order is unknown. Longer than the provider takes, or healthy orders become work.',
  },
  queryDeadlineMs: { byDefault: 10_000, min: 100, max: 120_000, unit: 'ms', reason: 'A query can be asked again.' },
  connectMs: { byDefault: 3_000, min: 100, max: 60_000, unit: 'ms', reason: 'Without a connection by then: unsent.' },
  bodyBytesMax: {
    byDefault: 1_048_576,
    min: 1_024,
    max: 67_108_864,
    unit: 'bytes',
    reason: 'Of one answer, or of one line of a bill: a provider must not fill our memory.',
  },
  breakerWindowMs: {
    byDefault: 10_000,
    min: 1_000,
    max: 600_000,
    unit: 'ms',
    reason: 'How far back the breaker looks.',
  },
  breakerCallsMin: { byDefault: 20, min: 1, max: 100_000, unit: 'calls', reason: 'Fewer say nothing about a ratio.' },
  breakerErrorPercent: { byDefault: 50, min: 1, max: 100, unit: 'percent', reason: 'Errors at which it opens.' },
  breakerSlowMs: { byDefault: 5_000, min: 1, max: 120_000, unit: 'ms', reason: 'From here on a call counts as slow.' },
  breakerSlowPercent: { byDefault: 80, min: 1, max: 100, unit: 'percent', reason: 'Slow calls at which it opens.' },
  breakerOpenMs: {
    byDefault: 5_000,
    min: 100,
    max: 600_000,
    unit: 'ms',
    reason: 'How long it stays open before a probe.',
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMITS;
