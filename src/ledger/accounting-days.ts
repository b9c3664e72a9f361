// Accounting days. Which days the books have opened, and which of them are over: what is booked of a day that is over is
// final.
//
// C1. A day is closed by the next one: the journal has nothing of it after the fact that opened that. C2. It is closed
// here only when every shard has booked that fact: until then a shard that trails may still have something of it to book.
// C3. A shard's totals, days and checkpoint are one transaction, so what C2 says of the days it says of the totals.

import type { ShardStore } from './shard-store.ts';

/** `seq`: the frame that opened it, which may have something of the day before in front. */
export type OpenedDay = { readonly date: string; readonly seq: number };

/** Over; the latest one; or not opened yet. */
export type DayStatus = 'closed' | 'open' | 'future';

export type DayState = {
  readonly status: DayStatus;
  /** The last journal frame that can have something of the day; null while it is not closed. */
  readonly finalTo: number | null;
};

/** Days that all shards have opened, oldest first; call it in the same turn as what it is to be said of. */
export function openedDays(stores: readonly ShardStore[]): OpenedDay[] {
  const [first] = stores;
  if (!first) return [];
  const booked = Math.min(...stores.map((store) => store.checkpoint()?.seq ?? 0));
  return [...first.days()].filter(({ seq }) => seq <= booked);
}

/** `date`: YYYY-MM-DD, of any day. One on which nobody opened a day is closed by the next that was opened. */
export function dayState(days: readonly OpenedDay[], date: string): DayState {
  const next = days.find((day) => day.date > date);
  if (next) return { status: 'closed', finalTo: next.seq };
  return { status: days.at(-1)?.date === date ? 'open' : 'future', finalTo: null };
}

/** The day that is open; '' before the first. */
export function openDay(days: readonly OpenedDay[]): string {
  return days.at(-1)?.date ?? '';
}

/** The last day that is closed; null when none is. */
export function closedThrough(days: readonly OpenedDay[]): string | null {
  return days.at(-2)?.date ?? null;
}
