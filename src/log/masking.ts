// Masking. What a client or a provider wrote itself gets into the log only when it is not something that must be kept
// nowhere: the number of a card, an IBAN, a secret.
//
// M1. A text that has any of these in it is replaced as a whole: part of a secret is a secret, too.

import { hasCardData, hasIban } from '../domain/card-data.ts';

export const MASKED = '[masked]';

/** Characters of one value. */
const LENGTH_MAX = 200;

/** What groups of digits are written with inside an id, where there can be no spaces. */
const SEPARATORS = /[.:_-]/g;

/** API keys, keys of Stripe, secrets of webhooks, tokens in a header or signed ones. */
const SECRET = /fk_[0-9a-z]{8,}_|(?:sk|rk|pk)_(?:live|test)_|whsec_|bearer\s|basic\s|eyJ[\w-]{10,}\.|-----BEGIN/i;

/** The text, or that it must not be written; cut where it is long. */
export function masked(text: string): string {
  if (SECRET.test(text) || hasIban(text.replaceAll(SEPARATORS, ' ')) || hasCardData(text)) return MASKED;
  return text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX)}…`;
}

/** An error as the log has it: what it is, its words where they may be written, and the places that it came through. */
export function maskedError(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack = '' } = error;
  const { code } = error as { readonly code?: unknown };
  const places = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: name,
    message: masked(message),
    ...(typeof code === 'string' ? { code: masked(code) } : {}),
    ...(places.length === 0 ? {} : { stack: places.map((place) => place.trim()).join('\n') }),
  };
}
