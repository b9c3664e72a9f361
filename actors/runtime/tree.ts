// Tree. Makes the cells of a partition members of a nact tree: nact's `dispatch`, `query` and `stop` find them by
// reference, and nact's supervision decides about their faults. The only file that knows nact from the inside: nact is
// pinned to 7.6.2, and test/actors/tree.test.ts says when another version differs.
//
//   system → partition-<number> → accounts | transfers → <merchant> → <id>
//
// N1. Down to `accounts` and `transfers` these are nact actors. Below, nodes, paths and references are made when
// somebody asks and kept by nobody: a cell costs nothing here. N2. A message to a cell is a visit (visits.ts), a message
// to anything else here a dead letter. N3. Supervision hears of a fault without the message, which nact would print.

import { Actor, type ActorOptions, type Supervision } from 'nact/lib/actor.js';
import { dispatch, stop } from 'nact/lib/functions.js';
import { ActorPath } from 'nact/lib/paths.js';
import { ActorReference, TemporaryReference, type ActorSystemReference } from 'nact/lib/references.js';
import { start, type ActorSystem } from 'nact/lib/system.js';
import { find } from 'nact/lib/system-map.js';
import type { Partition } from '../partition.ts';
import type { Place, Visits } from '../visits.ts';

export type Tree = ActorSystemReference;

const ESCALATE: Supervision = (_message, _error, context) => context.escalate;
const STOP: Supervision = (_message, _error, context) => context.stop;

/** Starts a nact system. @throws Error when one of this name is running: nact would quietly replace it. */
export function startTree(name: string): Tree {
  if (find(name)) throw new Error(`an actor system named ${name} is running already`);
  return start({ name });
}

/** Stops every partition in the tree, and the tree. */
export function stopTree(tree: Tree): void {
  stop(tree);
}

/**
 * Makes a partition part of the tree, until it stops. Stopping the reference stops the partition.
 * @param supervision of the two branches: hears first which cell failed, and why
 * @throws Error when the tree has stopped or has a partition of this number
 */
export function growPartition(
  tree: Tree,
  number: number,
  partition: Partition,
  supervision: Supervision = ESCALATE,
): ActorReference {
  const system = find(tree.name);
  if (!system) throw new Error(`the actor system named ${tree.name} has stopped`);
  const { visits } = partition;
  let tellOwner = (): void => partition.stop(new Error('the partition was stopped through its reference'));
  const trunk = growActor(system, trunkName(number), visits, { onCrash: STOP, afterStop: () => tellOwner() });
  // To stop what is below a system nact looks it up by actor instead of by reference, and finds nothing without this.
  Object.assign(trunk, { type: 'actor' });
  const branches = {
    accounts: growBranch(trunk, 'accounts', visits, supervision),
    transfers: growBranch(trunk, 'transfers', visits, supervision),
  };
  partition.superviseBy((error, cell, tell) => {
    if (trunk.stopped) {
      tell();
      return;
    }
    tellOwner = tell;
    const place = cell && visits.placeOf(cell);
    const branch = place && branches[place.branch];
    if (!branch || branch.stopped) void trunk.handleFault(undefined, undefined, error);
    else void branch.handleFault(undefined, undefined, error, cellReference(tree, number, place));
  });
  return trunk.reference;
}

/** The account's place in the tree, whether it is there or not. */
export function accountReference(tree: Tree, partition: number, merchant: string, id: string): ActorReference {
  return cellReference(tree, partition, { branch: 'accounts', merchant, id });
}

/** The transfer's place in the tree, whether it is there or not. */
export function transferReference(tree: Tree, partition: number, merchant: string, id: string): ActorReference {
  return cellReference(tree, partition, { branch: 'transfers', merchant, id });
}

function growActor(parent: Actor | ActorSystem, name: string, visits: Visits, options: ActorOptions): Actor {
  const countDeadLetter = (): void => {
    visits.deadLetters += 1;
  };
  return new Actor(parent, name, parent.system, countDeadLetter, options);
}

function growBranch(trunk: Actor, name: Place['branch'], visits: Visits, onCrash: Supervision): Actor {
  // A partition that has lost a branch cannot go on.
  const afterStop = (): void => {
    if (!trunk.stopped) trunk.stop();
  };
  const branch = growActor(trunk, name, visits, { onCrash, afterStop });
  branch.children = new Cells((merchant) => new MerchantNode(branch, merchant, name, visits));
  return branch;
}

/** What nact takes for a map of children: finds those asked for, lists none (nobody walks a million), takes in none. */
class Cells<Child> extends Map<string, Child> {
  readonly #find: (name: string) => Child | undefined;

  constructor(findChild: (name: string) => Child | undefined) {
    super();
    this.#find = findChild;
  }

  override get(name: string): Child | undefined {
    return this.#find(name);
  }

  /** nact asks before it spawns. */
  override has(): never {
    throw new Error('only a partition makes what is below it');
  }
}

const NO_CELLS = new Cells<never>(() => undefined);

/** What nact's functions expect of an actor. */
abstract class Node {
  readonly system: ActorSystem;
  abstract readonly children: Cells<unknown>;

  constructor(system: ActorSystem) {
    this.system = system;
  }

  abstract dispatch(message: unknown, sender?: object): void;

  /** Rejects when nobody answers within `timeoutMs`. */
  query(message: unknown, timeoutMs: number): Promise<unknown> {
    return Actor.prototype.query.call(this, message, timeoutMs);
  }

  assertNotStopped(): boolean {
    return true;
  }
}

class MerchantNode extends Node {
  readonly children: Cells<CellNode>;
  readonly #visits: Visits;

  constructor(branch: Actor, merchant: string, name: Place['branch'], visits: Visits) {
    super(branch.system);
    this.#visits = visits;
    const parts = [...branch.path.parts, merchant];
    this.children = new Cells((id) => {
      const place: Place = { branch: name, merchant, id };
      return visits.has(place) ? new CellNode(branch.system, parts, place, visits) : undefined;
    });
  }

  dispatch(): void {
    this.#visits.deadLetters += 1;
  }
}

class CellNode extends Node {
  readonly children = NO_CELLS;
  readonly #parentParts: readonly string[];
  readonly #place: Place;
  readonly #visits: Visits;

  constructor(system: ActorSystem, parentParts: readonly string[], place: Place, visits: Visits) {
    super(system);
    this.#parentParts = parentParts;
    this.#place = place;
    this.#visits = visits;
  }

  dispatch(message: unknown, sender?: object): void {
    this.#visits.begin(this.#place, message, (answer) => {
      if (canHear(sender)) dispatch(sender, answer, this.#reference());
    });
  }

  stop(): void {
    this.#visits.stop(this.#place);
  }

  #reference(): ActorReference {
    return referenceTo(this.system.reference, [...this.#parentParts, this.#place.id]);
  }
}

/** Anything else would make nact throw where answers are given out. */
function canHear(sender: unknown): sender is ActorReference | TemporaryReference {
  return sender instanceof ActorReference || sender instanceof TemporaryReference;
}

function cellReference(tree: Tree, partition: number, { branch, merchant, id }: Place): ActorReference {
  return referenceTo(tree, [trunkName(partition), branch, merchant, id]);
}

/** nact makes such references only for names it allows; ids of accounts have a colon. */
function referenceTo(tree: Tree, parts: readonly string[]): ActorReference {
  const above = parts.slice(0, -1);
  const parent = above.length === 0 ? tree : referenceTo(tree, above);
  return new ActorReference(tree.name, parent, new ActorPath(parts, tree.name), parts.at(-1) ?? '');
}

function trunkName(partition: number): string {
  return `partition-${partition}`;
}
