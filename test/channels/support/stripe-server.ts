// A Stripe-shaped server: the endpoints that the adapter uses, idempotency by key as Stripe documents it, webhooks signed
// by Stripe's scheme, and faults. It stands for no behaviour of Stripe's that nothing here relies on.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Stripe } from 'stripe';
import type { Delivery, ProviderFault } from './provider.ts';
import { StripeBooks, StripeRefusal, type Outcome, type StripeObject } from './stripe-books.ts';

export type SeenRequest = { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders };

export type StripeServer = {
  readonly url: string;
  readonly books: StripeBooks;
  /** Requests so far, oldest first. */
  readonly seen: readonly SeenRequest[];
  readonly fault: (how: ProviderFault | 'rate_limit' | 'unauthorized') => void;
  /** The webhook about an object as it is now. */
  readonly webhook: (object: StripeObject, previous?: object, atMs?: number) => Delivery;
  readonly stop: () => Promise<void>;
};

type Answer = { readonly status: number; readonly body: object };
type Saved = Answer & { readonly parameters: string };

export async function startStripeServer(webhookSecret: string): Promise<StripeServer> {
  const books = new StripeBooks();
  const saved = new Map<string, Saved>();
  const seen: SeenRequest[] = [];
  let next: Parameters<StripeServer['fault']>[0] | null = null;
  let events = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '', 'http://stripe.test');
    seen.push({ method, path: url.pathname, headers });
    const body = await textOf(request);
    const creates = method === 'POST' && !url.pathname.endsWith('/cancel');
    const how = creates ? next : null;
    if (creates) next = null;
    if (how === 'reset') return void request.socket.resetAndDestroy();
    if (how === 'error_before') return answer(response, { status: 503, body: { error: { type: 'api_error' } } });
    if (how === 'rate_limit') return answer(response, { status: 429, body: { error: { type: 'rate_limit_error' } } });
    if (how === 'unauthorized') {
      return answer(response, {
        status: 401,
        body: { error: { type: 'authentication_error', code: 'api_key_expired' } },
      });
    }
    const key = headers['idempotency-key'] as string | undefined;
    const told = creates
      ? once(saved, key ?? '', url.pathname + body, () => create(books, url, body, outcomeOf(how)))
      : look(books, method, url);
    if (how === 'lose_reply') return void request.socket.destroy();
    if (how === 'hang') return;
    if (how === 'error_after') return answer(response, { status: 500, body: { error: { type: 'api_error' } } });
    if (how === 'malformed_body') return void response.writeHead(200).end(JSON.stringify(told.body).slice(0, 20));
    answer(response, told);
  };

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  let stopping: Promise<unknown> | null = null;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    books,
    seen,
    fault: (how) => void (next = how),
    webhook: (object, previous, atMs = Date.now()) => {
      events += 1;
      const type = `${String(object['object'])}.updated`;
      const data = { object, ...(previous ? { previous_attributes: previous } : {}) };
      const payload = JSON.stringify({ id: `evt_${events}`, object: 'event', type, data });
      const timestamp = Math.floor(atMs / 1_000);
      const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret, timestamp });
      return { headers: { 'stripe-signature': signature }, raw: Buffer.from(payload) };
    },
    stop: async () => {
      stopping ??= new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await stopping;
    },
  };
}

/** Under one key the first answer for ever; other parameters are an error. A request that was never judged saves nothing. */
function once(saved: Map<string, Saved>, key: string, parameters: string, work: () => Answer): Answer {
  const before = saved.get(key);
  if (before && before.parameters !== parameters) {
    return { status: 400, body: { error: { type: 'idempotency_error' } } };
  }
  if (before) return before;
  const told = work();
  saved.set(key, { ...told, parameters });
  return structuredClone(told);
}

function create(books: StripeBooks, url: URL, body: string, outcome: Outcome): Answer {
  const fields = new Map(new URLSearchParams(body));
  return judged(() => {
    switch (url.pathname) {
      case '/v1/payment_intents':
        return books.createIntent(fields, outcome);
      case '/v1/refunds':
        return books.createRefund(fields, outcome);
      case '/v1/payouts':
        return books.createPayout(fields, outcome);
      default:
        throw new StripeRefusal(404, { type: 'invalid_request_error', code: 'url_invalid' });
    }
  });
}

function look(books: StripeBooks, method: string, url: URL): Answer {
  const [, , collection = '', id = '', action = ''] = url.pathname.split('/');
  const objects = { payment_intents: books.intents, refunds: books.refunds, payouts: books.payouts }[collection];
  return judged(() => {
    if (collection === 'balance_transactions') return list(books.movements, url, collection);
    if (!objects) throw new StripeRefusal(404, { type: 'invalid_request_error', code: 'url_invalid' });
    if (method === 'POST' && action === 'cancel') return books.cancel(objects, id);
    if (id === 'search') return { ...list(searched(objects, url), url, collection), object: 'search_result' };
    if (id !== '') return books.get(objects, id);
    const of = url.searchParams.get('payment_intent');
    return list(
      [...objects.values()].filter((one) => of === null || one['payment_intent'] === of),
      url,
      collection,
    );
  });
}

function searched(objects: ReadonlyMap<string, StripeObject>, url: URL): StripeObject[] {
  const [, name = '', value = ''] = /^metadata\["(\w+)"\]:"([\w-]+)"$/.exec(url.searchParams.get('query') ?? '') ?? [];
  return [...objects.values()].filter((one) => (one['metadata'] as Record<string, string>)[name] === value);
}

/** One page of a list, newest first, after `starting_after`. */
function list(objects: readonly StripeObject[], url: URL, collection: string): object {
  const newest = objects.toReversed();
  const from = newest.findIndex(({ id }) => id === url.searchParams.get('starting_after')) + 1;
  const to = from + Number(url.searchParams.get('limit') ?? 10);
  return { object: 'list', url: `/v1/${collection}`, data: newest.slice(from, to), has_more: newest.length > to };
}

function judged(work: () => object): Answer {
  try {
    return { status: 200, body: work() };
  } catch (error) {
    if (error instanceof StripeRefusal) return { status: error.status, body: { error: error.error } };
    throw error;
  }
}

function outcomeOf(how: string | null): Outcome {
  return how === 'decline' || how === 'accept' || how === 'require_action' ? how : 'succeed';
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
