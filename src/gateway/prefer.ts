// Prefer. `Prefer: wait=N` (RFC 7240): an answer about an open hold, or an order that is under way, is kept back until that
// has ended, or until the time is over.

import type { Context } from '../domain/context.ts';
import type { EngineSession } from '../../actors/engine.ts';
import type { Done, Open } from './operation.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Seconds that an answer may be held: less than what proxies in between usually allow. */
const WAIT_SECONDS_MAX = 30;

const WAIT = /(?:^|[,;])\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(?:[,;]|$)/i;

/** Milliseconds that the header asks to wait, as far as that is allowed; 0 where it does not ask. */
export function waitMsOf(prefer: string | undefined): number {
  const [, seconds = '0'] = WAIT.exec(prefer ?? '') ?? [];
  return Math.min(Number(seconds), WAIT_SECONDS_MAX) * 1000;
}

/** What waiting needs: who waits, on which session it reads, and how it hears of the end. */
export type Waiter = {
  readonly context: Context;
  readonly session: EngineSession;
  readonly subscriptions: Subscriptions;
};

/** Tells what is open as it is when it has ended, or `waitMs` later; in its first form should it not be readable then. */
export function whenOver(waiter: Waiter, done: Done, open: Open, waitMs: number, tell: (done: Done) => void): void {
  const { context, session, subscriptions } = waiter;
  const read = (told: (done: Done) => void): void => {
    const command = open.again(context, (reply) => {
      told(reply.ok ? { ...done, body: reply.body, open: reply.open } : done);
    });
    session.submit(command);
  };
  const endNow = subscriptions.whenEnded(context.merchant, open.id, waitMs, () => read(tell));
  // It may have ended before anybody waited: within the frame that made it, or long ago when this is a replay.
  read((now) => {
    if (!now.open) endNow();
  });
}
