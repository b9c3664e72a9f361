// Request reading. The bodies of the protocol, field by field; a field that is not in it is a mistake, not ignored.

import { isAmount } from '../../domain/money.ts';
import type { ProviderVerb } from '../simulator-protocol.ts';
import { isCurrencyCode } from './fault-reading.ts';
import type { OrderRequest } from './provider.ts';

/** What is wrong with a body, for people. */
export type Mistake = { readonly mistake: string };

type Body = Readonly<Record<string, unknown>>;

const NUMBER = /^[A-Za-z0-9_.:-]{1,64}$/;
const DESCRIPTION_LENGTH_MAX = 500;
const DESTINATION_LENGTH_MAX = 200;
const URL_LENGTH_MAX = 2_048;

const NUMBER_MEANING = '1 to 64 characters out of A-Z a-z 0-9 _ . : -';

const FIELDS: Readonly<Record<string, { readonly meaning: string; readonly holds: (value: unknown) => boolean }>> = {
  number: { meaning: NUMBER_MEANING, holds: isNumber },
  original: { meaning: NUMBER_MEANING, holds: isNumber },
  amount: { meaning: 'an integer from 1 to 9007199254740991, in minor units', holds: isAmount },
  currency: { meaning: 'a currency code like EUR', holds: isCurrencyCode },
  destination: { meaning: 'a text of 1 to 200 characters', holds: (value) => isText(value, DESTINATION_LENGTH_MAX) },
  description: { meaning: 'a text of 1 to 500 characters', holds: (value) => isText(value, DESCRIPTION_LENGTH_MAX) },
  capture: { meaning: 'true or false', holds: (value) => typeof value === 'boolean' },
  notify_url: { meaning: 'an http or https URL of at most 2048 characters', holds: isHttpUrl },
};

/** By verb, the required fields and the optional ones. */
const BODIES = {
  pay: [
    ['number', 'amount', 'currency'],
    ['description', 'capture', 'notify_url'],
  ],
  prepay: [['number', 'amount', 'currency'], ['notify_url']],
  refund: [['number', 'original', 'amount', 'currency'], ['notify_url']],
  payout: [['number', 'destination', 'amount', 'currency'], ['notify_url']],
  capture: [[], ['amount']],
  close: [[], []],
} as const;

/** True for a number as clients may make them. */
export function isNumber(value: unknown): value is string {
  return typeof value === 'string' && NUMBER.test(value);
}

/** True for an absolute URL that can be called back. */
export function isHttpUrl(value: unknown): value is string {
  return isText(value, URL_LENGTH_MAX) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

/** Reads the bytes as a body of this verb; no bytes are a body without fields. */
export function readFields(verb: keyof typeof BODIES, bytes: Buffer): Body | Mistake {
  const body = parse(bytes);
  if (body === null) return { mistake: 'The body must be a JSON object in UTF-8.' };
  const [required, optional] = BODIES[verb];
  const names: readonly string[] = [...required, ...optional];
  const unknown = Object.keys(body).find((name) => !names.includes(name));
  if (unknown !== undefined) return { mistake: `${unknown.slice(0, 64)} is not a field here.` };
  for (const name of names) {
    const field = FIELDS[name];
    const value = body[name];
    if (value === undefined && optional.some((one) => one === name)) continue;
    if (!field?.holds(value)) return { mistake: `${name} must be ${field?.meaning}.` };
  }
  return body;
}

/** Reads an order of this verb. */
export function readOrder(verb: ProviderVerb | 'prepay', bytes: Buffer): OrderRequest | Mistake {
  const body = readFields(verb, bytes);
  if (isMistake(body)) return body;
  return {
    verb: verb === 'prepay' ? 'pay' : verb,
    number: textOf(body, 'number'),
    amount: Number(body['amount']),
    currency: textOf(body, 'currency'),
    original: textOf(body, 'original'),
    destination: textOf(body, 'destination'),
    capture: body['capture'] !== false,
    notifyUrl: textOf(body, 'notify_url'),
  };
}

export function isMistake(read: object): read is Mistake {
  return 'mistake' in read;
}

function textOf(body: Body, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most;
}

function parse(bytes: Buffer): Body | null {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : null;
  } catch {
    return null;
  }
}
