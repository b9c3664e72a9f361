// Callback receiving. What a channel calls to say: handed on as the bytes that came, and answered in as few words as
// possible. Whoever calls has no API key; the channel's signature says who it is.
//
// B1. 2xx only when what was said is durable. B2. Nothing of what was sent is ever in the answer.

import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { isRefused, readQuery } from './query.ts';

export function receiveCallback(gateway: Gateway, exchange: Exchange): void {
  const { request, id: channel = '' } = exchange;
  const query = readQuery(request.query, []);
  if (isRefused(query)) return answerProblem(exchange, query);
  if (request.body.length > gateway.limits.bodyBytesMax) return answerProblem(exchange, { code: 'body_too_large' });
  gateway.callbacks.receive(channel, request.header, request.body).then(
    ({ status }) => answerCallback(gateway, exchange, status),
    (error: unknown) => {
      gateway.fault(error);
      gateway.metrics.callback('failed');
      answerProblem(exchange, { code: 'internal_error' });
    },
  );
}

function answerCallback({ metrics }: Gateway, exchange: Exchange, status: number): void {
  switch (status) {
    case 200:
      metrics.callback('taken');
      return answerJson(exchange, 200, { received: true });
    case 401:
      metrics.callback('refused');
      return answerProblem(exchange, { code: 'callback_invalid' });
    case 404:
      metrics.callback('unknown');
      return answerProblem(exchange, { code: 'channel_not_found' });
    default:
      metrics.callback('failed');
      return answerProblem(exchange, { code: 'overloaded' });
  }
}
