// Delivery. One event on its way to one endpoint, and how far an endpoint has come.

import type { FactPosition } from '../domain/ids.ts';

export type Attempt = {
  /** ms since 1970. */
  readonly atMs: number;
  readonly tookMs: number;
  /** HTTP status; 0 where nobody answered. */
  readonly status: number;
  /** Why nobody answered; '' where somebody did. */
  readonly error: string;
};

export type Delivery = {
  /** whd_…; those of an endpoint are in the order in which they were made. */
  readonly id: string;
  readonly endpoint: string;
  /** evt_… */
  readonly event: string;
  /** Of the event. */
  readonly type: string;
  /** Somebody asked for it to be sent again. */
  readonly replay: boolean;
  readonly status: 'open' | 'delivered' | 'failed';
  /** Made so far. */
  readonly attempts: number;
  /** When the next attempt is due, ms since 1970; of an open one only. */
  readonly dueMs: number;
  readonly createdAtMs: number;
  readonly last: Attempt | null;
};

/** Events that are to be sent again: those after `next`, up to `end`. */
export type Replay = { readonly next: FactPosition; readonly end: FactPosition };

export type Progress = {
  /** Up to here every event that the endpoint wants has become a delivery. */
  readonly cursor: FactPosition;
  readonly replay: Replay | null;
  /** Deliveries made so far: gives the next one its id. */
  readonly made: number;
  /** Attempts that failed since the last one that did not. */
  readonly failures: number;
  /** When the first of them failed, ms since 1970; null where there is none. */
  readonly failingSinceMs: number | null;
};

/** Place after every event of a frame. */
export const END_OF_FRAME = 0xffffffff;

/** Whether one place of the journal is before another. */
export function isBefore(one: FactPosition, other: FactPosition): boolean {
  return one.seq < other.seq || (one.seq === other.seq && one.index < other.index);
}
