// Desk. What every actor of a partition needs to do its work; made once by the partition.

import type { Fact } from '../src/domain/facts.ts';
import type { Instruments } from '../src/domain/instruments/instruments.ts';
import type { Log } from '../src/log/log-line.ts';
import type { Accounts } from './accounts.ts';
import type { CalendarCell } from './calendar-cell.ts';
import type { Commit } from './commit.ts';
import type { History } from './history.ts';
import type { Names } from './names.ts';
import type { DayUses } from './orders/day-uses.ts';
import type { Orders } from './orders/orders.ts';
import type { Outside } from './orders/outside.ts';
import type { Rulebook } from './orders/rulebook.ts';
import type { Dispatcher } from './runtime/dispatcher.ts';
import type { SwitchCell } from './switch-cell.ts';
import type { Transfers } from './transfers.ts';
import type { Transits } from './transits.ts';

/** Limits of the engine; each is an option of the configuration. */
export type EngineLimits = {
  /** Transfers in flight; above it new work is refused. */
  readonly inFlightMax: number;
  /** Account cells kept in memory. */
  readonly residentAccountsMax: number;
  /** Cells of open holds kept in memory. */
  readonly residentHoldsMax: number;
  /** Facts between two snapshots: what a restart replays at most. */
  readonly snapshotFacts: number;
  /** Seconds after which an open hold ends, when the client names no time. */
  readonly holdExpiryDefaultSeconds: number;
  /** A breach of the books stops withdrawals and refunds of its product until people have resolved it; absent is off. */
  readonly breachStopsOutflow?: 'on' | 'off';
};

export type Desk = {
  readonly dispatcher: Dispatcher;
  readonly commit: Commit;
  readonly history: History;
  readonly names: Names;
  readonly accounts: Accounts;
  readonly transfers: Transfers;
  readonly transits: Transits;
  readonly calendar: CalendarCell;
  readonly orders: Orders;
  readonly rulebook: Rulebook;
  readonly dayUses: DayUses;
  readonly switches: SwitchCell;
  readonly instruments: Instruments;
  readonly outside: Outside;
  readonly log: Log;
  readonly limits: EngineLimits;
  /** Whether all of this is stress traffic. */
  readonly shadow: boolean;
  /** Ten random bytes for a server-given id. */
  readonly entropy: () => Uint8Array;
  /** Gathers a fact and remembers the names in it. */
  readonly emit: (fact: Fact) => void;
};
