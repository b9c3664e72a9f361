// Opening the reconciler: ties the thread that checks to the engine whose journal it follows, and makes of what it finds an
// alarm, a count and a case.
//
// C1. It asks the engine as any client does, and a few times a second. C2. A breach is over for it when its case is
// durable: until then it is told again. C3. Its end, however it comes, is nothing to the engine.

import { join } from 'node:path';
import { ReadAccount } from '../actors/commands.ts';
import type { Engine, EngineSession } from '../actors/engine.ts';
import { OpenBreach } from '../actors/orders/order-commands.ts';
import type { JournalReader } from '../workers/journal-frames.ts';
import { ReconcilerLane } from '../workers/reconciler-lane.ts';
import type { Context } from './domain/context.ts';
import { ALLOWED } from './domain/refusals.ts';
import { SHARDS } from './ledger/shards.ts';
import type { Log } from './log/log-line.ts';
import { breachKey, type NamedBreach } from './reconciliation/breach-log.ts';
import type { AskedBalance, LiveBalance } from './reconciliation/live-balances.ts';

export type ReconcilerConfig = {
  /** The data folder. */
  readonly data: string;
  readonly books: 'on' | 'off';
  /** Seconds. */
  readonly reconciliationWindowSeconds: number;
};

/** Lines of vouchers that wait for the books: half a minute of what one engine can book of orders, 50 MB. */
const LINES_MAX = 200_000;

/** Starts the thread. `found`: a breach that was not told of before. */
export function openReconciler(
  { data, books, reconciliationWindowSeconds }: ReconcilerConfig,
  engine: Engine,
  journal: JournalReader,
  log: Log,
  found: (breach: NamedBreach) => void,
): ReconcilerLane {
  const session = engine.openSession();
  const lane = new ReconcilerLane(
    journal,
    {
      folder: join(data, 'reconciliation'),
      books: books === 'on' ? join(data, 'books') : null,
      shards: SHARDS,
      windowMs: reconciliationWindowSeconds * 1_000,
      linesMax: LINES_MAX,
    },
    {
      found: (named) => {
        alarm(log, named);
        found(named);
      },
      act: (named) => openCase(session, named),
      balance: (asked) => balanceOf(session, asked),
      crashed: (error) => log.process('reconciler_crashed', { error }),
      stopped: (reason) => log.process('reconciler_stopped', { reason }),
    },
  );
  engine.onDurable(({ frame, hasOrders }) => lane.nudge(frame.seq, hasOrders));
  lane.start();
  return lane;
}

/** What it is about in amounts is in its case: the log has none. */
function alarm(log: Log, { id, breach: { invariant, merchant, business, order, account } }: NamedBreach): void {
  const more = { reason: invariant, order, account, breach: id };
  if (merchant === '') log.process('books_late', more);
  else log.request('breach_found', { ...contextOf(merchant, breachKey(id)), version: 2, business }, more);
}

/** True when the case is durable, by this or an earlier report; what is about no merchant has none. */
function openCase(session: EngineSession, { id, breach }: NamedBreach): Promise<boolean> {
  const { merchant, business, order, amount, currency, detail, invariant } = breach;
  if (merchant === '') return Promise.resolve(true);
  const found = { order, amount, currency, business, detail: `${invariant}: ${detail}` };
  return new Promise((resolve) => {
    const keyed = { key: breachKey(id), fingerprint: '' };
    const reply = ({ verdict }: OpenBreach): void => resolve(verdict === ALLOWED);
    session.submit(new OpenBreach(contextOf(merchant, keyed.key), found, keyed, reply as never));
  });
}

/** null where the engine does not say, or says it of several accounts together: those that have sub-accounts, or may. */
function balanceOf(session: EngineSession, { merchant, account }: AskedBalance): Promise<LiveBalance | null> {
  return new Promise((resolve) => {
    const context = contextOf(merchant, `balance:${account}`);
    const reply = ({ verdict, account: read, position }: ReadAccount): void => {
      const isPlain = verdict === ALLOWED && read !== null && read.crediting === null;
      resolve(isPlain ? { merchant, account, version: read.version, available: read.available, position } : null);
    };
    session.submit(new ReadAccount(context, account, reply));
  });
}

function contextOf(merchant: string, requestId: string): Context {
  return {
    version: 1,
    merchant,
    origin: 'timer',
    requestId,
    traceId: '',
    shadow: false,
    by: '',
    business: null,
  };
}
