// Webhook deliveries over HTTP: the log of an endpoint, a page at a time, and sending events again.

import { isId } from '../domain/ids.ts';
import type { Delivery } from '../webhooks/delivery.ts';
import type { DeliveryPage } from '../webhooks/webhook-store.ts';
import type { NotReplayed } from '../webhooks/webhooks.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import * as fields from './fields.ts';
import type { Gateway } from './gateway.ts';
import type { FieldError, Refused } from './problem.ts';
import { isRefused, readPage, readQuery } from './query.ts';
import type { Shaped } from './shape.ts';
import { timeText } from './time-text.ts';
import { answerWhenDone, readAsked, readReading, UNKNOWN_ENDPOINT } from './webhook-asking.ts';
import { deliveryResource } from './webhook-resources.ts';

export function listDeliveries(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['limit', 'starting_after', 'ending_before']);
  const { id = '' } = exchange;
  const page = isRefused(query) ? query : isId(id) ? readPage(query) : ({ code: 'id_invalid', param: 'id' } as const);
  const merchant = readReading(gateway, exchange, page);
  if (merchant === null || isRefused(page)) return;
  answerWhenDone(gateway, exchange, gateway.webhooks.deliveries(merchant, id, page), (found) => {
    if (!found) answerProblem(exchange, UNKNOWN_ENDPOINT);
    else answerPage(exchange, found, page);
  });
}

/** `found`: one more than the page has tells whether there is another page; it is the farthest from where it begins. */
function answerPage(exchange: Exchange, found: readonly Delivery[], { limit, before }: DeliveryPage): void {
  const shown = before === '' ? found.slice(0, limit) : found.slice(-limit);
  answerJson(exchange, 200, { data: shown.map(deliveryResource), has_more: found.length > limit });
}

const REPLAYED = {
  id: fields.id,
  event: fields.optional(fields.cursor),
  from: fields.optional(fields.time),
  to: fields.optional(fields.time),
} as const;

/** One event, or those of a time that the endpoint wants: 202, they go out when their turn comes. */
export function replayDeliveries(gateway: Gateway, exchange: Exchange): void {
  const asked = readAsked(gateway, exchange, REPLAYED, judgeReplay);
  if (!asked) return;
  const { merchant, values } = asked;
  const { id = '', event, from = 0, to = gateway.now() + 1 } = values;
  if (event === undefined) {
    answerWhenDone(gateway, exchange, gateway.webhooks.replayRange(merchant, id, from, to), (known) => {
      if (known) answerJson(exchange, 202, { endpoint: id, from: timeText(from), to: timeText(to) });
      else answerProblem(exchange, UNKNOWN_ENDPOINT);
    });
    return;
  }
  answerWhenDone(gateway, exchange, gateway.webhooks.replayEvent(merchant, id, event), (replayed) => {
    if (typeof replayed === 'string') answerProblem(exchange, NOT_REPLAYED[replayed]);
    else answerJson(exchange, 202, { endpoint: id, delivery: deliveryResource(replayed) });
  });
}

const NOT_REPLAYED: Readonly<Record<NotReplayed, Refused>> = {
  endpoint_unknown: UNKNOWN_ENDPOINT,
  event_unknown: { code: 'query_invalid', param: 'event', detail: 'There is no such event.' },
  full: { code: 'too_many_requests', detail: 'The endpoint has enough to take.' },
};

function judgeReplay({ event, from, to }: Shaped<typeof REPLAYED>): FieldError[] {
  if (event === undefined && from === undefined) return wrong('from', 'Give an event, or a time from which on.');
  if (event !== undefined && (from ?? to) !== undefined) return wrong('event', 'Give an event or a time, not both.');
  return from !== undefined && to !== undefined && to < from ? wrong('to', 'to is before from.') : [];
}

function wrong(param: string, detail: string): FieldError[] {
  return [{ param, code: 'body_invalid', detail }];
}
