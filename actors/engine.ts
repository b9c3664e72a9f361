// Engine. Keeps one partition alive: recovers it at start, makes it anew from the journal when an actor failed, and
// tells the process to end when storage failed.
//
// E1. After a fault of an actor nothing of the old partition is used again. E2. A partition that keeps failing is not
// restarted for ever.

import { randomUUID } from 'node:crypto';
import type { Instruments } from '../src/domain/instruments/instruments.ts';
import type { Order } from '../src/domain/orders/order.ts';
import type { Ruleset } from '../src/domain/orders/ruleset.ts';
import { switchesOf, type SwitchName } from '../src/domain/switches.ts';
import type { Command } from './commands.ts';
import type { Durable } from './commit.ts';
import type { FrameFacts } from './frame-facts.ts';
import { Partition, type CutShort, type PartitionOptions } from './partition.ts';
import { growPartition, startTree, stopTree, type Tree } from './runtime/tree.ts';
import type { SessionCell } from './session-cell.ts';

/** Faults within the window after which the process ends: a request that fails again after each restart. */
const FAULTS = { max: 3, windowMs: 60_000 } as const;

export type EngineHooks = {
  readonly progress: PartitionOptions['hooks']['progress'];
  readonly cut: PartitionOptions['hooks']['cut'];
  /** An actor failed; the partition is being made anew. `about`: in what it was cut short. */
  readonly restarting: (error: unknown, about: CutShort) => void;
  /** Storage failed, or actors keep failing: nothing more may be acknowledged. */
  readonly fatal: (error: unknown) => void;
};

export type EngineOptions = Omit<PartitionOptions, 'hooks'> & { readonly hooks: EngineHooks };

/** The commands of one connection, in order. */
export type EngineSession = { readonly submit: (command: Command) => void };

export class Engine {
  /** The nact system: everything in the partition is reachable in it by reference. */
  readonly tree: Tree;
  readonly #options: EngineOptions;
  #partition: Partition;
  #faultsMs: number[] = [];
  readonly #listeners: ((durable: Durable) => void)[] = [];
  /** Those that were adopted since the start. */
  #rules: Ruleset | null = null;
  restarts = 0;
  /** True while somebody who follows the journal is too far behind: new commands are refused then. */
  holdBack: () => boolean = () => false;
  /** True while somebody looks at the facts of every frame. */
  isFollowed: () => boolean = () => false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.tree = startTree(`florin-${randomUUID()}`);
    this.#partition = this.#newPartition();
  }

  get partition(): Partition {
    return this.#partition;
  }

  get phase(): Partition['phase'] {
    return this.#partition.phase;
  }

  /** Something that was asked has not been answered. */
  get isBusy(): boolean {
    return this.#partition.inFlight > 0;
  }

  /** Number of the last durable frame. */
  get position(): number {
    return this.#options.journal.position();
  }

  /** A durable frame's bytes; null when there is none with this number. */
  read(seq: number): Uint8Array | null {
    return this.#options.journal.read(seq);
  }

  /** A durable frame; null when there is none with this number. */
  frame(seq: number): FrameFacts | null {
    return seq > this.position ? null : this.#partition.desk.history.frame(seq);
  }

  /** An order as it is now; null when the merchant has none of this id. */
  order(merchant: string, id: string): Order | null {
    return this.#partition.desk.orders.find(merchant, id)?.order ?? null;
  }

  /** Whose the channel order of this number is; null for nobody's. */
  merchantOf(channelOrder: string): string | null {
    return this.#partition.desk.names.findChannelOrder(channelOrder)?.fact.context.merchant ?? null;
  }

  /** Other rules for what begins from now on. @throws Error for a version that says something else than it did */
  adopt(rules: Ruleset): void {
    this.#partition.desk.rulebook.adopt(rules);
    this.#rules = rules;
  }

  /** What can pay. */
  get instruments(): Instruments {
    return this.#partition.desk.instruments;
  }

  /** Whether operators have turned this off. */
  isSwitchedOff(name: SwitchName): boolean {
    return this.#partition.desk.switches.isSet(name);
  }

  /** Every switch that there is, with its meaning. */
  get switches(): ReadonlyMap<SwitchName, string> {
    const { outside, rulebook } = this.#partition.desk;
    return switchesOf(
      outside.names,
      rulebook.current.products.map(({ code }) => code),
    );
  }

  /** Whose this open case is; null when there is none. */
  merchantOfCase(id: string): string | null {
    return this.#partition.desk.orders.cases.merchantOf(id);
  }

  /** `listener` is told of every frame that becomes durable, before its answers leave. */
  onDurable(listener: (durable: Durable) => void): void {
    this.#listeners.push(listener);
  }

  /** @throws JournalDamage, Contradiction */
  start(): Promise<void> {
    return this.#partition.recover();
  }

  openSession(): EngineSession {
    let partition = this.#partition;
    let cell: SessionCell = partition.openSession();
    return {
      submit: (command) => {
        if (partition !== this.#partition) {
          partition = this.#partition;
          cell = partition.openSession();
        }
        partition.submit(cell, command);
      },
    };
  }

  /** Finishes what has begun and takes a snapshot. @throws JournalFault */
  async stop(): Promise<void> {
    if (this.#partition.phase === 'ready') await this.#partition.drain();
    stopTree(this.tree);
  }

  #newPartition(): Partition {
    const { hooks } = this.#options;
    const stopped: PartitionOptions['hooks']['stopped'] = (...fault) => this.#stopped(...fault);
    const durable = (frame: Durable): void => this.#listeners.forEach((listener) => listener(frame));
    const holdBack = (): boolean => this.holdBack();
    const isFollowed = (): boolean => this.isFollowed();
    const partition = new Partition({
      ...this.#options,
      hooks: { ...hooks, durable, stopped, holdBack, isFollowed },
    });
    if (this.#rules) partition.desk.rulebook.adopt(this.#rules);
    growPartition(this.tree, this.#options.number, partition);
    return partition;
  }

  #stopped(error: unknown, fatal: boolean, about: CutShort): void {
    const nowMs = this.#options.monotonic();
    this.#faultsMs = [...this.#faultsMs.filter((ms) => ms > nowMs - FAULTS.windowMs), nowMs];
    if (fatal || this.#faultsMs.length > FAULTS.max) {
      this.#options.hooks.fatal(error);
      return;
    }
    this.#options.hooks.restarting(error, about);
    this.#restart().catch(this.#options.hooks.fatal);
  }

  async #restart(): Promise<void> {
    // The frame in flight may still become durable; only then is the journal's end known.
    await this.#partition.desk.commit.quiet();
    this.restarts += 1;
    this.#partition = this.#newPartition();
    await this.#partition.recover();
  }
}
