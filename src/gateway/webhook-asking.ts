// Webhook asking. What all requests about webhook endpoints have in common: body, authority, and an answer that waits
// for the store of webhooks and never for the engine.

import { answerProblem, faultContext, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { readJson } from './json-body.ts';
import { permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import { isRefused, readQuery } from './query.ts';
import { readBody, type Fields, type Judge, type Shaped } from './shape.ts';

const SCOPE = 'webhooks:write';

export const UNKNOWN_ENDPOINT: Refused = { code: 'webhook_endpoint_not_found' };

/** A request with a body whose shape is right, of a merchant that may. */
export type AskedWebhook<F extends Fields> = { readonly merchant: string; readonly values: Shaped<F> };

/** null: the request has been answered. */
export function readAsked<F extends Fields>(
  gateway: Gateway,
  exchange: Exchange,
  fields: F,
  judge: Judge<F> = () => [],
): AskedWebhook<F> | null {
  const json = readJson(exchange, gateway.limits.bodyBytesMax);
  const read = json.ok ? readBody(fields, json.body, judge) : json;
  const query = readQuery(exchange.request.query, []);
  const shaped = !read.ok ? read.refused : isRefused(query) ? query : read.values;
  const caller = permitted(gateway, exchange, shaped, SCOPE);
  return caller && read.ok ? { merchant: caller.merchant, values: read.values } : null;
}

/** The merchant of a request that only reads, when its shape is right and it may. */
export function readReading(gateway: Gateway, exchange: Exchange, shaped: object | Refused): string | null {
  return permitted(gateway, exchange, shaped, SCOPE)?.merchant ?? null;
}

/** Answers when the work is done; a store that fails is a fault of the server. */
export function answerWhenDone<Done>(
  gateway: Gateway,
  exchange: Exchange,
  work: Promise<Done>,
  answer: (done: Done) => void,
): void {
  work.then(answer).catch((error: unknown) => {
    gateway.log.request('webhooks_failed', faultContext(exchange), { error });
    answerProblem(exchange, { code: 'internal_error' });
  });
}
