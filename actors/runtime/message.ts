// Message. What actors send each other. A message lies in one mailbox at a time and is its own list node, so that
// sending allocates nothing.

import type { Context } from '../../src/domain/context.ts';

export abstract class Message {
  /** The message behind this one in a mailbox; the dispatcher's to change. */
  next: Message | null = null;
  /** For whom and why; a message without it does not compile. */
  readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }
}
