// Simulator answers. What an outcome of HTTP means for an order: the classes of the port.
//
// S1. Only an Answer (200, about our number and verb) is definite, and `invalid_request` to an order, which the same
//     order would have been told every time. Other 4xx speak of this request: an earlier one may have been carried out.

import { reportOf, unknownReport, unsentReport, withoutToken } from './channel-report.ts';
import type { ChannelReport, ChannelRequest, PrepayReport, ResultClass } from './channel.ts';
import type { HttpAnswer, HttpOutcome } from './http-call.ts';
import type { ProviderStatus } from './simulator-protocol.ts';

/** Of a pay, refund or payout. */
export function readOrdered(outcome: HttpOutcome, request: ChannelRequest): ChannelReport {
  const read = readAnswer(outcome, request);
  return read.class === 'unknown' && read.failure === 'invalid_request' ? { ...read, class: 'failed' } : read;
}

/** Of a query or a close: here a 4xx never says anything of the order but that it is not known. */
export function readQueried(outcome: HttpOutcome, request: ChannelRequest): ChannelReport {
  const read = readAnswer(outcome, request);
  return read.class === 'unknown' && read.failure === 'not_found' ? { ...read, notFound: true } : read;
}

export function readPrepaid(outcome: HttpOutcome, request: ChannelRequest): PrepayReport {
  const read = readAnswer(outcome, request);
  if (outcome.kind !== 'answer' || outcome.status !== 200) {
    return withoutToken(read.failure === 'invalid_request' ? { ...read, class: 'failed' } : read);
  }
  if (read.class === 'failed') return withoutToken(read);
  const { number, token, expires_at: expiresAtMs } = parseObject(outcome.body);
  if (number !== request.number || typeof token !== 'string' || token === '' || !isAmount(expiresAtMs)) {
    return withoutToken(unknownReport('body_invalid'));
  }
  return { ...reportOf('accepted'), token, expiresAtMs };
}

function readAnswer(outcome: HttpOutcome, request: ChannelRequest): ChannelReport {
  switch (outcome.kind) {
    case 'unsent':
      return unsentReport(outcome.reason);
    case 'unknown':
      return unknownReport(outcome.reason);
    case 'answer':
      return outcome.status === 200 ? readOrder(outcome, request) : unknownReport(errorOf(outcome));
  }
}

function readOrder({ body }: HttpAnswer, request: ChannelRequest): ChannelReport {
  const answer = parseObject(body);
  if (answer['number'] !== request.number || answer['verb'] !== request.verb) return unknownReport('body_invalid');
  return readStatus(answer) ?? unknownReport('body_invalid');
}

/** Status, trade number, amount and currency of an Answer or a CallbackBody; null when they are none. */
export function readStatus(said: Readonly<Record<string, unknown>>): ChannelReport | null {
  const { status, trade_number: channelTradeNo, amount, currency, reason = '', action_url: actionUrl = '' } = said;
  if (!isStatus(status) || typeof channelTradeNo !== 'string' || !isAmount(amount)) return null;
  if (typeof currency !== 'string' || typeof reason !== 'string' || typeof actionUrl !== 'string') return null;
  const failure = CLASS_OF[status] === 'failed' ? reason || status : '';
  return reportOf(CLASS_OF[status], {
    channelTradeNo,
    amount,
    currency,
    failure,
    actionUrl,
    ...(status === 'closed' || reason === 'closed' ? { closed: true } : {}),
    ...(status === 'returned' ? { returned: true } : {}),
  });
}

const CLASS_OF = {
  succeeded: 'succeeded',
  failed: 'failed',
  accepted: 'accepted',
  requires_action: 'requires_action',
  closed: 'failed',
  returned: 'failed',
} as const satisfies Record<ProviderStatus, ResultClass>;

/** The fields of a JSON object; none when it is no such thing. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** A code of the protocol, or the status: never text that somebody typed. */
function errorOf({ status, body }: HttpAnswer): string {
  const { error } = parseObject(body);
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : `http_${status}`;
}

function isStatus(value: unknown): value is ProviderStatus {
  return typeof value === 'string' && Object.hasOwn(CLASS_OF, value);
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
