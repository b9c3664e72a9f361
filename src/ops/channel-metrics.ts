// Channel metrics. What is asked of the channels and of the checks, what they say, and which orders wait for them.

import type { Engine } from '../../actors/engine.ts';
import { CHANNEL_DURATION_BUCKETS, OUTCOMES } from '../channels/channel-counts.ts';
import type { ChannelGateway } from '../channels/channel-gateway.ts';
import { CHECK_OUTCOMES } from '../channels/check-endpoint.ts';
import type { Checks } from '../channels/checks.ts';
import type { Channels } from '../channels/channels.ts';
import type { Metrics } from './metrics.ts';

/** States of a breaker. */
const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const;

export function addChannelMetrics(metrics: Metrics, channels: Channels, engine: Engine): void {
  for (const gateway of channels.all()) addChannel(metrics, gateway);
  metrics.gauge('orders_open', 'Orders that are not at an end.', {}, () => engine.partition.desk.orders.size);
}

export function addCheckMetrics(metrics: Metrics, { endpoints }: Checks): void {
  const help =
    'Questions to a check about payments, by what it said; silent: no answer in time; unasked: its breaker is open.';
  for (const endpoint of endpoints) {
    const { name: check, counts } = endpoint;
    for (const outcome of CHECK_OUTCOMES)
      metrics.counted('check_requests_total', help, { check, outcome }, () => counts[outcome]);
    for (const state of CIRCUIT_STATES) {
      const read = (): number => (endpoint.circuit === state ? 1 : 0);
      metrics.gauge('check_circuit_state', 'The state in which the breaker of a check is.', { check, state }, read);
    }
  }
}

function addChannel(metrics: Metrics, gateway: ChannelGateway): void {
  const { name: channel, counts } = gateway;
  const help = 'Requests to a channel, by what it said.';
  for (const outcome of OUTCOMES) {
    metrics.counted('channel_requests_total', help, { channel, outcome }, () => counts.requests(outcome));
  }
  metrics.countedHistogram(
    'channel_request_duration_seconds',
    'Time until a channel answered, waiting for a place included.',
    { channel },
    { buckets: CHANNEL_DURATION_BUCKETS, counts: counts.durations, sum: () => counts.durationSum },
  );
  metrics.gauge('channel_in_flight', 'Requests begun and not answered.', { channel }, () => gateway.inFlight);
  for (const state of CIRCUIT_STATES) {
    const read = (): number => (gateway.circuit === state ? 1 : 0);
    metrics.gauge('channel_circuit_state', 'The state in which a breaker is.', { channel, state }, read);
  }
}
