// Provider: the channels of an engine under test. It keeps what it was asked, and answers when and what the test says.

import type { Context } from '../../../../src/domain/context.ts';
import type { ChannelOrder } from '../../../../src/domain/orders/channel-order.ts';
import {
  ChannelReported,
  type Asked,
  type Outside,
  type Report,
  type ReportClass,
} from '../../../../actors/orders/outside.ts';
import type { Engine } from '../../../support/engine.ts';

export type Call = { readonly asked: Asked; readonly order: ChannelOrder; readonly context: Context };

export const REPORT: Report = {
  class: 'succeeded',
  channelTradeNo: '',
  amount: null,
  currency: null,
  failure: '',
  actionUrl: '',
  notFound: false,
};

/** Whom a provider answers. */
export type Served = Pick<Engine, 'ask'>;

export class Provider implements Outside {
  readonly names = ['simulator'];
  /** Calls that were not answered, the oldest first; `begin` is let through unless `closed`. */
  readonly calls: Call[] = [];
  /** True: nothing leaves. */
  closed = false;
  /** True: the payer pays there with a token. */
  prepaid = false;
  #engine: Served | null = null;

  /** Whom it answers. */
  serve(engine: Served): void {
    this.#engine = engine;
    this.calls.length = 0;
  }

  health = () => ({});
  isPrepaid = () => this.prepaid;
  begin = (order: ChannelOrder, context: Context): void => {
    const report = { ...REPORT, class: this.closed ? 'unsent' : 'accepted' } as const;
    void this.answer({ asked: 'begin', order, context }, report);
  };
  call = (order: ChannelOrder, context: Context): void => void this.calls.push({ asked: 'call', order, context });
  query = (order: ChannelOrder, context: Context): void => void this.calls.push({ asked: 'query', order, context });
  close = (order: ChannelOrder, context: Context): void => void this.calls.push({ asked: 'close', order, context });

  /** Answers a call; resolves when that is durable. */
  answer({ asked, order, context }: Call, report: Partial<Report>): Promise<unknown> {
    const engine = this.#engine;
    if (!engine) throw new Error('nobody is served');
    const said = { asked, report: { ...REPORT, ...report } };
    return engine.ask((reply) => new ChannelReported(context, order.id, said, reply as never));
  }

  /** Answers the next call, which must be this one; gives what it was about. */
  async says(asked: Asked, said: ReportClass | Partial<Report>): Promise<ChannelOrder> {
    const call = await this.next();
    if (call.asked !== asked) throw new Error(`the channel was asked to ${call.asked} and not to ${asked}`);
    await this.answer(call, typeof said === 'string' ? { class: said } : said);
    return call.order;
  }

  /** Nothing more is asked for the time being. */
  async isIdle(): Promise<boolean> {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    return this.calls.length === 0;
  }

  /** The next call, once it has come. */
  async next(): Promise<Call> {
    for (let turn = 0; turn < 1_000; turn++) {
      const call = this.calls.shift();
      if (call) return call;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error('the channel was not asked');
  }
}
