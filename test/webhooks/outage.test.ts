// What if nobody is there to take the events, or we are not there to send them? Nothing is missing afterwards.

import { describe, expect, onTestFinished, test } from 'vitest';
import { makeAddressGuard } from '../../src/webhooks/address-guard.ts';
import { DOWN_AFTER, IN_FLIGHT_MAX } from '../../src/webhooks/lane.ts';
import { makeSender, type Sender } from '../../src/webhooks/sender.ts';
import { Receiver } from '../support/receiver.ts';
import { PostOffice, ScriptedSender } from './support/post-office.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

async function receiver(): Promise<Receiver> {
  const started = await Receiver.start();
  onTestFinished(() => started.stop());
  return started;
}

const realSender = (): Sender => makeSender(makeAddressGuard(['127.0.0.0/8']), 'Florin/test');

/** Attempts over real sockets that have begun come to their end. */
async function finish(office: PostOffice): Promise<void> {
  await office.webhooks.dispatcher.settled();
  await office.run();
}

describe('a receiver that is down for five minutes', () => {
  test('gets everything when it is up again, within the minute, none twice', async () => {
    const shop = await receiver();
    const office = new PostOffice(realSender());
    const { id } = await office.endpoint(shop.url());
    const up = shop.answering;
    shop.answering = (response) => void response.destroy();
    for (let second = 0; second < 300; second += 10) {
      office.history.happen(20);
      await office.pass(10 * SECOND);
      await finish(office);
    }
    // Those in flight when it went down, and one a minute.
    expect(new Set(shop.ids()).size).toBeLessThanOrEqual(DOWN_AFTER + IN_FLIGHT_MAX + 5);
    const tried = shop.received.length;
    shop.answering = up;
    await office.pass(MINUTE, 20 * SECOND);
    await finish(office);
    const fresh = new Set(shop.ids().slice(tried));
    expect(fresh.size).toBeGreaterThan(600 - 15);
    await office.pass(40 * MINUTE, MINUTE);
    await finish(office);
    expect(new Set(shop.ids().slice(tried)).size).toBe(600);
    expect(shop.ids().slice(tried)).toHaveLength(600);
    expect((await office.log(id)).every(({ status }) => status === 'delivered')).toBe(true);
  });
});

describe('a crash', () => {
  test('at any moment sends some again and loses none', async () => {
    const sender = new ScriptedSender();
    let office = new PostOffice(sender);
    const { id } = await office.endpoint();
    let count = 0;
    for (let crash = 0; crash < 12; crash++) {
      office.history.happen(40);
      count += 40;
      // Cut off after more and more ticks, some before and some after a commit.
      for (let tick = 0; tick <= crash; tick++) {
        office.webhooks.dispatcher.tick();
        await new Promise((resolve) => setTimeout(resolve, 1));
        office.history.nowMs += 60;
      }
      office = office.afterCrash(sender);
    }
    await office.run();
    expect(new Set(sender.ids()).size).toBe(count);
    expect(sender.ids().length).toBeGreaterThan(count);
    await office.webhooks.dispatcher.settled();
    const open = (await office.log(id)).filter(({ status }) => status === 'open');
    expect(open).toEqual([]);
  });

  test('while attempts are in flight sends those again', async () => {
    const sender = new ScriptedSender();
    const office = new PostOffice(sender);
    await office.endpoint();
    sender.answer = () => new Promise(() => undefined);
    office.history.happen(6);
    await office.run();
    office.history.nowMs += SECOND;
    await office.run();
    const after = new ScriptedSender();
    await office.afterCrash(after).run();
    expect(sender.ids()).toHaveLength(4);
    expect(after.ids().toSorted()).toEqual([...new Set(after.ids())].toSorted());
    expect(after.ids()).toHaveLength(6);
  });

  test('keeps the secrets, the failures and what is being sent again', async () => {
    const sender = new ScriptedSender();
    const office = new PostOffice(sender);
    office.history.happen(2_000);
    const { id, secret } = await office.endpoint();
    expect(await office.webhooks.replayRange('acme', id, 0, office.history.nowMs + 1)).toBe(true);
    const after = office.afterCrash(sender);
    expect(after.webhooks.get('acme', id)?.secret).toBe(secret);
    await after.run();
    expect(new Set(sender.ids()).size).toBe(2_000);
  });
});

describe('a replay', () => {
  test('by time sends what happened then and no more, and is joined by a second one', async () => {
    const sender = new ScriptedSender();
    const office = new PostOffice(sender);
    const times: number[] = [];
    for (let frame = 0; frame < 10; frame++) {
      office.history.nowMs += MINUTE;
      times.push(office.history.nowMs);
      office.history.happen(2);
    }
    const { id } = await office.endpoint();
    const [third = 0, fifth = 0, eighth = 0] = [times[2], times[4], times[7]];
    await office.webhooks.replayRange('acme', id, third, fifth);
    await office.run();
    expect(sender.ids()).toHaveLength(4);
    await office.webhooks.replayRange('acme', id, third, fifth);
    await office.webhooks.replayRange('acme', id, eighth, eighth + 1);
    await office.run();
    // From the third to the eighth: what lies between two that are asked for comes too.
    expect(sender.ids().slice(4)).toHaveLength(12);
    expect((await office.log(id)).every(({ replay }) => replay)).toBe(true);
  });
});
