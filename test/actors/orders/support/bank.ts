// Bank: a provider with books of its own. What it was asked for it does or refuses once for each number; what it says of
// that may be late, lost, doubled or wrong, as its faults will have it. Its time is that of the engine's clock.
//
// B1. A number that comes a second time as a call is written down: the engine must never do that. B2. What it does to
// money is in its books at once, whatever it says.

import {
  CallbackArrived,
  ChannelReported,
  type Asked,
  type Outside,
  type Report,
} from '../../../../actors/orders/outside.ts';
import type { Context } from '../../../../src/domain/context.ts';
import { isPrepaid, type ChannelOrder } from '../../../../src/domain/orders/channel-order.ts';
import { contextOf, type Engine } from '../../../support/engine.ts';
import type { Chance } from './chance.ts';
import { REPORT } from './provider.ts';

/** pending: it has it and will decide. done, refused: it has decided. closed: it will never do it. returned: done, and back. */
export type Booked = {
  readonly order: ChannelOrder;
  state: 'pending' | 'done' | 'refused' | 'closed' | 'returned';
  /** What it moved, minor units: less or more than asked, sometimes. */
  moved: number;
  currency: string;
  calls: number;
};

/** In so many of a thousand calls. */
export type Faults = {
  readonly unsent: number;
  readonly refused: number;
  readonly pending: number;
  /** The reply to something that it has done is lost. */
  readonly lost: number;
  /** The call itself is lost: it never hears of it. */
  readonly notFound: number;
  /** It says no, and has done it; it tells so later. */
  readonly contradicted: number;
  readonly amounts: number;
  readonly doubled: number;
  readonly returned: number;
  /** A payment is made by the payer, with a token. */
  readonly prepaid: number;
  /** Longest time until something is said, ms. */
  readonly delayMs: number;
};

export const NO_FAULTS: Faults = {
  unsent: 0,
  refused: 0,
  pending: 0,
  lost: 0,
  notFound: 0,
  contradicted: 0,
  amounts: 0,
  doubled: 0,
  returned: 0,
  prepaid: 0,
  delayMs: 0,
};

type Said = ChannelReported | CallbackArrived;

type Later = { readonly atMs: number; readonly say: () => void };

/** How long an order is invisible to its queries, ms: as the default rules have it. */
const VISIBILITY_MS = 60_000;

/** How long a token of it is good, ms: some payers take longer. */
const TOKEN_MS = 300_000;

export class Bank implements Outside {
  readonly names = ['simulator'];
  readonly books = new Map<string, Booked>();
  faults: Faults;
  /** What it has said, once each: by its own call, or as the answer to one of ours. */
  readonly said: ((reply: () => void) => Said)[] = [];
  /** What was asked, for tests that look at it. */
  readonly asked: { readonly what: Asked; readonly number: string }[] = [];
  /** False: whether somebody has paid it decides when it is told to. */
  decidesByItself = true;
  readonly #chance: Chance;
  #engine: Engine | null = null;
  #later: Later[] = [];

  constructor(chance: Chance, faults: Faults = NO_FAULTS) {
    this.#chance = chance;
    this.faults = faults;
  }

  /** Whom it answers from now on; what it was about to answer to an earlier life is lost, callbacks are not. */
  serve(engine: Engine): void {
    this.#engine = engine;
  }

  health = () => ({});
  isPrepaid = () => this.#hits('prepaid');

  begin = (order: ChannelOrder, context: Context): void => {
    this.#report('begin', order, context, { class: this.#hits('unsent') ? 'unsent' : 'accepted' });
  };

  call = (order: ChannelOrder, context: Context): void => {
    this.asked.push({ what: 'call', number: order.id });
    const known = this.books.get(order.id);
    if (known) {
      known.calls += 1;
      return;
    }
    if (this.#hits('notFound')) return;
    if (isPrepaid(order)) return this.#prepay(order, context);
    const state = this.#hits('refused') ? 'refused' : this.#hits('pending') ? 'pending' : 'done';
    const booked: Booked = { order, state, moved: order.amount, currency: order.currency, calls: 1 };
    if (order.verb === 'pay' && this.#hits('amounts')) this.#mistake(booked);
    this.books.set(order.id, booked);
    if (state === 'pending' && (this.decidesByItself || order.verb !== 'pay'))
      this.#soon(() => this.#decide(booked), 20);
    if (state === 'done' && this.#hits('contradicted')) return this.#contradict(booked, context);
    if (!this.#hits('lost')) this.#soon(() => this.#report('call', order, context, sayOf(booked)));
    this.#maybeReturn(booked);
    if (this.#hits('doubled')) this.#callBack(booked, 3);
  };

  /** Whether its payer pays it in time is not for the bank to say. */
  #prepay(order: ChannelOrder, context: Context): void {
    const state = this.#hits('refused') ? 'refused' : 'pending';
    const booked: Booked = { order, state, moved: order.amount, currency: order.currency, calls: 1 };
    if (this.#hits('amounts')) this.#mistake(booked);
    this.books.set(order.id, booked);
    if (this.#hits('doubled')) this.#callBack(booked, 3);
    if (this.#hits('lost')) return;
    const token = { token: `token of ${order.id}`, expiresAtMs: this.#nowMs + TOKEN_MS };
    const said = state === 'pending' ? ({ class: 'requires_action', token } as const) : sayOf(booked);
    this.#soon(() => this.#report('call', order, context, said));
    if (state === 'pending' && this.decidesByItself) this.#soon(() => this.#decide(booked), 20);
  }

  query = (order: ChannelOrder, context: Context): void => {
    this.asked.push({ what: 'query', number: order.id });
    this.#answer('query', order, context);
  };

  close = (order: ChannelOrder, context: Context): void => {
    this.asked.push({ what: 'close', number: order.id });
    const booked = this.books.get(order.id);
    if (booked?.state === 'pending') booked.state = 'closed';
    if (!booked) {
      this.books.set(order.id, { order, state: 'closed', moved: 0, currency: order.currency, calls: 0 });
      this.#soon(() => this.#report('close', order, context, { class: 'closed', notFound: true }));
      return;
    }
    this.#answer('close', order, context);
  };

  /** Decides what `payment` asked it for, and says so: what it has decided before it only says again. */
  settle(payment: string, state: 'done' | 'refused' | 'closed'): void {
    for (const booked of this.books.values()) {
      if (booked.order.parent !== payment) continue;
      // A bank that has refused or closed something may do it all the same.
      if (booked.state === 'pending' || (state === 'done' && booked.state !== 'done')) booked.state = state;
      this.#callBack(booked, 1);
    }
  }

  /** Says what is due by the engine's clock; true when there was anything. */
  advance(nowMs: number): boolean {
    const due = this.#later.filter(({ atMs }) => atMs <= nowMs);
    this.#later = this.#later.filter(({ atMs }) => atMs > nowMs);
    for (const { say } of due) say();
    return due.length > 0;
  }

  get waiting(): number {
    return this.#later.length;
  }

  #answer(asked: Asked, order: ChannelOrder, context: Context): void {
    const booked = this.books.get(order.id);
    const isNew = order.sentAtMs + VISIBILITY_MS > this.#nowMs;
    if (this.#hits('lost')) return;
    if (!booked || (isNew && this.#hits('lost'))) {
      return this.#soon(() => this.#report(asked, order, context, { class: 'unknown', notFound: true }));
    }
    this.#soon(() => this.#report(asked, order, context, sayOf(booked)));
  }

  #decide(booked: Booked): void {
    if (booked.state !== 'pending') return;
    booked.state = this.#hits('refused') ? 'refused' : 'done';
    if (!this.#hits('lost')) this.#callBack(booked, this.#hits('doubled') ? 3 : 1);
    this.#maybeReturn(booked);
  }

  /** First no, then after all yes. */
  #contradict(booked: Booked, context: Context): void {
    this.#report('call', booked.order, context, { class: 'failed', failure: 'declined' });
    this.#soon(() => this.#callBack(booked, 1), 50);
  }

  #mistake(booked: Booked): void {
    const sort = this.#chance.below(3);
    if (sort === 0) booked.moved += 1 + this.#chance.below(50);
    else if (sort === 1) booked.moved = 1 + this.#chance.below(booked.moved);
    else booked.currency = 'USD';
  }

  #maybeReturn(booked: Booked): void {
    if (booked.order.verb === 'pay' || booked.state !== 'done' || !this.#hits('returned')) return;
    this.#soon(() => {
      this.#callBack(booked, 1);
      booked.state = 'returned';
      this.#callBack(booked, 2);
    }, 100);
  }

  #callBack(booked: Booked, times: number): void {
    for (let time = 0; time < times; time++) {
      this.#soon(() => {
        const content = { channel: 'simulator', raw: Uint8Array.of(time), report: { ...REPORT, ...sayOf(booked) } };
        this.#submit((reply) => new CallbackArrived(contextOf(), booked.order.id, content, reply));
      });
    }
  }

  #report(asked: Asked, order: ChannelOrder, context: Context, said: Partial<Report>): void {
    const content = { asked, report: { ...REPORT, ...said } };
    this.#submit((reply) => new ChannelReported(context, order.id, content, reply));
  }

  #submit(make: (reply: () => void) => Said): void {
    this.said.push(make);
    void this.#engine?.ask((reply) => make(reply as () => void));
  }

  /** All that it has ever said it says again; resolves when all of that is taken in. */
  async repeat(): Promise<void> {
    const engine = this.#engine;
    if (!engine) throw new Error('nobody is served');
    await Promise.all(this.said.map((make) => engine.ask((reply) => make(reply as () => void))));
  }

  /** Some time from now, at most `times` the usual delay. */
  #soon(say: () => void, times = 1): void {
    const delayMs = this.faults.delayMs * times;
    if (delayMs === 0) say();
    else this.#later.push({ atMs: this.#nowMs + this.#chance.below(delayMs), say });
  }

  #hits(fault: Exclude<keyof Faults, 'delayMs'>): boolean {
    return this.faults[fault] > 0 && this.#chance.in1000(this.faults[fault]);
  }

  get #nowMs(): number {
    return this.#engine?.nowMs ?? 0;
  }
}

function sayOf({ state, moved, currency }: Booked): Partial<Report> {
  switch (state) {
    case 'pending':
      return { class: 'accepted' };
    case 'done':
      return { class: 'succeeded', amount: moved, currency };
    case 'refused':
      return { class: 'failed', failure: 'declined' };
    case 'closed':
      return { class: 'closed' };
    case 'returned':
      return { class: 'failed', failure: 'returned', returned: true };
  }
}
