// Opening the webhooks: ties them to the engine whose events they send. They read its journal and it knows nothing of
// them.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Engine } from '../actors/engine.ts';
import type { Clock } from './clock.ts';
import { webhookFeed } from './gateway/webhook-feed.ts';
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
  log: Logger,
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
    fault: (error) => log.error({ err: error }, 'webhooks: the store or the journal failed; nothing is skipped'),
    disabled: ({ id, merchant, disabledBecause }) =>
      log.warn({ endpoint: id, merchant, because: disabledBecause }, 'a webhook endpoint was disabled'),
  });
  webhooks.start();
  return webhooks;
}
