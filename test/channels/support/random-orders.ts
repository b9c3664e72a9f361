// Random payments, refunds and payouts, each sent once to three times under its number, from a printed seed.

import { drawFor } from '../../../src/channels/simulator/chance.ts';
import type { Heard } from './simulator-client.ts';
import type { Simulated } from './simulated.ts';

export type RandomOrder = {
  readonly verb: 'pay' | 'refund' | 'payout';
  readonly number: string;
  readonly amount: number;
  readonly original: string;
};

const PATHS = { pay: 'payments', refund: 'refunds', payout: 'payouts' } as const;

/** So many orders, half of them payments; a refund names a payment that came before it, or none that there is. */
export function randomOrders(seed: number, count: number): RandomOrder[] {
  const draw = drawFor(seed, 'random orders');
  const upTo = (most: number): number => Math.floor(draw() * most);
  return Array.from({ length: count }, (_, index) => {
    const kind = upTo(4);
    const verb = kind < 2 ? 'pay' : kind === 2 ? 'refund' : 'payout';
    return { verb, number: `${verb}_${index}`, amount: 1 + upTo(1_000), original: `pay_${upTo(index + 1)}` };
  });
}

/** Sends one order so often, at once. */
export function sendOrder(simulator: Simulated, order: RandomOrder, times: number): Promise<Heard[]> {
  const { verb, number, amount, original } = order;
  const currency = 'EUR';
  const own = verb === 'refund' ? { original } : verb === 'payout' ? { destination: 'DE89' } : {};
  const body = { number, amount, currency, ...own };
  return Promise.all(Array.from({ length: times }, () => simulator.send('POST', `/${PATHS[verb]}`, body)));
}

/** How the order stands, asked until it is said. */
export async function queryOrder(simulator: Simulated, { verb, number }: RandomOrder): Promise<Heard> {
  let heard = await simulator.send('GET', `/${PATHS[verb]}/${number}`);
  while (heard.status !== 200 && heard.status !== 404) {
    heard = await simulator.send('GET', `/${PATHS[verb]}/${number}`);
  }
  return heard;
}
