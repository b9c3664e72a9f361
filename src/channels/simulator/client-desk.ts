// Client desk. Answers what clients ask for, between the faults that rules have for it.

import { isAmount } from '../../domain/money.ts';
import { parseObject } from '../simulator-answers.ts';
import type { CheckAnswer } from '../simulator-protocol.ts';
import { answerOf, isOpen, type ProviderOrder } from './provider-order.ts';
import { billOf } from './bills.ts';
import type { Callbacks } from './callbacks.ts';
import { withFaults } from './connection-faults.ts';
import type { FaultRules, Subject } from './fault-rules.ts';
import { findFault, type Fault } from './faults.ts';
import type { ProviderBooks } from './provider-books.ts';
import type { Decided, Provider } from './provider.ts';
import { failure, json, type Reply } from './reply.ts';
import { isMistake, isNumber, readFields, readOrder } from './request-reading.ts';
import type { ClientRoute } from './routes.ts';
import type { Timers } from './timers.ts';

export type ClientDeskParts = {
  readonly provider: Provider;
  readonly books: ProviderBooks;
  readonly rules: FaultRules;
  readonly timers: Timers;
  readonly callbacks: Callbacks;
  /** URL of this simulator. */
  readonly base: () => string;
  readonly nowMs: () => number;
};

type NumberedRoute = Extract<ClientRoute, { readonly number: string }>;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export class ClientDesk {
  private readonly parts: ClientDeskParts;
  /** What rules said of orders when they were first seen: it holds for all their steps. */
  private readonly scripts = new Map<string, readonly Fault[]>();

  constructor(parts: ClientDeskParts) {
    this.parts = parts;
  }

  /** What happens of itself after a step of an order, and who is told of it. */
  stepped(order: ProviderOrder): void {
    const { timers, provider, callbacks } = this.parts;
    const faults = this.scripts.get(order.number) ?? [];
    callbacks.tell(order, faults);
    const settleAfterMs = findFault(faults, 'accept')?.settle_after_ms;
    if (order.status === 'accepted' && settleAfterMs !== undefined) {
      timers.after(settleAfterMs, () => {
        const current = provider.current(order.number);
        if (current && isOpen(current)) provider.settle(order.number, 'succeeded', '');
      });
    }
    const comesBack = findFault(faults, 'return');
    if (order.status === 'succeeded' && order.verb === 'payout' && comesBack) {
      timers.after(comesBack.after_ms, () => provider.returned(order.number, comesBack.reason ?? 'account_closed'));
    }
  }

  /** Answers a request whose signature is right. */
  answer(route: ClientRoute, body: Buffer): Promise<Reply> {
    switch (route.to) {
      case 'open':
        return this.open(route.verb, body);
      case 'prepay':
        return this.open('prepay', body);
      case 'query':
        return this.numbered(route, 0, () => this.query(route));
      case 'close':
        return this.close(route, body);
      case 'capture':
        return this.capture(route, body);
      case 'bill':
        return this.bill(route.date);
      case 'check':
        return this.check(route.name, body);
    }
  }

  private async open(verb: ProviderOrder['verb'] | 'prepay', body: Buffer): Promise<Reply> {
    const request = readOrder(verb, body);
    if (isMistake(request)) return failure('invalid_request', request.mistake);
    const { provider, books, timers } = this.parts;
    const { number, amount } = request;
    const { faults, draw } = this.parts.rules.ofRequest({ verb, number, amount });
    return withFaults(faults, draw, timers, () => {
      const isFirst = (books.get(number)?.amount ?? 0) === 0;
      if (isFirst && faults.length > 0 && !books.full) this.scripts.set(number, faults);
      const decided = provider.open(request, faults, verb === 'prepay');
      return verb === 'prepay' ? this.prepaid(decided) : this.show(decided);
    });
  }

  private query({ verb, number }: NumberedRoute & { to: 'query' | 'close' }): Reply {
    const order = this.parts.provider.current(number);
    if (order?.verb !== verb || order.visibleAtMs > this.parts.nowMs()) {
      return failure('not_found', `There is no ${number}.`);
    }
    return this.show({ order, isNew: false });
  }

  private async close(route: NumberedRoute & { to: 'query' | 'close' }, body: Buffer): Promise<Reply> {
    const read = readFields('close', body);
    if (isMistake(read)) return failure('invalid_request', read.mistake);
    return this.numbered(route, 0, () => this.show(this.parts.provider.close(route.verb, route.number)));
  }

  private async capture(route: NumberedRoute, body: Buffer): Promise<Reply> {
    const read = readFields('capture', body);
    if (isMistake(read)) return failure('invalid_request', read.mistake);
    const amount = typeof read['amount'] === 'number' ? read['amount'] : undefined;
    return this.numbered(route, amount ?? 0, () => this.show(this.parts.provider.capture(route.number, amount)));
  }

  private async bill(date: string): Promise<Reply> {
    if (!DATE.test(date) || Number.isNaN(Date.parse(date))) {
      return failure('invalid_request', 'A bill is asked for by its day, like 2026-11-24.');
    }
    const { books, rules } = this.parts;
    const subject: Subject = { verb: 'bill', number: date, amount: 0 };
    return this.faulty(subject, () => {
      return { status: 200, type: 'text/csv; charset=utf-8', body: billOf(books.movementsOn(date), rules) };
    });
  }

  /** Lets pass what no rule refuses. */
  private async check(name: string, body: Buffer): Promise<Reply> {
    const amount = amountIn(body);
    if (amount === null) return failure('invalid_request', 'A check is about an amount in minor units.');
    const { faults, draw } = this.parts.rules.ofRequest({ verb: 'check', number: name, amount });
    const refused = findFault(faults, 'refuse');
    const answer: CheckAnswer = { answer: refused ? 'refuse' : 'pass', reference: refused?.reason ?? `sim_${name}` };
    return withFaults(faults, draw, this.parts.timers, () => json(answer));
  }

  private async numbered({ to, number }: NumberedRoute, amount: number, work: () => Reply): Promise<Reply> {
    if (!isNumber(number)) return failure('invalid_request', 'The number in the path is none.');
    return this.faulty({ verb: to, number, amount }, work);
  }

  private faulty(subject: Subject, work: () => Reply): Promise<Reply> {
    const { faults, draw } = this.parts.rules.ofRequest(subject);
    return withFaults(faults, draw, this.parts.timers, work);
  }

  /** There is no token for what can no longer be paid. */
  private prepaid(decided: Decided): Reply {
    if ('refused' in decided) return this.show(decided);
    const { number, token, expiresAtMs, status } = decided.order;
    if (status === 'closed' || status === 'failed') return this.show(decided);
    if (token === '') return failure('number_reused', `${number} was not prepaid.`);
    return json({ number, token, expires_at: expiresAtMs });
  }

  private show(decided: Decided): Reply {
    if ('refused' in decided) return failure(decided.refused, decided.detail);
    return json(answerOf(decided.order, this.parts.base()));
  }
}

function amountIn(body: Buffer): number | null {
  const { amount } = parseObject(body.toString());
  return isAmount(amount) ? amount : null;
}
