// Fields. The sorts of values that bodies are made of: a JSON schema that validates and documents, the refusal that a
// wrong value gets, and the reading of a right one.

import { Type, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { AccountStatus, Metadata } from '../domain/accounts.ts';
import { HOLD_EXPIRY_SECONDS_MAX } from '../domain/batches.ts';
import { CREDITING_DELAY_MS_MAX, SUB_ACCOUNTS, type CreditingWay } from '../domain/crediting.ts';
import type { Currencies } from '../domain/currencies.ts';
import { MONEY_MAX, readAmount } from '../domain/money.ts';
import type { Refusal } from '../domain/refusals.ts';
import { FILTERS_MAX, isEventFilter } from '../domain/webhooks/endpoint.ts';
import { hasCardData } from '../domain/card-data.ts';
import { TOPIC } from './feed.ts';
import { timeOf } from './query.ts';

export type Field<T> = {
  readonly schema: TSchema;
  readonly refusal: Refusal;
  readonly optional: boolean;
  /** undefined for a value that is not one. */
  readonly read: (value: unknown) => T | undefined;
};

/** Pairs of a metadata object, characters of a key and of a value: notes, not documents. */
const METADATA = { pairsMax: 50, keyLengthMax: 64, valueLengthMax: 500 } as const;

/** Characters: a sentence or two. */
const REASON_LENGTH_MAX = 500;

export function field<T>(schema: TSchema, refusal: Refusal, convert: (value: unknown) => T | null): Field<T> {
  const validator = Compile(schema);
  return {
    schema,
    refusal,
    optional: false,
    read: (value) => (validator.Check(value) ? (convert(value) ?? undefined) : undefined),
  };
}

/** A field whose valid values are taken as they are. */
export function plain<T>(schema: TSchema, refusal: Refusal): Field<T> {
  return field(schema, refusal, (value) => value as T);
}

/** The same, but it may be absent or null. */
export function optional<T>(one: Field<T>): Field<T> {
  return { ...one, optional: true };
}

const ID = Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,64}$', description: 'Never normalised.' });

export const id: Field<string> = plain(ID, 'id_invalid');

/** A word of the merchant's own, in the shape of an id. */
export const word: Field<string> = plain(ID, 'body_invalid');

export const amount: Field<number> = field(
  Type.Union(
    [Type.Integer({ minimum: 1, maximum: MONEY_MAX }), Type.String({ pattern: '^[1-9][0-9]{0,15}$' }), Type.BigInt()],
    { description: 'Minor units; a string of digits is accepted.' },
  ),
  'amount_invalid',
  readAmount,
);

export const creditLimit: Field<number> = field(
  Type.Union([
    Type.Integer({ minimum: 0, maximum: MONEY_MAX }),
    Type.String({ pattern: '^(0|[1-9][0-9]{0,15}|unlimited)$' }),
  ]),
  'amount_invalid',
  (value) => (value === 'unlimited' ? Infinity : Number(value) === 0 ? 0 : readAmount(value)),
);

export function currency(currencies: Currencies): Field<string> {
  return field(Type.String({ minLength: 1, maxLength: 16 }), 'currency_invalid', (value) =>
    currencies.has(value as string) ? (value as string) : null,
  );
}

export const status: Field<AccountStatus> = plain(
  Type.Union([Type.Literal('active'), Type.Literal('frozen'), Type.Literal('closed')]),
  'body_invalid',
);

export const flag: Field<boolean> = plain(Type.Boolean(), 'body_invalid');

export const expiresIn: Field<number> = plain(
  Type.Integer({ minimum: 1, maximum: HOLD_EXPIRY_SECONDS_MAX, description: 'Seconds.' }),
  'body_invalid',
);

export const metadata: Field<Metadata> = field(
  Type.Record(
    Type.String({ pattern: `^(?!__proto__$).{1,${METADATA.keyLengthMax}}$` }),
    Type.String({ maxLength: METADATA.valueLengthMax }),
    { maxProperties: METADATA.pairsMax, additionalProperties: false },
  ),
  'body_invalid',
  (value) => {
    const pairs = Object.entries(value as Metadata);
    return pairs.some(([key, text]) => hasCardData(text) || hasCardData(`${key}: ${text}`))
      ? null
      : (value as Metadata);
  },
);

export const reason: Field<string> = text(REASON_LENGTH_MAX, 'Why, for people.');

/** A free text: no card numbers. */
export function text(lengthMax: number, description: string): Field<string> {
  return field(Type.String({ minLength: 1, maxLength: lengthMax, description }), 'body_invalid', (value) =>
    hasCardData(value as string) ? null : (value as string),
  );
}

const DELAY = Type.Optional(
  Type.Integer({ minimum: 1, maximum: CREDITING_DELAY_MS_MAX, description: 'How long a credit waits at most, ms.' }),
);

const OVER = Type.Optional(
  Type.Integer({ minimum: SUB_ACCOUNTS.min, maximum: SUB_ACCOUNTS.max, description: 'How many take turns.' }),
);

type Said = { readonly way: CreditingWay; readonly delayMs: number; readonly spreadOver?: number };

/**
 * How credits reach an account: the way, for those that take time how much, and over how many sub-accounts they are spread.
 * `delayMs` is 0 where it is not said, and so is `spreadOver`, which only that way has: of any other the same request must
 * stay the same for its key.
 */
export const crediting: Field<Said> = field(
  Type.Union([
    Type.Object({ way: Type.Literal('direct') }, { additionalProperties: false }),
    Type.Object(
      { way: Type.Union([Type.Literal('buffered'), Type.Literal('segmented')]), delay_ms: DELAY },
      { additionalProperties: false },
    ),
    Type.Object({ way: Type.Literal('spread'), sub_accounts: OVER }, { additionalProperties: false }),
  ]),
  'body_invalid',
  (value) => {
    const said = value as { way: CreditingWay; delay_ms?: number; sub_accounts?: number };
    const { way, delay_ms: delayMs = 0, sub_accounts: spreadOver = 0 } = said;
    return way === 'spread' ? { way, delayMs, spreadOver } : { way, delayMs };
  },
);

export const tuples: Field<readonly (readonly unknown[])[]> = plain(
  Type.Array(Type.Unknown(), {
    description: '[transfer_id, debit_account, credit_account, amount, kind?, ref?, expires_in?]',
  }),
  'body_invalid',
);

export const topic: Field<string> = plain(
  Type.String({ pattern: TOPIC.source, description: 'events, transfers, payments, accounts:{id} or trades:{id}.' }),
  'topic_unknown',
);

export const cursor: Field<string> = plain(
  Type.String({ pattern: '^evt_[0-9A-HJKMNP-TV-Z]{26}$', description: 'Names the last event that was read.' }),
  'query_invalid',
);

export const filter: Field<{ readonly type?: string }> = plain(
  Type.Object(
    { type: Type.Optional(Type.String({ maxLength: 64, description: 'Only events of this type.' })) },
    { additionalProperties: false },
  ),
  'body_invalid',
);

/** What a URL may be is judged by the rules of webhooks. */
export const webhookUrl: Field<string> = plain(Type.String({ description: 'https://…' }), 'body_invalid');

export const eventFilters: Field<readonly string[]> = field(
  Type.Array(Type.String(), {
    minItems: 1,
    maxItems: FILTERS_MAX,
    description: "'*', a type such as transfer.posted, or a prefix such as transfer.*",
  }),
  'body_invalid',
  (value) => ((value as string[]).every(isEventFilter) ? (value as string[]) : null),
);

export const description: Field<string> = plain(
  Type.String({ maxLength: REASON_LENGTH_MAX, description: 'For people.' }),
  'body_invalid',
);

export const endpointStatus: Field<'enabled' | 'disabled'> = plain(
  Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
  'body_invalid',
);

/** ms since 1970. */
export const time: Field<number> = field(
  Type.String({ maxLength: 35, description: 'Like 2026-01-31T23:59:59.999Z.' }),
  'body_invalid',
  (value) => timeOf(value as string),
);
