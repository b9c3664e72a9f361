// Callback receiving. What a channel calls to say: handed on as the bytes that came, and answered in as few words as
// possible. Whoever calls has no API key; the channel's signature says who it is.
//
// B1. 2xx only when what was said is durable. B2. Nothing of what was sent is ever in the answer.

import type { CallbackOutcome } from './callback-port.ts';
import { answerJson, answerProblem, faultContext, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { isRefused, readQuery } from './query.ts';

export function receiveCallback(gateway: Gateway, exchange: Exchange): void {
  const { request, id: channel = '' } = exchange;
  const query = readQuery(request.query, []);
  if (isRefused(query)) return answerProblem(exchange, query);
  if (request.body.length > gateway.limits.bodyBytesMax) return answerProblem(exchange, { code: 'body_too_large' });
  gateway.callbacks.receive(channel, request.headers(), request.body, exchange.requestId).then(
    (outcome) => answerCallback(gateway, exchange, outcome),
    (error: unknown) => {
      gateway.log.request('callback_failed', faultContext(exchange), { error, channel });
      gateway.metrics.callback('failed');
      answerProblem(exchange, { code: 'internal_error' });
    },
  );
}

function answerCallback({ metrics }: Gateway, exchange: Exchange, outcome: CallbackOutcome): void {
  metrics.callback(outcome);
  switch (outcome) {
    case 'taken':
      return answerJson(exchange, 200, { received: true });
    case 'refused':
      return answerProblem(exchange, { code: 'callback_invalid' });
    case 'unknown':
      return answerProblem(exchange, { code: 'channel_not_found' });
    case 'busy':
      return answerProblem(exchange, { code: 'overloaded' });
  }
}
