// Signature. The headers by which a receiver knows who sent an event, and when (Standard Webhooks 1.0).

import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** Bytes of a secret: the standard allows 24 to 64; SHA-256 gains nothing beyond 32. */
const SECRET_BYTES = 32;

/** whsec_ and base64: the spelling that the standard's libraries read. */
export function makeSecret(random: (bytes: number) => Buffer = randomBytes): string {
  return `whsec_${random(SECRET_BYTES).toString('base64')}`;
}

export type SignedHeaders = {
  readonly 'webhook-id': string;
  /** Seconds since 1970. */
  readonly 'webhook-timestamp': string;
  /** One signature for each secret, apart by a space. */
  readonly 'webhook-signature': string;
};

/** `id`: of the event, so that a receiver knows it again. `nowMs`: of this attempt; receivers refuse old ones. */
export function signedHeaders(id: string, body: string, secrets: readonly string[], nowMs: number): SignedHeaders {
  const at = new Date(nowMs);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
