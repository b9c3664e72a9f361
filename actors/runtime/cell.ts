// Cell. An actor reduced to what a million of them can afford: a behaviour, a state and a mailbox. Its place in the
// nact tree, its path and its reference are made when somebody asks for them (tree.ts).
//
// C1. One message at a time; the next one only after `receive` returned. C2. `receive` never awaits: what it waits for
// is part of its state. C3. Nobody but the cell changes its state.

import type { Message } from './message.ts';

export abstract class Cell {
  /** Oldest and newest message not yet received; the dispatcher's to change. */
  first: Message | null = null;
  last: Message | null = null;
  /** The cell behind this one in a run queue. */
  behind: Cell | null = null;
  queued = false;

  /** Handles one message. A throw is a bug: it stops the partition. */
  abstract receive(message: Message): void;
}
