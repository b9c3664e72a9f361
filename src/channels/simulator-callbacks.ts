// Simulator callbacks. Read only after signature, time and nonce, in this order; each delivery has a nonce of its own, so
// that a copy of one is refused while a second delivery of the same event is not.

import type { CallbackHeaders, CallbackRefusal, ChannelAdapter, ParsedCallback, RefusedCallback } from './channel.ts';
import type { NonceMemory } from './nonce-memory.ts';
import { parseObject, readStatus } from './simulator-answers.ts';
import { checkSignature, type ProviderVerb, type SignatureRefusal } from './simulator-protocol.ts';

const REFUSAL_OF = {
  signature_missing: 'signature_missing',
  timestamp_out_of_range: 'timestamp_out_of_range',
  signature_wrong: 'signature_invalid',
} as const satisfies Record<SignatureRefusal, CallbackRefusal>;

/** @param path what the callback was signed for: the path of our callback URL, with its query */
export function makeCallbackReader(secret: string, path: string, nonces: NonceMemory): ChannelAdapter['parseCallback'] {
  return (headers: CallbackHeaders, raw: Uint8Array, nowMs: number) => {
    const checked = checkSignature(secret, headers, { method: 'POST', path, body: raw }, nowMs);
    if (typeof checked === 'string') return { refused: REFUSAL_OF[checked] };
    if (!nonces.take(checked.nonce, nowMs)) return { refused: 'nonce_reused' };
    return readCallback(raw);
  };
}

function readCallback(raw: Uint8Array): ParsedCallback | RefusedCallback {
  const body = parseObject(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8'));
  const { event, number, verb } = body;
  const report = readStatus(body);
  if (!report || typeof event !== 'string' || typeof number !== 'string' || !isVerb(verb)) {
    return { refused: 'body_invalid' };
  }
  // The protocol names no event: its kind, the order and what it says of it are the same whenever it is told again.
  return { ...report, number, verb, eventId: `${event}:${report.channelTradeNo || number}:${report.amount}` };
}

function isVerb(value: unknown): value is ProviderVerb {
  return value === 'pay' || value === 'refund' || value === 'payout';
}
