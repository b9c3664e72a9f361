// Outside. What orders need of the channels, and what the channels tell them. Called only after what justifies the call is
// durable; answers come as commands.

import type { Context } from '../../src/domain/context.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import type { PrepaidToken } from '../../src/domain/orders/external-voucher.ts';
import type { ChannelHealth } from '../../src/domain/orders/routing.ts';
import { NO_KEY } from '../commands.ts';
import type { Effect } from '../commit.ts';
import { OrderCommand } from './order-commands.ts';

/** What a channel said, in classes: only a definite answer is a success or a failure. */
export type ReportClass = 'succeeded' | 'failed' | 'closed' | 'accepted' | 'requires_action' | 'unknown' | 'unsent';

export type Report = {
  readonly class: ReportClass;
  /** '' where the channel named none. */
  readonly channelTradeNo: string;
  /** Minor units and currency that the channel says have moved; null where it did not say. */
  readonly amount: number | null;
  readonly currency: string | null;
  readonly failure: string;
  readonly actionUrl: string;
  /** A query found nothing under this number. */
  readonly notFound: boolean;
  /** Of `failed`: it had succeeded, and the money came back later. Without it a failure after a success is a contradiction. */
  readonly returned?: boolean;
  /** What a prepaid order is paid with; absent where none was given. */
  readonly token?: PrepaidToken;
};

export type Asked = 'begin' | 'call' | 'query' | 'close' | 'callback';

/** A channel's side of the engine. Every call is answered by one `ChannelReported`, sooner or later, or never. */
export type Outside = {
  /** The channels that there are. */
  readonly names: readonly string[];
  /** How they do, by name. */
  readonly health: () => Readonly<Record<string, ChannelHealth>>;
  /** True for a channel where the payer pays with a token: a payment asks it by way of a voucher. */
  readonly isPrepaid: (channel: string) => boolean;
  /** May it be sent? Answered by `accepted` for yes or `unsent`. */
  readonly begin: (order: ChannelOrder, context: Context) => void;
  /** Asks for what it is, or for the token by which it is prepaid. Once for an order. */
  readonly call: (order: ChannelOrder, context: Context) => void;
  readonly query: (order: ChannelOrder, context: Context) => void;
  readonly close: (order: ChannelOrder, context: Context) => void;
};

/** A partition without channels: whatever asks one is refused before it begins. */
export const NO_CHANNELS: Outside = {
  names: [],
  health: () => ({}),
  isPrepaid: () => false,
  begin: unreachable,
  call: unreachable,
  query: unreachable,
  close: unreachable,
};

function unreachable({ channel }: ChannelOrder): never {
  throw new Error(`there is no channel ${channel}`);
}

/** A channel has answered, or called. */
export class ChannelReported extends OrderCommand {
  readonly asked: Asked;
  readonly report: Report;

  constructor(
    context: Context,
    channelOrder: string,
    { asked, report }: { readonly asked: Asked; readonly report: Report },
    reply: (command: OrderCommand) => void,
  ) {
    super(context, { kind: 'channel_order', id: channelOrder }, NO_KEY, reply);
    this.asked = asked;
    this.report = report;
  }
}

/** A verified callback, as it came. Journalled before anything follows from it. */
export class CallbackArrived extends OrderCommand {
  readonly channel: string;
  readonly raw: Uint8Array;
  readonly report: Report;

  constructor(
    context: Context,
    channelOrder: string,
    { channel, raw, report }: { readonly channel: string; readonly raw: Uint8Array; readonly report: Report },
    reply: (command: OrderCommand) => void,
  ) {
    super(context, { kind: 'channel_order', id: channelOrder }, NO_KEY, reply);
    this.channel = channel;
    this.raw = raw;
    this.report = report;
  }
}

/** A call that waits until it may be made. */
export class Call implements Effect {
  readonly #make: () => void;

  constructor(make: () => void) {
    this.#make = make;
  }

  release(): void {
    this.#make();
  }

  /** The partition has stopped: what was recorded is found again at the next start. */
  abandon(): void {}
}
