// The accounting date of a whole server: its day cut comes from the configuration, and no client hears of days.

import { expect, it } from 'vitest';
import { accountingDate, readDayCut } from '../../../src/domain/accounting-date.ts';
import { eventId } from '../../../src/domain/ids.ts';
import { useApi } from './support/api.ts';
import { fresh, openWith } from './support/ledger.ts';

/** At almost every time of the day another date than that of the calendar. */
const DAY_CUT = '00:01';

const api = useApi({ transport: 'node', dayCut: DAY_CUT });

function expectedDate(): string {
  return accountingDate(Date.now(), readDayCut(DAY_CUT));
}

it('is opened as the first frame of a fresh folder, after the cut of the configuration', async () => {
  const before = expectedDate();
  await expect.poll(() => api.server.engine.position).toBe(1);
  const date = api.server.engine.partition.accountingDate;
  expect([before, expectedDate()]).toContain(date);
  expect(api.server.engine.frame(1)?.facts).toMatchObject([{ kind: 6, date }]);
});

it('is the same after a restart, and not stated again', async () => {
  const { position } = api.server.engine;
  const date = api.server.engine.partition.accountingDate;
  await api.restart();
  expect(api.server.engine.partition.accountingDate).toBe(date);
  if (expectedDate() === date) expect(api.server.engine.position).toBe(position);
});

it('is no event: not in the list, and not for a subscriber from the beginning', async () => {
  const id = await openWith(api, 0);
  const page = await api.http.get<{ data: { type: string; data: { id: string } }[] }>('/v1/events?limit=100');
  expect(page.body.data.map(({ type, data }) => [type, data.id])).toEqual([['account.opened', id]]);
  const none = await api.http.get<{ data: unknown[] }>('/v1/events?limit=100&type=day.opened');
  expect(none.body.data).toEqual([]);
  const socket = await api.open();
  await socket.ask('subscribe', { topic: 'events', after: eventId(Date.now(), { seq: 0, index: 0 }) });
  const next = fresh('account');
  await api.http.post('/v1/accounts', { id: next, currency: 'EUR', kind: 'user' });
  const events = await socket.eventsOf('events', 2);
  expect(events.map(({ event, data }) => [event, data?.['id']])).toEqual([
    ['account.opened', id],
    ['account.opened', next],
  ]);
});
