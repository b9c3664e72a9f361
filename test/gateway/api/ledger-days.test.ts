// Books over several accounting days: made by an engine whose clock the test moves, then read over the API from the same
// journal. The days lie a month ahead, so the server's own clock is behind them: as after a step of the clock.

import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { accountingDate } from '../../../src/domain/accounting-date.ts';
import { FACT_KIND } from '../../../src/domain/facts.ts';
import { decodeFacts } from '../../../src/journal/payload.ts';
import { readFrame } from '../../../src/journal/frame.ts';
import { openLmdbJournal } from '../../../src/journal/lmdb-journal.ts';
import { openMemoryStateStore } from '../../../src/journal/memory-state-store.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import { AT_18, DAY_MS, HOUR_MS } from '../../support/days.ts';
import { Engine, MERCHANT, turns } from '../../support/engine.ts';
import { openGatedJournal } from '../../support/gated-journal.ts';
import { Api } from './support/api.ts';

/** Eight in the morning, ten hours before the cut. */
const START_MS = (Math.floor(Date.now() / DAY_MS) + 30) * DAY_MS + 8 * HOUR_MS;
const [MONDAY, TUESDAY, WEDNESDAY] = [0, 1, 2].map((day) => accountingDate(START_MS + day * DAY_MS, 18 * HOUR_MS));

type Row = Readonly<Record<string, string | number>>;

/** 100 and 10 in on Monday; on Tuesday 30 to the shop; on Wednesday, in one frame with what ended Tuesday, 5 more. */
async function threeDays(): Promise<Journal> {
  const journal = openGatedJournal();
  const engine = await Engine.start({ journal, store: openMemoryStateStore() }, { ...AT_18, startMs: START_MS });
  for (const [id, kind] of [['bank', 'bank'], ['alice', 'user'], ['shop', 'merchant']] as const) await engine.open({ id, kind, creditLimit: id === 'bank' ? Infinity : 0 }); // prettier-ignore
  await engine.batch(['in1', 'bank', 'alice', 100], ['in2', 'bank', 'alice', 10]);
  await engine.advance(10 * HOUR_MS);
  await engine.batch(['out1', 'alice', 'shop', 30]);
  journal.shut();
  const held = engine.batch(['wait', 'alice', 'shop', 1]);
  await vi.waitFor(() => expect(journal.waiting()).toBe(1));
  const evening = engine.batch(['evening', 'alice', 'shop', 4]);
  await turns();
  const cut = engine.advance(DAY_MS);
  await turns();
  const night = engine.batch(['night', 'alice', 'shop', 5]);
  await turns();
  journal.open();
  await Promise.all([held, evening, cut, night]);
  engine.crash();
  return journal;
}

/** Days as the journal itself says. */
function openedIn({ server: { engine } }: Api): { date: string; seq: number; timeMs: number }[] {
  const opened: { date: string; seq: number; timeMs: number }[] = [];
  for (let seq = 1; seq <= engine.position; seq++) {
    const frame = engine.frame(seq);
    for (const fact of frame?.facts ?? []) {
      if (fact.kind === FACT_KIND.dayOpened) opened.push({ date: fact.date, seq, timeMs: frame?.timeMs ?? 0 });
    }
  }
  return opened;
}

describe('books over several days', () => {
  const api = new Api({ transport: 'node', books: 'on', dayCut: '18:00' });
  const trial = async (date: string | undefined) =>
    (await api.as('acme').get<{ data: Row[] }>(`/v1/trial_balance?date=${date}`)).body.data;
  const shown = (rows: readonly Row[], ...columns: string[]) =>
    rows.filter(({ subject }) => subject !== 2990).map((row) => columns.map((column) => row[column]));

  let mixed = 0;

  beforeAll(async () => {
    const journal = await threeDays();
    const copy = openLmdbJournal(join(api.data, 'journal'));
    for (let seq = 1; seq <= journal.position(); seq++) {
      const frame = journal.read(seq) ?? new Uint8Array();
      await copy.append(Buffer.from(frame));
      const kinds = decodeFacts(readFrame(frame).payload).map(({ kind }) => kind);
      const day = kinds.indexOf(FACT_KIND.dayOpened);
      if (day > 0 && day < kinds.length - 1) mixed = seq;
    }
    await copy.close();
    api.makeKeys({ acme: { merchant: MERCHANT } });
    await api.start();
    return () => api.destroy();
  });

  it('have a frame in which one day ends and the next begins, or this tests less than it says', () => {
    expect(mixed).toBeGreaterThan(0);
  });

  it('close each day with what the next one opens', async () => {
    const columns = ['subject', 'opening_balance', 'debit', 'credit', 'closing_balance'];
    expect(shown(await trial(MONDAY), ...columns)).toEqual([
      [1001, 0, 110, 0, 110],
      [2001, 0, 0, 110, 110],
    ]);
    expect(shown(await trial(TUESDAY), ...columns)).toEqual([
      [1001, 110, 0, 0, 110],
      [2001, 110, 35, 0, 75],
      [2004, 0, 0, 35, 35],
    ]);
    expect(shown(await trial(WEDNESDAY), ...columns)).toEqual([
      [1001, 110, 0, 0, 110],
      [2001, 75, 5, 0, 70],
      [2004, 35, 0, 5, 40],
    ]);
    const latest = await api.as('acme').get('/v1/trial_balance');
    expect(latest.body['date']).toBe(WEDNESDAY);
  });

  it('say which days are closed, and up to which frame of the journal they are final', async () => {
    const opened = openedIn(api);
    expect(opened.map(({ date }) => date)).toEqual([MONDAY, TUESDAY, WEDNESDAY]);
    const [, tuesday = 0, wednesday = 0] = opened.map(({ seq }) => seq);
    expect(wednesday).toBe(mixed);
    const state = async (path: string) => {
      const { headers, body } = await api.as('acme').get<{ status: string; final_to: number | null }>(path);
      const csv = await api.as('acme').get(`${path}&format=csv`);
      const told = [csv.headers['x-day-status'], csv.headers['x-final-to']];
      expect(told, path).toEqual([body.status, body.final_to?.toString()]);
      expect(headers['x-day-status']).toBe(undefined);
      return [body.status, body.final_to];
    };
    expect(await state(`/v1/trial_balance?date=${MONDAY}`)).toEqual(['closed', tuesday]);
    expect(await state(`/v1/trial_balance?date=${TUESDAY}`)).toEqual(['closed', wednesday]);
    expect(await state(`/v1/trial_balance?date=${WEDNESDAY}`)).toEqual(['open', null]);
    expect(await state('/v1/trial_balance?date=9999-12-31')).toEqual(['future', null]);
    expect(await state(`/v1/general_ledger?to=${TUESDAY}`)).toEqual(['closed', wednesday]);
    expect(await state(`/v1/general_ledger?from=${MONDAY}&to=${WEDNESDAY}`)).toEqual(['open', null]);
    expect(await state('/v1/general_ledger?subject=2001')).toEqual(['future', null]);
    const ledger = await api.as('acme').get('/v1/general_ledger');
    expect(ledger.body['closed_through']).toBe(TUESDAY);
  });

  it('are listed, the newest first, in pages either way', async () => {
    const opened = openedIn(api);
    const at = (date: string | undefined) => opened.find((day) => day.date === date);
    const day = (date: string | undefined, status: string, next?: string) => ({
      date,
      status,
      opened_at: new Date(at(date)?.timeMs ?? 0).toISOString(),
      opened_in: at(date)?.seq,
      closed_at: next === undefined ? null : new Date(at(next)?.timeMs ?? 0).toISOString(),
      final_to: at(next)?.seq ?? null,
    });
    const all = [day(WEDNESDAY, 'open'), day(TUESDAY, 'closed', WEDNESDAY), day(MONDAY, 'closed', TUESDAY)];
    const list = async (query = '') =>
      (await api.as('acme').get<{ data: Row[]; has_more: boolean }>(`/v1/accounting_days${query}`)).body;
    const { position } = api.server.engine;
    expect(await list()).toEqual({ data: all, has_more: false, complete_to: position });
    expect(await list('?limit=2')).toMatchObject({ data: all.slice(0, 2), has_more: true });
    expect(await list(`?limit=2&starting_after=${TUESDAY}`)).toMatchObject({ data: all.slice(2), has_more: false });
    expect(await list(`?limit=1&ending_before=${MONDAY}`)).toMatchObject({ data: [all[1]], has_more: true });
    expect(await list(`?starting_after=${MONDAY}`)).toMatchObject({ data: [], has_more: false });
    // A day between two that were opened names a place as well.
    expect(await list('?starting_after=2001-01-01')).toMatchObject({ data: [] });
  });

  it.each([
    ['starting_after=today', 'starting_after'],
    ['ending_before=2026-02-30', 'ending_before'],
    [`starting_after=${MONDAY}&ending_before=${MONDAY}`, 'ending_before'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['date=2026-01-01', 'date'],
  ])('are not listed by %s', async (query, param) => {
    const seen = await api.as('acme').get(`/v1/accounting_days?${query}`);
    expect(seen).toMatchObject({ status: 400, body: { code: 'query_invalid', param } });
  });

  it('are in the general ledger day by day, and by periods that have both ends', async () => {
    const ledger = async (query: string) =>
      shown((await api.as('acme').get<{ data: Row[] }>(`/v1/general_ledger?${query}`)).body.data, 'date', 'subject', 'debit', 'credit'); // prettier-ignore
    const days = [
      [MONDAY, 1001, 110, 0],
      [MONDAY, 2001, 0, 110],
      [TUESDAY, 2001, 35, 0],
      [TUESDAY, 2004, 0, 35],
      [WEDNESDAY, 2001, 5, 0],
      [WEDNESDAY, 2004, 0, 5],
    ];
    expect(await ledger('')).toEqual(days);
    expect(await ledger(`from=${TUESDAY}`)).toEqual(days.slice(2));
    expect(await ledger(`to=${TUESDAY}`)).toEqual(days.slice(0, 4));
    expect(await ledger(`from=${TUESDAY}&to=${TUESDAY}`)).toEqual(days.slice(2, 4));
    expect(await ledger(`from=${TUESDAY}&subject=2004`)).toEqual([days[3], days[5]]);
  });

  it('date each voucher by the day that was open where it stands, also in the middle of a frame', async () => {
    const dates: unknown[] = [];
    for (const order of ['in1', 'out1', 'wait', 'evening', 'night']) {
      const { data } = (await api.as('acme').get<{ data: Row[] }>(`/v1/vouchers?order=${order}`)).body;
      dates.push(data[0]?.['accounting_date']);
      expect((await api.as('acme').get(`/v1/vouchers/${data[0]?.['id']}`)).body).toMatchObject(data[0] ?? {});
    }
    expect(dates).toEqual([MONDAY, TUESDAY, TUESDAY, TUESDAY, WEDNESDAY]);
  });

  it('tell the balance of now although the clock is behind them, and that of any time before', async () => {
    const balance = async (query = '') =>
      (await api.as('acme').get(`/v1/accounts/alice/balance${query}`)).body['available'];
    const { data } = (await api.as('acme').get<{ data: EntryResource[] }>('/v1/accounts/alice/entries?order=oldest')).body; // prettier-ignore
    expect(data.map(({ available }) => available)).toEqual([100, 110, 80, 79, 75, 70]);
    expect(await balance()).toBe(70);
    expect(await balance('?at=9999-12-31T23:59:59Z')).toBe(70);
    expect(await balance('?at=2001-01-01T00:00:00Z')).toBe(0);
  });
});
