// Webhook metrics. How deliveries fare, and how far the endpoints trail the journal.

import type { Dispatcher } from '../webhooks/dispatcher.ts';
import type { Metrics } from './metrics.ts';

export function addWebhookMetrics(metrics: Metrics, dispatcher: Dispatcher): void {
  const help = 'Attempts to deliver an event, by what followed from them.';
  for (const outcome of ['delivered', 'retried', 'failed', 'gone'] as const) {
    metrics.counted('webhook_deliveries_total', help, { outcome }, () => dispatcher.counts[outcome]);
  }
  metrics.gauge('webhook_open', 'Deliveries that are not over.', {}, () => dispatcher.open);
  metrics.gauge(
    'webhook_lag_records',
    'Frames not seen by the endpoint furthest behind.',
    {},
    () => dispatcher.lagRecords,
  );
}
