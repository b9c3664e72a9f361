// Partition. The actors of a set of accounts and transfers, with one journal: takes commands, gives the actors their
// turns, and commits what they state.
//
// E1. Work in flight is bounded; what does not fit is refused at once. E2. A fault of an actor stops the partition: what
// is in memory may be wrong then, so everything that waits is told that its outcome is unknown, and the partition is
// made anew from the journal. E3. A fault of the journal stops it for good.

import { numberOf } from '../src/domain/refusals.ts';
import { JournalFault, type Journal } from '../src/journal/journal.ts';
import type { StateStore } from '../src/journal/state-store.ts';
import type { Context } from '../src/domain/context.ts';
import { NO_LOG, type AboutOrder, type Log } from '../src/log/log-line.ts';
import { Command } from './commands.ts';
import { Commit, run, type Durable, type EngineBusy } from './commit.ts';
import type { Desk, EngineLimits } from './desk.ts';
import { ExpiryCell } from './expiry-cell.ts';
import { openDesk, type Payments } from './open-desk.ts';
import { OrderCell } from './orders/order-cell.ts';
import { recover, type RecoveryHooks } from './recovery.ts';
import { Alarm } from './runtime/alarm.ts';
import type { Cell } from './runtime/cell.ts';
import { SessionCell } from './session-cell.ts';
import { Snapshots } from './snapshots.ts';
import { TransitClock } from './transit-clock.ts';
import { Visits } from './visits.ts';

const OVERLOADED = numberOf('overloaded');
const SHUTTING_DOWN = numberOf('shutting_down');
const RECOVERING = numberOf('recovering');
const SHADOW_MISMATCH = numberOf('shadow_mismatch');

/** Messages handled before sockets and the disk get a turn: about two milliseconds, so that the disk writes one batch
 * while the next one is decided. */
const TURN_MESSAGES = 4_096;

export type PartitionOptions = {
  readonly number: number;
  readonly journal: Journal;
  readonly store: StateStore;
  readonly limits: EngineLimits;
  /** When the accounting day ends, ms after midnight UTC. */
  readonly dayCutMs: number;
  /** Absent: by the default rules, without channels. */
  readonly payments?: Payments;
  /** Absent: nobody reads what would be in it. */
  readonly log?: Log;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  /** Monotonic clock, ms. */
  readonly monotonic: () => number;
  /** Absent: nobody counts how long it works. */
  readonly busy?: EngineBusy | undefined;
  readonly hooks: PartitionHooks;
};

export type PartitionHooks = RecoveryHooks & {
  /** A frame is durable; its effects follow. */
  readonly durable: (durable: Durable) => void;
  /** True while somebody looks at the facts of every frame. */
  readonly isFollowed?: () => boolean;
  /** True: new commands are refused for the time being. */
  readonly holdBack?: () => boolean;
  /** The partition has stopped; `fatal` when its storage failed; `about`: in what it was cut short. Called once. */
  readonly stopped: (error: unknown, fatal: boolean, about: CutShort) => void;
};

/** A request, with its order where an order's actor failed in it; null between two requests. */
export type CutShort = AboutOrder | { readonly context: Context } | null;

/**
 * Decides what a fault means, and then has the owner told. `cell`: whose fault it is; null when no cell's. The partition
 * has stopped already.
 */
export type Supervise = (error: unknown, cell: Cell | null, tellOwner: () => void) => void;

type Phase = 'recovering' | 'ready' | 'draining' | 'stopped';

export class Partition {
  readonly desk: Desk;
  readonly snapshots: Snapshots;
  readonly visits: Visits;
  readonly #options: PartitionOptions;
  readonly #expiry: ExpiryCell;
  readonly #transitClock: TransitClock;
  #phase: Phase = 'recovering';
  #inFlight = 0;
  #supervise: Supervise = (_error, _cell, tellOwner) => tellOwner();
  #turnPlanned = false;
  /** For the end of a hold or of the day, and for what goes on its way. */
  readonly #alarm = new Alarm(() => this.#planTurn());

  constructor(options: PartitionOptions) {
    this.#options = options;
    const { journal, store, limits, dayCutMs, now, monotonic, number, payments, log = NO_LOG } = options;
    const mark = store.mark();
    const commit = new Commit({
      journal,
      partition: number,
      now,
      monotonic,
      isFollowed: options.hooks.isFollowed ?? (() => false),
      onDurable: (durable) => this.#durable(durable),
      telling: options.busy?.telling,
      onFault: (error) => this.#stop(error, true),
    });
    const desk = openDesk({ journal, store, commit, limits, partition: number, dayCutMs, payments, log });
    this.desk = desk;
    this.snapshots = new Snapshots(desk, store, mark?.chunks ?? 0);
    this.visits = new Visits(desk, (intake, command) => this.submit(intake, command));
    this.#expiry = new ExpiryCell(desk);
    this.#transitClock = new TransitClock(desk);
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** What happens now belongs to it: YYYY-MM-DD; '' before the first day was opened. */
  get accountingDate(): string {
    return this.desk.calendar.date;
  }

  /** Transfers in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Reads the journal; commands are refused until it is done. @throws JournalDamage, Contradiction */
  async recover(): Promise<void> {
    const { journal, store, hooks } = this.#options;
    let replayed = 0;
    const progress: PartitionHooks['progress'] = (now) => {
      replayed = now.facts;
      hooks.progress(now);
    };
    this.desk.commit.continueFrom(await recover(this.desk, journal, store, { ...hooks, progress }));
    this.#phase = 'ready';
    // Before anybody can submit anything.
    this.desk.calendar.wake(this.#options.now());
    this.desk.orders.resume();
    // What was replayed is not in a snapshot yet: crash after crash the tail would grow without one.
    if (this.snapshots.count(replayed)) this.#takeSnapshot();
    this.#planTurn();
  }

  /** A mailbox for the commands of one connection. */
  openSession(): SessionCell {
    return new SessionCell(this.desk);
  }

  /** From now on faults go to `supervise`: to the tree that the partition is part of. */
  superviseBy(supervise: Supervise): void {
    this.#supervise = supervise;
  }

  /**
   * Hands a command to the mailbox of its session (or of another cell that takes in what is new), or refuses it at
   * once. Its reply is called in either case.
   */
  submit(session: Cell, command: Command): void {
    const refusal = this.#refuse(command);
    if (refusal !== 0) {
      command.verdict = refusal;
      command.release(0);
      return;
    }
    this.#inFlight += command.weight;
    command.onSettled = this.#settled;
    this.desk.dispatcher.admit(session, command);
    this.#planTurn();
  }

  /** Refuses new commands, begins nothing by itself, finishes what it has, takes a snapshot. @throws JournalFault */
  async drain(): Promise<void> {
    this.#phase = 'draining';
    while (this.#inFlight > 0 || this.#turnPlanned) await new Promise((resolve) => setImmediate(resolve));
    await this.desk.commit.durable();
    await this.snapshots.take();
    this.#halt();
  }

  /** Ends at once, with nothing finished: whoever waits is told that the outcome is unknown. */
  stop(error: Error): void {
    this.#stop(error, false);
  }

  /** Stops without a word to anybody: for one that was only looked at. */
  close(): void {
    this.#halt();
  }

  #refuse(command: Command): number {
    if (this.#phase === 'draining') return SHUTTING_DOWN;
    if (this.#phase !== 'ready') return RECOVERING;
    if (command.context.shadow !== this.desk.shadow) return SHADOW_MISMATCH;
    if (this.#options.hooks.holdBack?.()) return OVERLOADED;
    return this.#inFlight + command.weight > this.#options.limits.inFlightMax ? OVERLOADED : 0;
  }

  readonly #settled = (command: Command): void => {
    this.#inFlight -= command.weight;
    command.onSettled = null;
  };

  #planTurn(): void {
    if (this.#turnPlanned || this.#phase === 'stopped') return;
    this.#turnPlanned = true;
    setImmediate(this.#options.busy?.deciding ?? run, this.#turn);
  }

  readonly #turn = (): void => {
    this.#turnPlanned = false;
    if (this.#phase === 'stopped' || this.#phase === 'recovering') return;
    try {
      this.#wakeTimers();
      if (this.desk.dispatcher.run(TURN_MESSAGES)) this.#planTurn();
      this.#makeRoom();
      this.#setAlarm();
    } catch (error) {
      this.#stop(error, false);
      return;
    }
    this.desk.commit.flush();
  };

  #makeRoom(): void {
    const { accounts, orders, transfers, limits } = this.desk;
    transfers.passivate(limits.residentHoldsMax);
    orders.passivate(limits.residentHoldsMax);
    accounts.passivate(limits.residentAccountsMax);
    // Too many in memory, and none of them clean: only a snapshot makes them clean.
    if (accounts.size > limits.residentAccountsMax && accounts.dirtyCount > 0) this.#takeSnapshot();
  }

  #wakeTimers(): void {
    if (this.#phase !== 'ready') return;
    const nowMs = this.#options.now();
    this.desk.calendar.wake(nowMs);
    this.desk.switches.wake(nowMs);
    this.#expiry.wake(nowMs);
    this.#transitClock.wake(nowMs);
    this.desk.orders.wake(nowMs);
  }

  /** At the end of a turn, so that it knows the holds of this turn, too: there may be no other for a long time. */
  #setAlarm(): void {
    if (this.#phase !== 'ready') return;
    const { calendar, orders, switches, transfers, transits } = this.desk;
    const clocks = [transfers, transits, orders, switches];
    const dueMs = Math.min(calendar.nextDueMs, ...clocks.map(({ nextDueMs }) => nextDueMs ?? Infinity));
    this.#alarm.set(dueMs, this.#options.now());
  }

  #durable(durable: Durable): void {
    this.#options.hooks.durable(durable);
    if (this.snapshots.count(durable.frame.count)) this.#takeSnapshot();
  }

  #takeSnapshot(): void {
    this.snapshots.take().catch((error: unknown) => {
      // A partition that stopped meanwhile has said so already.
      if (!(error instanceof JournalFault)) this.#stop(error, true);
    });
  }

  #stop(error: unknown, fatal: boolean): void {
    if (this.#phase === 'stopped') return;
    const about = this.#cutShort();
    this.#halt();
    this.desk.commit.stop();
    this.#abandonUnfinished();
    this.#supervise(error, this.desk.dispatcher.serving, () => this.#options.hooks.stopped(error, fatal, about));
  }

  #cutShort(): CutShort {
    const { current, serving } = this.desk.dispatcher;
    if (!current) return null;
    if (!(serving instanceof OrderCell)) return current;
    const { business, traceId } = serving.origin;
    const { context } = current;
    const own = { ...context, business, traceId: context.traceId || traceId };
    return { context: own, orders: [serving.order] };
  }

  /** What is not among the effects that the commit has told already. */
  #abandonUnfinished(): void {
    for (const message of this.desk.dispatcher.takeUnfinished()) {
      if (message instanceof Command && message.onSettled) message.abandon();
    }
  }

  #halt(): void {
    this.#phase = 'stopped';
    this.#alarm.stop();
  }
}
