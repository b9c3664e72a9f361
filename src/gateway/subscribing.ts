// Subscribing. Judges what a connection asks to hear: the shape, whether it may, and where it goes on.

import type { FactPosition } from '../domain/ids.ts';
import type { Caller } from './callers.ts';
import { latestCursor, placeOf, sourceOf, type Wanted } from './feed.ts';
import * as fields from './fields.ts';
import { authorise, type Gateway } from './gateway.ts';
import type { Refused } from './problem.ts';
import { readBody } from './shape.ts';

const MS_PER_HOUR = 3_600_000;

const FIELDS = {
  topic: fields.topic,
  after: fields.optional(fields.cursor),
  filter: fields.optional(fields.filter),
};

export type Subscribing = {
  readonly wanted: Wanted;
  /** Where it begins: what the client said, or now. */
  readonly cursor: string;
  readonly place: FactPosition;
};

export function readSubscribe(gateway: Gateway, caller: Caller, body: unknown): Subscribing | Refused {
  const read = readBody(FIELDS, body);
  if (!read.ok) return read.refused;
  const { topic = '', after, filter } = read.values;
  const source = sourceOf(gateway.engine);
  const cursor = after ?? latestCursor(source, gateway.now());
  const place = placeOf(cursor, source.position());
  if (!place) return { code: 'query_invalid', param: 'after', detail: 'after is not a cursor of this server.' };
  const permitted = authorise(gateway, caller, topic.startsWith('accounts:') ? 'accounts:read' : 'payments:read');
  if ('code' in permitted) return permitted;
  const ageMs = gateway.now() - place.timeMs;
  if (ageMs > gateway.limits.eventRetentionHours * MS_PER_HOUR) return { code: 'cursor_expired', param: 'after' };
  return { wanted: { merchant: caller.merchant, topic, type: filter?.type ?? '' }, cursor, place };
}

/** The topic that is to end. */
export function readUnsubscribe(body: unknown): { readonly topic: string } | Refused {
  const read = readBody({ topic: fields.topic }, body);
  return read.ok ? { topic: read.values.topic ?? '' } : read.refused;
}
