// Webhook endpoints over HTTP: made, listed, shown, changed, given a new secret, removed.

import type { Endpoint, EndpointChange } from '../domain/webhooks/endpoint.ts';
import type { ReadUrl } from '../domain/webhooks/webhook-url.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import * as fields from './fields.ts';
import type { Gateway } from './gateway.ts';
import type { FieldError } from './problem.ts';
import { readQuery } from './query.ts';
import { answerWhenDone, readAsked, readReading, UNKNOWN_ENDPOINT } from './webhook-asking.ts';
import { endpointResource, newSecretResource } from './webhook-resources.ts';

/** What a new endpoint is told of where it does not say. */
const ALL_EVENTS: readonly string[] = ['*'];

const CREATED = {
  url: fields.webhookUrl,
  description: fields.optional(fields.description),
  events: fields.optional(fields.eventFilters),
} as const;

const CHANGED = {
  id: fields.id,
  url: fields.optional(fields.webhookUrl),
  description: fields.optional(fields.description),
  events: fields.optional(fields.eventFilters),
  status: fields.optional(fields.endpointStatus),
} as const;

export function createEndpoint(gateway: Gateway, exchange: Exchange): void {
  const asked = readAsked(gateway, exchange, CREATED, ({ url }) => judgeUrl(gateway, url));
  if (!asked) return;
  const { url = '', description = '', events = ALL_EVENTS } = asked.values;
  const request = { url: normalUrl(gateway.webhooks.readUrl(url)), description, events };
  answerWhenDone(gateway, exchange, gateway.webhooks.create(asked.merchant, request), (endpoint) => {
    if (!endpoint) {
      answerProblem(exchange, { code: 'webhook_limit_reached' });
      return;
    }
    const location = `${exchange.request.path}/${endpoint.id}`;
    answerJson(exchange, 201, newSecretResource(endpoint, gateway.now()), [['Location', location]]);
  });
}

export function listEndpoints(gateway: Gateway, exchange: Exchange): void {
  const merchant = readReading(gateway, exchange, readQuery(exchange.request.query, []));
  if (merchant === null) return;
  const nowMs = gateway.now();
  const data = gateway.webhooks.list(merchant).map((endpoint) => endpointResource(endpoint, nowMs));
  answerJson(exchange, 200, { data, has_more: false });
}

export function getEndpoint(gateway: Gateway, exchange: Exchange): void {
  const asked = readAsked(gateway, exchange, { id: fields.id });
  if (asked) answerEndpoint(gateway, exchange, gateway.webhooks.get(asked.merchant, asked.values.id ?? ''));
}

export function changeEndpoint(gateway: Gateway, exchange: Exchange): void {
  const asked = readAsked(gateway, exchange, CHANGED, ({ url }) => judgeUrl(gateway, url));
  if (!asked) return;
  const { id = '', url, description, events, status } = asked.values;
  const change: EndpointChange = {
    ...(url === undefined ? {} : { url: normalUrl(gateway.webhooks.readUrl(url)) }),
    ...(description === undefined ? {} : { description }),
    ...(events === undefined ? {} : { events }),
    ...(status === undefined ? {} : { status }),
  };
  answerWhenDone(gateway, exchange, gateway.webhooks.change(asked.merchant, id, change), (endpoint) =>
    answerEndpoint(gateway, exchange, endpoint),
  );
}

export function rotateSecret(gateway: Gateway, exchange: Exchange): void {
  const asked = readAsked(gateway, exchange, { id: fields.id });
  if (!asked) return;
  const rotated = gateway.webhooks.rotate(asked.merchant, asked.values.id ?? '');
  answerWhenDone(gateway, exchange, rotated, (endpoint) => {
    if (!endpoint) answerProblem(exchange, UNKNOWN_ENDPOINT);
    else answerJson(exchange, 200, newSecretResource(endpoint, gateway.now()));
  });
}

export function removeEndpoint(gateway: Gateway, exchange: Exchange): void {
  const asked = readAsked(gateway, exchange, { id: fields.id });
  if (!asked) return;
  const id = asked.values.id ?? '';
  answerWhenDone(gateway, exchange, gateway.webhooks.remove(asked.merchant, id), (known) => {
    if (known) answerJson(exchange, 200, { id, deleted: true });
    else answerProblem(exchange, UNKNOWN_ENDPOINT);
  });
}

function answerEndpoint(gateway: Gateway, exchange: Exchange, endpoint: Endpoint | null): void {
  if (endpoint) answerJson(exchange, 200, endpointResource(endpoint, gateway.now()));
  else answerProblem(exchange, UNKNOWN_ENDPOINT);
}

function judgeUrl({ webhooks }: Gateway, url: string | undefined): FieldError[] {
  const read = url === undefined ? null : webhooks.readUrl(url);
  if (!read || !('reason' in read)) return [];
  return [{ param: 'url', code: 'webhook_url_refused', detail: read.reason }];
}

function normalUrl(read: ReadUrl): string {
  if ('reason' in read) throw new Error(`a URL was judged and then refused: ${read.reason}`);
  return read.url;
}
