// When an event is sent, and whom it waits for: nobody but its own receiver.

import { describe, expect, test, vi } from 'vitest';
import type { Outcome } from '../../src/domain/webhooks/retries.ts';
import { DOWN_AFTER, IN_FLIGHT_MAX, OPEN_MAX, PROBE_MS } from '../../src/webhooks/lane.ts';
import { answered, PostOffice, ScriptedSender, START_MS } from './support/post-office.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const failing = (): Outcome => answered(500);
/** A receiver that takes the event and never says so. */
const hanging = (): Promise<Outcome> => new Promise(() => undefined);

describe('an event', () => {
  test('is sent once, with its id, to each endpoint of its merchant; what was before is not', async () => {
    const sender = new ScriptedSender();
    const office = new PostOffice(sender);
    office.history.happen(3);
    await office.endpoint('https://a.example/');
    await office.endpoint('https://b.example/');
    await office.endpoint('https://other.example/', 'globex');
    office.history.happen(2);
    await office.run();
    expect(sender.ids('https://a.example/')).toHaveLength(2);
    expect(sender.ids('https://b.example/')).toEqual(sender.ids('https://a.example/'));
    expect(sender.ids('https://other.example/')).toEqual([]);
    expect(sender.letters.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual(sender.ids());
  });

  test('is tried ten times over three days, and then it has failed', async () => {
    const sender = new ScriptedSender();
    sender.answer = failing;
    const office = new PostOffice(sender);
    const { id } = await office.endpoint();
    office.history.happen();
    await office.run();
    for (const delayMs of [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR]) {
      const sent = sender.letters.length;
      await office.pass(delayMs - 1);
      expect(sender.letters).toHaveLength(sent);
      await office.pass(1);
      expect(sender.letters).toHaveLength(sent + 1);
    }
    expect(await office.log(id)).toMatchObject([{ status: 'open', attempts: 9, last: { status: 500 } }]);
    expect(office.givenUp).toEqual([]);
    await office.pass(24 * HOUR);
    expect(sender.letters).toHaveLength(10);
    expect(office.givenUp).toMatchObject([
      {
        delivery: { endpoint: id, attempts: 10 },
        event: { id: sender.ids()[0], context: { merchant: 'acme' }, order: null },
      },
    ]);
    expect(await office.log(id)).toMatchObject([{ status: 'failed', attempts: 10 }]);
    await office.pass(DAY);
    expect(sender.letters).toHaveLength(10);
  });

  test('comes back when its receiver asked for it', async () => {
    const sender = new ScriptedSender();
    sender.answer = () => answered(429, 90 * SECOND);
    const office = new PostOffice(sender);
    await office.endpoint();
    office.history.happen();
    await office.run();
    await office.pass(90 * SECOND - 1);
    expect(sender.letters).toHaveLength(1);
    await office.pass(1);
    expect(sender.letters).toHaveLength(2);
  });

  test('is signed by the secrets of the moment in which it is sent', async () => {
    const sender = new ScriptedSender();
    const office = new PostOffice(sender);
    const { id, secret } = await office.endpoint();
    const rotated = await office.webhooks.rotate('acme', id);
    office.history.happen();
    await office.run();
    office.history.nowMs += DAY;
    office.history.happen();
    await office.run();
    expect(sender.letters.map(({ secrets }) => secrets)).toEqual([[rotated?.secret, secret], [rotated?.secret]]);
  });
});

describe('an endpoint', () => {
  test('that hangs has four attempts in flight and 500 open deliveries, and delays nobody else', async () => {
    const [slow, quick] = ['https://slow.example/', 'https://quick.example/'];
    const sender = new ScriptedSender();
    sender.answer = ({ url }) => (url === slow ? hanging() : answered(204));
    const office = new PostOffice(sender);
    const { id } = await office.endpoint(slow);
    await office.endpoint(quick);
    office.history.happen(2 * OPEN_MAX);
    await office.run();
    expect(sender.ids(quick)).toHaveLength(2 * OPEN_MAX);
    expect(sender.ids(slow)).toHaveLength(IN_FLIGHT_MAX);
    const lane = office.webhooks.dispatcher.lanes.get(id);
    expect([lane?.open, lane?.progress.cursor]).toEqual([OPEN_MAX, { seq: 1, index: OPEN_MAX - 1 }]);
    expect(office.faults).toEqual([]);
  });

  test('that is far behind does not hold up one that keeps up', async () => {
    const sender = new ScriptedSender();
    const office = new PostOffice(sender);
    const behind = await office.endpoint('https://behind.example/');
    await office.webhooks.change('acme', behind.id, { status: 'disabled' });
    for (let frame = 0; frame < 20; frame++) office.history.happen(1_000, 'somebody');
    await office.endpoint('https://quick.example/');
    await office.webhooks.change('acme', behind.id, { status: 'enabled' });
    office.history.happen();
    office.webhooks.dispatcher.tick();
    expect(sender.ids('https://quick.example/')).toHaveLength(1);
    expect(sender.ids('https://behind.example/')).toHaveLength(0);
    await office.run();
    expect(sender.ids('https://behind.example/')).toHaveLength(1);
  });

  test('that is down is tried with one new event a minute; what follows waits in the journal, and then all comes', async () => {
    const sender = new ScriptedSender();
    sender.answer = failing;
    const office = new PostOffice(sender);
    const { id } = await office.endpoint();
    office.history.happen(DOWN_AFTER);
    await office.run();
    office.history.happen(400);
    await office.run();
    const fresh = () => new Set(sender.ids()).size;
    expect(fresh()).toBe(DOWN_AFTER);
    await office.pass(PROBE_MS, PROBE_MS / 4);
    expect(fresh()).toBe(DOWN_AFTER + 1);
    expect(office.webhooks.dispatcher.open).toBe(DOWN_AFTER + 1);
    sender.answer = () => answered(204);
    await office.pass(PROBE_MS);
    expect(fresh()).toBe(DOWN_AFTER + 400);
    await office.pass(HOUR, 5 * MINUTE);
    expect((await office.log(id)).filter(({ status }) => status !== 'delivered')).toEqual([]);
  });

  test('that has only failed for five days is disabled, and tells nobody anything until it is enabled', async () => {
    const sender = new ScriptedSender();
    sender.answer = failing;
    const office = new PostOffice(sender);
    const { id } = await office.endpoint();
    for (let day = 0; day < 6; day++) {
      office.history.happen();
      await office.pass(DAY, 12 * HOUR);
    }
    expect(office.webhooks.get('acme', id)).toMatchObject({ status: 'disabled', disabledBecause: 'failing' });
    expect(office.disabled.map((one) => one.id)).toEqual([id]);
    const sent = sender.letters.length;
    await office.pass(DAY);
    expect(sender.letters).toHaveLength(sent);
    sender.answer = () => answered(204);
    await office.webhooks.change('acme', id, { status: 'enabled' });
    await office.run();
    expect(sender.letters.length).toBeGreaterThan(sent);
    expect(new Set(sender.ids()).size).toBe(6);
  });

  test('that answers once within five days stays', async () => {
    const sender = new ScriptedSender();
    sender.answer = ({ nowMs }) =>
      nowMs < START_MS + 3 * DAY && nowMs >= START_MS + 2 * DAY ? answered(200) : failing();
    const office = new PostOffice(sender);
    const { id } = await office.endpoint();
    for (let day = 0; day < 6; day++) {
      office.history.happen();
      await office.pass(DAY, 12 * HOUR);
    }
    expect(office.webhooks.get('acme', id)).toMatchObject({ status: 'enabled' });
  });

  test('that is gone is told nothing more', async () => {
    const sender = new ScriptedSender();
    sender.answer = () => answered(410);
    const office = new PostOffice(sender);
    const { id } = await office.endpoint();
    office.history.happen();
    await office.run();
    office.history.happen(3);
    await office.pass(DAY);
    expect(sender.letters).toHaveLength(1);
    expect(office.webhooks.get('acme', id)).toMatchObject({ status: 'disabled', disabledBecause: 'gone' });
  });

  test('that was removed is told nothing more, not even what was due', async () => {
    const sender = new ScriptedSender();
    sender.answer = failing;
    const office = new PostOffice(sender);
    const { id } = await office.endpoint();
    office.history.happen();
    await office.run();
    expect(await office.webhooks.remove('acme', id)).toBe(true);
    await office.pass(HOUR);
    expect(sender.letters).toHaveLength(1);
    expect([...office.store.endpoints(), ...office.store.open(id)]).toEqual([]);
  });
});

describe('the dispatcher', () => {
  test('begins at most 50 attempts in a tick', async () => {
    const sender = new ScriptedSender();
    const office = new PostOffice(sender);
    for (let count = 0; count < 20; count++) await office.endpoint();
    office.history.happen(100);
    office.webhooks.dispatcher.tick();
    await office.webhooks.dispatcher.settled();
    expect(sender.letters).toHaveLength(50);
    await office.run();
    expect(sender.letters).toHaveLength(2_000);
    expect(sender.inFlightMax).toBeLessThanOrEqual(50);
  });

  test('sends nothing while its store cannot be written, and skips nothing', async () => {
    const sender = new ScriptedSender();
    const office = new PostOffice(sender);
    await office.endpoint();
    const commit = vi.spyOn(office.store, 'commit').mockRejectedValue(new Error('the disk is full'));
    office.history.happen();
    await office.pass(2 * SECOND, SECOND);
    office.history.happen(5);
    const sent = sender.letters.length;
    await office.pass(10 * SECOND, SECOND);
    expect(sender.letters).toHaveLength(sent);
    expect(office.webhooks.dispatcher.open).toBe(0);
    expect(office.faults).toHaveLength(1);
    commit.mockRestore();
    await office.pass(10 * SECOND, SECOND);
    expect(new Set(sender.ids()).size).toBe(6);
  });

  test('counts what came of its attempts, and how far it trails', async () => {
    const sender = new ScriptedSender();
    const office = new PostOffice(sender);
    await office.endpoint();
    sender.answer = failing;
    office.history.happen();
    await office.run();
    sender.answer = () => answered(204);
    await office.pass(5 * SECOND);
    const { dispatcher } = office.webhooks;
    expect(dispatcher.counts).toEqual({ delivered: 1, retried: 1, failed: 0, gone: 0 });
    office.history.happen();
    office.history.happen();
    expect([dispatcher.lagRecords, dispatcher.open]).toEqual([2, 0]);
  });
});
