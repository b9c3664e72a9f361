// Grown tree. A partition in a nact tree, anew for each test of the file that calls `growForEachTest`.

import { query } from 'nact';
import type { Supervision } from 'nact/lib/actor.js';
import type { ActorReference } from 'nact/lib/references.js';
import { afterEach, beforeEach, vi } from 'vitest';
import {
  accountReference,
  growPartition,
  startTree,
  stopTree,
  transferReference,
  type Tree,
} from '../../actors/runtime/tree.ts';
import { contextOf, Engine, memoryDisk, MERCHANT, type EngineOptions } from './engine.ts';

/** Longer than any answer takes; only a query that nobody answers waits for it. */
export const LONG_MS = 20_000;

let trees = 0;
export let tree: Tree;
export let engine: Engine;
export let trunk: ActorReference;

/** alice-like accounts user:1 and user:2, and one transfer between them. */
export function growForEachTest(): void {
  beforeEach(async () => {
    trees += 1;
    tree = startTree(`tree-${trees}`);
    await grow({});
    await engine.open({ id: 'user:1', creditLimit: 1_000 });
    await engine.open({ id: 'user:2' });
    await engine.transfer({ id: 'order:1', debit: 'user:1', credit: 'user:2', amount: 70 });
  });
  afterEach(() => {
    engine.crash();
    stopTree(tree);
    vi.restoreAllMocks();
  });
}

export async function grow(options: EngineOptions, disk = memoryDisk(), supervision?: Supervision): Promise<void> {
  engine = await Engine.start(disk, options);
  trunk = growPartition(tree, 0, engine.partition, supervision);
}

export function account(id: string, merchant = MERCHANT): ActorReference {
  return accountReference(tree, 0, merchant, id);
}

export function transfer(id: string): ActorReference {
  return transferReference(tree, 0, MERCHANT, id);
}

/** The reference above, or as many above as `levels` says. */
export function above(reference: ActorReference, levels = 1): ActorReference {
  const { parent } = reference;
  if (parent.type === 'system') throw new Error('there is no actor above');
  return levels === 1 ? parent : above(parent, levels - 1);
}

export async function inspect(reference: object): Promise<object> {
  const answer: unknown = await query(reference, () => ({ type: 'inspect', context: contextOf() }), LONG_MS);
  if (typeof answer !== 'object' || answer === null) throw new Error('that is no answer');
  return answer;
}
