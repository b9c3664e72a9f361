// Opening the webhooks: ties them to the engine whose events they send. They read its journal and it knows nothing of
// them.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Engine } from '../actors/engine.ts';
import type { Clock } from './clock.ts';
import { webhookFeed } from './gateway/webhook-feed.ts';
import type { Log } from './log/log-line.ts';
import type { Delivery } from './webhooks/delivery.ts';
import type { FeedEvent } from './webhooks/event-feed.ts';
import { makeAddressGuard } from './webhooks/address-guard.ts';
import { makeSender } from './webhooks/sender.ts';
import { Webhooks } from './webhooks/webhooks.ts';
import { WebhookStore } from './webhooks/webhook-store.ts';

export type WebhooksConfig = {
  /** The data folder. */
  readonly data: string;
  /** Networks as CIDR. */
  readonly webhooksAllowPrivate: readonly string[];
};

/** Begins to send the events of an engine that is ready. @throws the operating system's error */
export function openWebhooks(
  { data, webhooksAllowPrivate }: WebhooksConfig,
  engine: Engine,
  clock: Clock,
  version: string,
  log: Log,
): Webhooks {
  const guard = makeAddressGuard(webhooksAllowPrivate);
  const webhooks = new Webhooks({
    ...clock,
    guard,
    store: new WebhookStore(join(data, 'webhooks')),
    feed: webhookFeed(engine),
    sender: makeSender(guard, `Florin/${version}`),
    plain: webhooksAllowPrivate.length > 0,
    jitter: Math.random,
    random: randomBytes,
    isBusy: () => engine.isBusy,
    isOff: () => engine.isSwitchedOff('webhooks'),
    fault: (error) => log.process('webhook_store_failed', { error }),
    gaveUp: (delivery, event) => logGivenUp(log, delivery, event),
    disabled: ({ id, merchant, disabledBecause }) =>
      log.peer('endpoint_disabled', { endpoint: id, merchant }, { reason: disabledBecause ?? '' }),
  });
  webhooks.start();
  return webhooks;
}

/** With the names of the order that the event is about, where it is about one. */
function logGivenUp(log: Log, { id: delivery, endpoint, attempts, last }: Delivery, event: FeedEvent | null): void {
  const reason = last?.error || `http_${last?.status ?? 0}`;
  if (!event) return log.peer('event_unreadable', { endpoint, merchant: '' }, { delivery, attempts, reason });
  const { context, order } = event;
  const more = { endpoint, delivery, attempts, reason, event: event.id, eventType: event.type };
  const { business } = context;
  if (order && business) log.order('delivery_given_up', { context: { ...context, business }, orders: [order] }, more);
  else log.request('delivery_given_up', context, more);
}
