// Prefer. `Prefer: wait=N` (RFC 7240): an answer about an open hold is kept back until the hold has ended, or until the
// time is over.

import type { Context } from '../domain/context.ts';
import type { EngineSession } from '../../actors/engine.ts';
import { readTransfer, type Done } from './operations.ts';
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

/** Tells the transfer as it is when it has ended, or `waitMs` later; in its first form should it not be readable then. */
export function whenOver(waiter: Waiter, done: Done, waitMs: number, tell: (done: Done) => void): void {
  const { context, session, subscriptions } = waiter;
  const read = (told: (done: Done) => void): void => {
    const command = readTransfer(done.id, context, (reply) => {
      told(reply.ok ? { ...done, body: reply.body, open: reply.open } : done);
    });
    session.submit(command);
  };
  const endNow = subscriptions.whenEnded(context.merchant, done.id, waitMs, () => read(tell));
  // It may have ended before anybody waited: within the frame that made it, or long ago when this is a replay.
  read((now) => {
    if (!now.open) endNow();
  });
}
