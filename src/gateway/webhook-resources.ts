// Webhook resources. How endpoints and deliveries are shown. An endpoint is shown without its secrets.

import type { Endpoint } from '../domain/webhooks/endpoint.ts';
import type { Delivery } from '../webhooks/delivery.ts';
import { timeText } from './time-text.ts';

export type EndpointResource = {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly status: Endpoint['status'];
  /** asked, gone or failing; null while it is enabled. */
  readonly disabled_because: Endpoint['disabledBecause'];
  /** When the secret before the current one ends to sign; null where none does. */
  readonly previous_secret_until: string | null;
  readonly created_at: string;
  readonly updated_at: string;
};

export function endpointResource(endpoint: Endpoint, nowMs: number): EndpointResource {
  const { previous } = endpoint;
  return {
    id: endpoint.id,
    url: endpoint.url,
    description: endpoint.description,
    events: endpoint.events,
    status: endpoint.status,
    disabled_because: endpoint.disabledBecause,
    previous_secret_until: previous && previous.untilMs > nowMs ? timeText(previous.untilMs) : null,
    created_at: timeText(endpoint.createdAtMs),
    updated_at: timeText(endpoint.updatedAtMs),
  };
}

/** With the secret: when it is new, and then never again. */
export type NewSecretResource = EndpointResource & { readonly secret: string };

export function newSecretResource(endpoint: Endpoint, nowMs: number): NewSecretResource {
  return { ...endpointResource(endpoint, nowMs), secret: endpoint.secret };
}

export type DeliveryResource = {
  readonly id: string;
  readonly event: string;
  readonly type: string;
  readonly replay: boolean;
  readonly status: Delivery['status'];
  readonly attempts: number;
  /** null when it is over. */
  readonly next_attempt_at: string | null;
  readonly last_attempt: {
    readonly at: string;
    readonly took_ms: number;
    /** HTTP status; null where nobody answered. */
    readonly http_status: number | null;
    readonly error: string | null;
  } | null;
  readonly created_at: string;
};

export function deliveryResource(delivery: Delivery): DeliveryResource {
  const { last } = delivery;
  return {
    id: delivery.id,
    event: delivery.event,
    type: delivery.type,
    replay: delivery.replay,
    status: delivery.status,
    attempts: delivery.attempts,
    next_attempt_at: delivery.status === 'open' ? timeText(delivery.dueMs) : null,
    last_attempt: last && {
      at: timeText(last.atMs),
      took_ms: last.tookMs,
      http_status: last.status === 0 ? null : last.status,
      error: last.error === '' ? null : last.error,
    },
    created_at: timeText(delivery.createdAtMs),
  };
}
