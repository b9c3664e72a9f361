// Simulator: a provider of payments with its own books, over real HTTP. Puts its parts together.

import { randomInt } from 'node:crypto';
import { DEVELOPMENT_SECRET } from '../simulator-protocol.ts';
import { Callbacks } from './callbacks.ts';
import { ClientDesk } from './client-desk.ts';
import { answerControl, showBooks, type Books } from './control.ts';
import { FaultRules } from './fault-rules.ts';
import type { Rule } from './faults.ts';
import { Outbox } from './outbox.ts';
import { ProviderBooks } from './provider-books.ts';
import type { ProviderOrder } from './provider-order.ts';
import { Provider } from './provider.ts';
import { startSimulatorServer } from './simulator-server.ts';
import { Timers } from './timers.ts';

export type SimulatorOptions = {
  /** Default 127.0.0.1. Another than a loopback address needs a secret of its own. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** What requests and callbacks are signed with; default DEVELOPMENT_SECRET. */
  readonly secret?: string;
  /** Of everything that is left to chance, 0 … 2^32 − 1; default a random one. */
  readonly seed?: number;
  /** Where callbacks go that name no address; default nowhere. */
  readonly callbackUrl?: string;
  /** A file that the books are kept in; default memory alone. */
  readonly dataFile?: string;
  readonly rules?: readonly Rule[];
  /** Real milliseconds for a simulated one; default 1. */
  readonly timeScale?: number;
  /** Fee on payments in 1/100 of a percent; default 30. */
  readonly feeBasisPoints?: number;
  /** What can be paid out beside what was paid in, minor units a currency; default 10^12. */
  readonly fund?: number;
  /** Unix ms, for signatures and for the days of bills; default Date.now. */
  readonly nowMs?: () => number;
};

export type Simulator = {
  readonly url: string;
  readonly port: number;
  readonly seed: number;
  /** Puts these rules in the place of all others. */
  readonly faults: (rules: readonly Rule[]) => void;
  readonly books: () => Books;
  /** Answers what is in flight, for 3 s at most; callbacks that wait are lost. */
  readonly close: () => Promise<void>;
};

/** Seeds are printed, and typed again by people: 32 bits are enough. */
const SEEDS = 2 ** 32;

/** Starts one. Rejects when its address or its file cannot be used. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', secret = DEVELOPMENT_SECRET, seed = randomInt(SEEDS), nowMs = Date.now } = options;
  const timers = new Timers(options.timeScale ?? 1);
  const outbox = new Outbox(secret, timers);
  const books = new ProviderBooks(options.dataFile ?? null);
  const rules = new FaultRules(seed);
  rules.replace(options.rules ?? []);
  const callbacks = new Callbacks({ outbox, timers, callbackUrl: options.callbackUrl ?? '' });
  let url = '';
  const base = (): string => url;
  const provider: Provider = new Provider({
    books,
    seed,
    feeBasisPoints: options.feeBasisPoints ?? 30,
    fund: options.fund ?? 1_000_000_000_000,
    nowMs,
    scaled: (delayMs) => timers.scaled(delayMs),
    stepped: (order: ProviderOrder) => desk.stepped(order),
  });
  const desk = new ClientDesk({ provider, books, rules, timers, callbacks, base, nowMs });
  try {
    const server = await startSimulatorServer(host, options.port ?? 0, {
      secret,
      nowMs,
      client: (route, body) => desk.answer(route, body),
      control: (route, query, body) => answerControl(route, query, body, { provider, books, rules, base }),
    });
    url = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
    const close = async (): Promise<void> => {
      timers.stop();
      outbox.stop();
      await server.close();
      books.close();
    };
    return {
      url,
      port: server.port,
      seed,
      faults: (next) => rules.replace(next),
      books: () => showBooks(books, url),
      close,
    };
  } catch (error) {
    books.close();
    throw error;
  }
}
