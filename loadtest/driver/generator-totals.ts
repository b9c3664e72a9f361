// End totals: what the generator's summary says of a run, and whether its thresholds were kept.

import { readFileSync } from 'node:fs';
import { DEEDS, type Deeds, type Finding } from './post-check.ts';

type Metric = {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
};

export type EndTotals = { readonly metrics: Readonly<Record<string, Metric>>; readonly durationMs: number };

/** @throws Error when the generator wrote none: the scenario broke before its end */
export function readEndTotals(path: string): EndTotals {
  return JSON.parse(readFileSync(path, 'utf8')) as EndTotals;
}

export function countOf({ metrics }: EndTotals, name: string): number {
  return metrics[name]?.values.count ?? 0;
}

export function latencyOf({ metrics }: EndTotals, statistic: string): number {
  return metrics.florin_latency?.values[statistic] ?? 0;
}

export function acknowledgedIn(totals: EndTotals): Deeds {
  const deeds = DEEDS.map((deed) => {
    const [count, amount] = [countOf(totals, `florin_${deed}`), countOf(totals, `florin_${deed}_amount`)];
    return [deed, { count, amount }] as const;
  });
  return Object.fromEntries(deeds) as Deeds;
}

/** The p99 that the thresholds ask for, ms. */
export function p99LimitOf({ metrics }: EndTotals): number {
  const rule = Object.keys(metrics.florin_latency?.thresholds ?? {})[0] ?? '';
  return Number(/p\(99\)<([\d.]+)/.exec(rule)?.[1] ?? 0);
}

export function thresholdsIn({ metrics }: EndTotals): Finding[] {
  return Object.entries(metrics).flatMap(([name, { thresholds = {}, values }]) =>
    Object.entries(thresholds).map(([rule, { ok }]) => {
      const value = values.count ?? values['p(99)'] ?? 0;
      return {
        what: `${name.replace('florin_', '').replaceAll('_', ' ')}: ${rule}`,
        ok,
        detail: String(Math.round(value * 100) / 100),
      };
    }),
  );
}
