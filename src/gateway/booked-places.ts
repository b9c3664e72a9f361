// Booked places. What an id has to do with the books: the places in the journal of all facts that were booked under it, found
// by the index of names, by the order itself, or by the time that is in an id, and never by a scan.
//
// B1. An id is looked for as that of a transfer first: clients may give those any name. B2. What belongs to a trade are its
// own vouchers and those of its payments and refunds: a top-up has no others. B3. A case is the operators' business, what it
// booked is in its merchant's books.

import { ReadTransfer, type Command } from '../../actors/commands.ts';
import { ReadOrder, ReadTree, type OrderTree, type ShownOrder } from '../../actors/orders/order-commands.ts';
import type { Context } from '../domain/context.ts';
import { FACT_KIND } from '../domain/facts.ts';
import { timeOfId, type FactPosition } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import type { Exchange } from './exchange.ts';
import { frameBefore } from './feed.ts';
import type { Gateway } from './gateway.ts';
import { keyedRequest } from './idempotency.ts';
import type { Refused } from './problem.ts';
import { stepsTo } from './transfer-steps.ts';

/** Ids of what the server named: not found, they are no transfers. */
const OF_SERVER = /^(trd|pay|chn|rfd|wdr|cas|sum)_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

const NOT_FOUND = 'transfer_not_found';

/** In the order of the journal; why there are none to know of. */
export async function bookedPlaces(
  gateway: Gateway,
  exchange: Exchange,
  context: Context,
  id: string,
): Promise<readonly FactPosition[] | Refused> {
  const read = await submit<ReadTransfer>(exchange, (told) => new ReadTransfer(context, id, told));
  if (read.transfer) {
    const { transfer } = read;
    return transfer.fact.transfer === id ? stepsTo(gateway, transfer) : [transfer];
  }
  const refused = refusalOf(read.verdict);
  if (refused !== NOT_FOUND || !OF_SERVER.test(id)) return { code: refused };
  if (id.startsWith('sum_')) return sumPlace(gateway, context, id);
  return id.startsWith('cas_') ? casePlaces(exchange, context, id) : orderPlaces(exchange, context, id);
}

/** True when there is nothing of that name, and not only nothing that can be read now. */
export function isNotFound({ code }: Refused): boolean {
  return code === NOT_FOUND || code === 'order_not_found';
}

/** Payments and refunds of a trade that are read in one turn of the engine. */
const TREE_PAGE = 100;

async function orderPlaces(
  exchange: Exchange,
  context: Context,
  id: string,
): Promise<readonly FactPosition[] | Refused> {
  const found: ShownOrder[] = [];
  for (let after = '', hasMore = true; hasMore;) {
    const page = { after, before: '', limit: TREE_PAGE };
    const { verdict, tree } = await submit<ReadTree>(exchange, (told) => new ReadTree(context, id, page, told));
    if (verdict !== ALLOWED || !tree) return { code: refusalOf(verdict) };
    found.push(...belonging(tree, id).filter(({ order }) => after === '' || order !== tree.root.order));
    after = (tree.refunds.at(-1) ?? tree.payments.at(-1) ?? tree.root).order.id;
    hasMore = tree.hasMore;
  }
  return placesOf(found);
}

/** The order and all below it: only a trade has some. */
function belonging({ root, payments, refunds, channelOrders }: OrderTree, id: string): readonly ShownOrder[] {
  const all = [root, ...payments, ...refunds];
  return id === root.order.id ? all : [...all, ...channelOrders].filter(({ order }) => order.id === id);
}

async function casePlaces(
  exchange: Exchange,
  context: Context,
  id: string,
): Promise<readonly FactPosition[] | Refused> {
  const about = { kind: 'case', id } as const;
  const { verdict, shown } = await submit(
    exchange,
    (told: (command: ReadOrder) => void) => new ReadOrder(context, about, keyedRequest('', '', {}), told as never),
  );
  if (verdict === ALLOWED && shown) return placesOf([shown]);
  return { code: refusalOf(verdict) === 'case_not_found' ? 'order_not_found' : refusalOf(verdict) };
}

/** What a trade settled at once is known to it and to its payment. */
function placesOf(orders: readonly ShownOrder[]): FactPosition[] {
  const places = new Map<string, FactPosition>();
  for (const { order } of orders) for (const place of order.vouchers) places.set(`${place.seq}.${place.index}`, place);
  return [...places.values()].toSorted((one, other) => one.seq - other.seq || one.index - other.index);
}

/** A sum has the time of its frame in its id: among the frames of that millisecond it is looked for. */
function sumPlace(
  { engine, frameTime }: Gateway,
  { merchant }: Context,
  id: string,
): readonly FactPosition[] | Refused {
  const timeMs = timeOfId(id);
  for (let seq = frameBefore(frameTime, engine.position, timeMs) + 1; seq <= engine.position; seq++) {
    const frame = engine.frame(seq);
    if (frame?.timeMs !== timeMs) break;
    const index = frame.facts.findIndex(
      (fact) => fact.kind === FACT_KIND.creditsApplied && fact.id === id && fact.context.merchant === merchant,
    );
    if (index >= 0) return [{ seq, index }];
  }
  return { code: 'order_not_found' };
}

function submit<C extends Command>({ session }: Exchange, make: (told: (command: C) => void) => C): Promise<C> {
  return new Promise((resolve) => session.submit(make(resolve)));
}
