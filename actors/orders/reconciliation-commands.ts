// Commands of reconciliations. What comparing with others asks of the engine.

import type { Context } from '../../src/domain/context.ts';
import type { DifferenceType } from '../../src/domain/orders/difference.ts';
import type { RequestKey } from '../commands.ts';
import { OrderCommand, type Reply } from './order-commands.ts';

/** What a reconciliation has found. `amount`: channel − ours, minor units; `order` '' where it is about none. */
export type FoundDifference = {
  readonly type: DifferenceType;
  readonly channel: string;
  readonly order: string;
  /** By what the channel names it; '' where it has no name. */
  readonly number: string;
  readonly amount: number;
  readonly currency: string;
  readonly detail: string;
};

/** A channel and we do not say the same: people have to look at it. Its key says which difference it is. */
export class OpenDifference extends OrderCommand {
  readonly found: FoundDifference;

  constructor(context: Context, found: FoundDifference, keyed: RequestKey, reply: Reply) {
    super(context, { kind: 'case', id: '' }, keyed, reply);
    this.found = found;
  }
}

/** What a channel has paid to the bank for a bill; minor units, total = what the bank has + fee. */
export type Settlement = {
  readonly channel: string;
  /** Run of the bill. */
  readonly bill: string;
  readonly currency: string;
  readonly total: number;
  readonly fee: number;
};

export class BookSettlement extends OrderCommand {
  readonly settlement: Settlement;

  constructor(context: Context, settlement: Settlement, keyed: RequestKey, reply: Reply) {
    super(context, { kind: 'case', id: '' }, keyed, reply);
    this.settlement = settlement;
  }
}
