// Checks. Asks everything that has to be known before a payment begins, all at the same time.
//
// P1. It takes as long as the slowest check, and never longer than the longest time that one of them has. P2. What comes
// later is ignored. P3. What follows from the answers is decided in the domain (checks.ts there).

import { randomBytes } from 'node:crypto';
import {
  judgeChecks,
  type Check,
  type CheckHeard,
  type CheckSaid,
  type NeededChecks,
} from '../domain/orders/checks.ts';
import type { Refused } from '../domain/orders/order-base.ts';
import type { ChannelClock } from './channel-clock.ts';
import type { CheckEndpoint, CheckQuestion } from './check-endpoint.ts';

/** On whose behalf: the merchant, and the trace of the request ('' for none). */
export type CheckCaller = { readonly merchant: string; readonly traceId: string };

export class Checks {
  readonly endpoints: readonly CheckEndpoint[];
  readonly #clock: Pick<ChannelClock, 'after'>;

  constructor(endpoints: readonly CheckEndpoint[], clock: Pick<ChannelClock, 'after'>) {
    this.endpoints = endpoints;
    this.#clock = clock;
  }

  /** What they said, or why the payment does not begin. Never rejects. */
  ask = async ({ checks, about }: NeededChecks, caller: CheckCaller): Promise<readonly CheckSaid[] | Refused> => {
    const { merchant, traceId } = caller;
    const traceparent = traceId === '' ? '' : `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
    const question = { merchant, traceparent, about };
    const asked = await Promise.all(checks.map((check) => this.#heard(check, question)));
    const heard = new Map<string, CheckHeard>();
    for (const [place, { name }] of checks.entries()) {
      const answer = asked[place];
      if (answer) heard.set(name, answer);
    }
    return judgeChecks(checks, heard);
  };

  async stop(): Promise<void> {
    await Promise.all(this.endpoints.map((endpoint) => endpoint.stop()));
  }

  /** A check of older rules may have no endpoint any more: then it does not answer. */
  async #heard({ name, timeoutMs }: Check, question: CheckQuestion): Promise<CheckHeard | null> {
    const endpoint = this.endpoints.find((one) => one.name === name);
    if (!endpoint) return null;
    const abort = new AbortController();
    const cancelTimer = this.#clock.after(timeoutMs, () => abort.abort());
    const heard = await endpoint.ask(question, abort.signal);
    cancelTimer();
    return heard;
  }
}
