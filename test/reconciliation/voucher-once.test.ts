// A voucher that is there twice by its name (order, code, segment, occurrence) is told, although all that it moves adds up.

import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { ordersOf, withFact } from './support/planting.ts';
import { randomOrders } from './support/random-orders.ts';
import { Watched } from './support/watched.ts';

test('two vouchers of one order may not have the same occurrence', async () => {
  const { frames } = await randomOrders(7, 60);
  const { vouchers } = ordersOf(frames);
  const nameOf = ({ fact: { order, code, segment, reverses } }: (typeof vouchers)[number]): string =>
    `${order} ${code} ${segment} ${String(reverses !== null)}`;
  const again = vouchers.find((one, at) => vouchers.slice(0, at).some((other) => nameOf(other) === nameOf(one)));
  const first = again && vouchers.find((one) => nameOf(one) === nameOf(again));
  if (!again || !first) throw new Error('no order has two vouchers of one code');
  const { occurrence } = first.fact;
  const wrong = withFact(frames[again.seq - 1] as Uint8Array, again.index, () => ({ ...again.fact, occurrence }));
  const watched = new Watched(temporaryFolder());
  onTestFinished(() => watched.close());
  for (const frame of frames) watched.reconciler.follow(frame === frames[again.seq - 1] ? wrong : frame, 0);
  await watched.pass(0);
  expect(watched.told.map(({ breach: { invariant, order } }) => [invariant, order])).toEqual([
    ['voucher_once', again.fact.order],
  ]);
});
