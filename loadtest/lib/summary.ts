// Summary: the end totals of a run, as JSON for the driver. It adds what only it saw, the course of the run, and makes the report.

import { totalsFile } from './settings.ts';

type Totals = {
  readonly metrics: Record<string, { readonly values: object; readonly thresholds?: Record<string, { ok: boolean }> }>;
  readonly state: { readonly testRunDurationMs: number };
};

export function handleSummary({ metrics, state }: Totals): Record<string, string> {
  return { [totalsFile]: JSON.stringify({ metrics, durationMs: state.testRunDurationMs }) };
}
