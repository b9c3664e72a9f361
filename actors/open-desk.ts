// Opening a desk: makes the actors of a partition that the others need, in the order in which they need each other.

import { randomBytes } from 'node:crypto';
import { Instruments } from '../src/domain/instruments/instruments.ts';
import { defaultRuleset, type Ruleset } from '../src/domain/orders/ruleset.ts';
import { isShadow } from '../src/domain/shadow.ts';
import type { Journal } from '../src/journal/journal.ts';
import type { StateStore } from '../src/journal/state-store.ts';
import type { Log } from '../src/log/log-line.ts';
import { Accounts } from './accounts.ts';
import { CalendarCell } from './calendar-cell.ts';
import type { Commit } from './commit.ts';
import type { Desk, EngineLimits } from './desk.ts';
import { History } from './history.ts';
import { Names } from './names.ts';
import { DayUses } from './orders/day-uses.ts';
import { Orders } from './orders/orders.ts';
import { NO_CHANNELS, type Outside } from './orders/outside.ts';
import { Rulebook } from './orders/rulebook.ts';
import { Dispatcher } from './runtime/dispatcher.ts';
import { SwitchCell } from './switch-cell.ts';
import { Transfers } from './transfers.ts';
import { Transits } from './transits.ts';

/** What payments are made by. */
export type Payments = {
  readonly rules: Ruleset;
  readonly instruments: Instruments;
  readonly outside: Outside;
};

function plainPayments(): Payments {
  return { rules: defaultRuleset(), instruments: new Instruments(), outside: NO_CHANNELS };
}

/** 80 bits beside the time. */
const ENTROPY_BYTES = 10;

/** Bytes fetched from the system at a time: a call of its own for each id would cost more than the id. */
const POOL_BYTES = 4_000;

/** Ten random bytes at each call; valid until the next. */
function pooledEntropy(): () => Uint8Array {
  let pool = randomBytes(POOL_BYTES);
  let at = 0;
  return () => {
    if (at === POOL_BYTES) {
      pool = randomBytes(POOL_BYTES);
      at = 0;
    }
    at += ENTROPY_BYTES;
    return pool.subarray(at - ENTROPY_BYTES, at);
  };
}

export type DeskOptions = {
  readonly journal: Journal;
  readonly store: StateStore;
  readonly commit: Commit;
  readonly limits: EngineLimits;
  readonly partition: number;
  /** ms after midnight UTC. */
  readonly dayCutMs: number;
  /** Absent: by the default rules, without channels. */
  readonly payments: Payments | undefined;
  readonly log: Log;
};

export function openDesk(options: DeskOptions): Desk {
  const { journal, store, commit, limits, partition, dayCutMs, log, payments = plainPayments() } = options;
  const history = new History(journal, commit);
  const desk: Desk = {
    dispatcher: new Dispatcher(),
    commit,
    history,
    limits,
    shadow: isShadow(partition),
    log,
    names: new Names(history, store.seed() ?? 0),
    transits: new Transits(),
    instruments: payments.instruments,
    outside: payments.outside,
    get orders() {
      return orders;
    },
    get rulebook() {
      return rulebook;
    },
    get dayUses() {
      return dayUses;
    },
    get switches() {
      return switches;
    },
    entropy: pooledEntropy(),
    emit: (fact) => {
      commit.emit(fact);
      desk.names.remember(fact, commit.seq);
    },
    get accounts() {
      return accounts;
    },
    get transfers() {
      return transfers;
    },
    get calendar() {
      return calendar;
    },
  };
  const accounts = new Accounts(desk, store, store.mark()?.ordinal ?? 0);
  const transfers = new Transfers(desk);
  const calendar = new CalendarCell(desk, dayCutMs);
  const orders = new Orders(desk);
  const rulebook = new Rulebook(desk, payments.rules);
  const dayUses = new DayUses(desk);
  const switches = new SwitchCell(desk);
  return desk;
}
