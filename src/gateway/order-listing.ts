// Order listing. A trade by the merchant's order number, and the whole tree that an order belongs to.

import { FindTrade, ReadTree } from '../../actors/orders/order-commands.ts';
import { isId } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { contextOf, permitted } from './listing.ts';
import { orderResource } from './order-resources/order-resource.ts';
import { treeResource } from './order-resources/tree-resource.ts';
import type { Refused } from './problem.ts';
import { invalid, isRefused, readQuery } from './query.ts';

const TRADE_NOT_FOUND = 'trade_not_found';

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
  const query = readQuery(exchange.request.query, []);
  const caller = permitted(gateway, exchange, isId(id) ? query : { code: 'id_invalid', param: 'id' }, 'payments:read');
  if (!caller) return;
  const command = new ReadTree(contextOf(exchange, caller), id, ({ verdict, tree }) => {
    if (tree) answerJson(exchange, 200, treeResource(tree, gateway.frameTime));
    else answerProblem(exchange, { code: refusalOf(verdict) });
  });
  exchange.session.submit(command);
}
