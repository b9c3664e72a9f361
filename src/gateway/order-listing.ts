// Order listing. A trade by the merchant's order number, and the whole tree that an order belongs to.

import type { Page } from '../../actors/commands.ts';
import { FindTrade, ReadTree } from '../../actors/orders/order-commands.ts';
import { isId } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { contextOf, permitted } from './listing.ts';
import { orderResource } from './order-resources/order-resource.ts';
import { treeResource } from './order-resources/tree-resource.ts';
import type { Refused } from './problem.ts';
import { invalid, isRefused, readPage, readQuery } from './query.ts';

const TRADE_NOT_FOUND = 'trade_not_found';

/** Payments and refunds of one tree: more than a trade has that somebody looks at, and a document of some 100 kB. */
const TREE_ORDERS_MAX = 100;

/** One trade or none: an order number is one trade for ever. */
export function listTrades(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['out_trade_no']);
  const outTradeNo = isRefused(query) ? '' : (query.get('out_trade_no') ?? '');
  const wrong = invalid('out_trade_no', 'Trades are looked up by out_trade_no, 1-64 characters of A-Z a-z 0-9 _ . : -');
  const asked: object | Refused = isRefused(query) ? query : isId(outTradeNo) ? {} : wrong;
  const caller = permitted(gateway, exchange, asked, 'payments:read');
  if (!caller) return;
  const command = new FindTrade(contextOf(exchange, caller), outTradeNo, ({ verdict, shown }) => {
    const code = verdict === ALLOWED ? null : refusalOf(verdict);
    if (code !== null && code !== TRADE_NOT_FOUND) return answerProblem(exchange, { code });
    const data = shown ? [orderResource(shown, gateway.frameTime)] : [];
    answerJson(exchange, 200, { data, has_more: false });
  });
  exchange.session.submit(command);
}

export function readOrderTree(gateway: Gateway, exchange: Exchange): void {
  const { id = '' } = exchange;
  const page = isId(id) ? readTreePage(exchange) : ({ code: 'id_invalid', param: 'id' } as const);
  const caller = permitted(gateway, exchange, page, 'payments:read');
  if (!caller || isRefused(page)) return;
  const bound = page.after === '' ? 'ending_before' : 'starting_after';
  const command = new ReadTree(contextOf(exchange, caller), id, page, ({ verdict, tree }) => {
    if (tree) return answerJson(exchange, 200, treeResource(tree, gateway.frameTime));
    const code = refusalOf(verdict);
    answerProblem(exchange, code === 'query_invalid' ? { code, param: bound } : { code });
  });
  exchange.session.submit(command);
}

/** A whole page where the query does not say how much: hardly a trade has more. */
function readTreePage({ request }: Exchange): Page | Refused {
  const query = readQuery(request.query, ['limit', 'starting_after', 'ending_before']);
  if (isRefused(query)) return query;
  return readPage(
    query.has('limit') ? query : new Map([...query, ['limit', String(TREE_ORDERS_MAX)]]),
    TREE_ORDERS_MAX,
  );
}
