// A simulator in the test's own process, over real HTTP all the same, gone when the test is over.

import { onTestFinished } from 'vitest';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../src/channels/simulator/simulator.ts';
import { clientOf, hear, type Heard, type Send } from './simulator-client.ts';

export type Simulated = Simulator & {
  readonly send: Send;
  /** The control surface, unsigned. */
  readonly control: (path: string, body?: object) => Promise<Heard>;
  readonly pay: (number: string, amount: number, more?: object) => Promise<Heard>;
  readonly refund: (number: string, original: string, amount: number, more?: object) => Promise<Heard>;
  readonly payOut: (number: string, amount: number, more?: object) => Promise<Heard>;
};

/** A minute of simulated delay is 60 ms. */
export const TIME_SCALE = 0.001;

/** All amounts in EUR unless `more` says otherwise. */
export async function simulated(options: SimulatorOptions = {}): Promise<Simulated> {
  const simulator = await startSimulator({ seed: 1, timeScale: TIME_SCALE, ...options });
  onTestFinished(simulator.close);
  const send = clientOf(simulator.url, options.secret);
  const currency = 'EUR';
  return {
    ...simulator,
    send,
    control: (path, body) =>
      hear(simulator.url + path, { method: 'POST', ...(body ? { body: JSON.stringify(body) } : {}) }),
    pay: (number, amount, more) => send('POST', '/payments', { number, amount, currency, ...more }),
    refund: (number, original, amount, more) =>
      send('POST', '/refunds', { number, original, amount, currency, ...more }),
    payOut: (number, amount, more) =>
      send('POST', '/payouts', { number, amount, currency, destination: 'DE89370400440532013000', ...more }),
  };
}
