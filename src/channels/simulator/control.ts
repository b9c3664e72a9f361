// Control surface of the simulator: for tests and for people, unsigned, answered on loopback only.
//
//   GET  /                 what this is
//   GET  /books            → Books: all orders, and totals per currency
//   GET  /faults           the rules in force, with how often each applied
//   POST /faults           {"rules": [...]} (faults.ts) in the place of all others
//   POST /settle/{number}  ?outcome=succeeded|failed&reason=…   ends an open order; brings late money to a failed or closed
//                          payment
//   GET  /act/{number}     the page on which a customer confirms or refuses;  POST: the same query as settle
//   POST /pay/{token}      the payer of a prepaid payment pays with its token, as long as that is good;  ?outcome=failed: declines
//   POST /return/{number}  ?reason=…   the bank sends a payout back

import type { Answer } from '../simulator-protocol.ts';
import { actionPage, homePage } from './pages.ts';
import { readRules, RuleMistake } from './fault-reading.ts';
import type { FaultRules } from './fault-rules.ts';
import type { BooksTotals, ProviderBooks } from './provider-books.ts';
import { answerOf, type ProviderOrder } from './provider-order.ts';
import type { Decided, Provider } from './provider.ts';
import { failure, json, type Reply } from './reply.ts';
import type { ControlRoute } from './routes.ts';

/** An order as the books have it: what moved, what was asked for, and the provider's fee. */
export type BookedOrder = Answer & {
  readonly asked: number;
  readonly asked_currency: string;
  readonly fee: number;
  readonly original: string;
  readonly destination: string;
};

export type Books = {
  readonly payments: readonly BookedOrder[];
  readonly refunds: readonly BookedOrder[];
  readonly payouts: readonly BookedOrder[];
  readonly totals: BooksTotals;
};

export type ControlParts = {
  readonly provider: Provider;
  readonly books: ProviderBooks;
  readonly rules: FaultRules;
  readonly base: () => string;
};

const REASON_LENGTH_MAX = 200;

/** Everything that is booked. */
export function showBooks(books: ProviderBooks, base: string): Books {
  const booked = (order: ProviderOrder): BookedOrder => ({
    ...answerOf(order, base),
    asked: order.amount,
    asked_currency: order.currency,
    fee: order.fee,
    original: order.original,
    destination: order.destination,
  });
  return {
    payments: books.ordersOf('pay').map(booked),
    refunds: books.ordersOf('refund').map(booked),
    payouts: books.ordersOf('payout').map(booked),
    totals: books.totals(),
  };
}

/** Answers a request of the control surface. */
export function answerControl(route: ControlRoute, query: URLSearchParams, body: Buffer, parts: ControlParts): Reply {
  const { provider, books, rules, base } = parts;
  switch (route.to) {
    case 'home':
      return homePage(base(), books.size);
    case 'books':
      return json(showBooks(books, base()));
    case 'show_faults':
      return json({ rules: rules.list() });
    case 'set_faults':
      return setFaults(rules, body);
    case 'pay':
      return pay(route.token, query, parts);
    case 'settle':
      return settle(route.number, query, parts);
    case 'act':
      return act(route.number, query, parts);
    case 'show_action': {
      const order = provider.current(route.number);
      return order ? actionPage(order) : failure('not_found', `There is no ${route.number}.`);
    }
    case 'return':
      return show(provider.returned(route.number, reasonOf(query, 'account_closed')), base());
  }
}

function setFaults(rules: FaultRules, body: Buffer): Reply {
  try {
    const read = readRules(JSON.parse(body.toString()));
    rules.replace(read);
    return json({ rules: read.length });
  } catch (error) {
    if (error instanceof RuleMistake) return failure('invalid_request', error.message);
    if (error instanceof SyntaxError) return failure('invalid_request', 'The body is not JSON.');
    throw error;
  }
}

/** A customer only acts on what waits for it; saying the same twice is no mistake. */
function act(number: string, query: URLSearchParams, parts: ControlParts): Reply {
  const status = parts.provider.current(number)?.status;
  const waits =
    status === undefined || status === 'requires_action' || status === (query.get('outcome') ?? 'succeeded');
  return waits ? settle(number, query, parts) : failure('wrong_status', `${number} is ${status}: nobody has to act.`);
}

function pay(token: string, query: URLSearchParams, parts: ControlParts): Reply {
  const number = parts.books.numberOfToken(token);
  return number === undefined ? failure('not_found', `Nobody pays with ${token}.`) : act(number, query, parts);
}

function settle(number: string, query: URLSearchParams, { provider, base }: ControlParts): Reply {
  const outcome = query.get('outcome') ?? 'succeeded';
  if (outcome !== 'succeeded' && outcome !== 'failed') {
    return failure('invalid_request', 'outcome is succeeded or failed.');
  }
  return show(provider.settle(number, outcome, reasonOf(query, 'declined')), base());
}

function reasonOf(query: URLSearchParams, otherwise: string): string {
  return (query.get('reason') ?? otherwise).slice(0, REASON_LENGTH_MAX);
}

function show(decided: Decided, base: string): Reply {
  if ('refused' in decided) return failure(decided.refused, decided.detail);
  return json(answerOf(decided.order, base));
}
