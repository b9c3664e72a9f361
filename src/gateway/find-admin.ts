// Find administration: an account or an order by its id, for whoever looks after the machine: its state and version, what was
// booked on it last, and everything that belongs to it.

import { ReadAccount, type Page } from '../../actors/commands.ts';
import { ReadTree } from '../../actors/orders/order-commands.ts';
import type { AccountView } from '../domain/accounts.ts';
import type { Context } from '../domain/context.ts';
import { isId } from '../domain/ids.ts';
import { entryResource, type EntryResource } from './entry-resource.ts';
import { answerJson, answerProblem, faultContext, type Exchange } from './exchange.ts';
import { authorise, type Gateway } from './gateway.ts';
import { treeResource, type TreeResource } from './order-resources/tree-resource.ts';
import { isRefused, readQuery } from './query.ts';
import { makeContext, traceIdOf } from './request-context.ts';
import { accountResource, type AccountResource } from './resources.ts';

export const FIND_PATH = '/admin/find';

/** Payments, refunds and entries of one answer: what a person looks at. */
const SHOWN_MAX = 20;

const FIRST: Page = { limit: SHOWN_MAX, after: '', before: '' };

export type FoundResource = {
  readonly id: string;
  readonly merchant: string;
  readonly account: AccountResource | null;
  /** Of the account, newest first, as far as the books are; null where they do not say. */
  readonly entries: readonly EntryResource[] | null;
  readonly order: { readonly kind: string; readonly status: string; readonly version: number } | null;
  readonly tree: TreeResource | null;
};

/** Answers `/admin/find?id=&merchant=`; without a merchant it is the operator's own. */
export function findActor(gateway: Gateway, exchange: Exchange): void {
  const { request, requestId } = exchange;
  if (request.method !== 'GET') return answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', 'GET']]);
  const query = readQuery(request.query, ['id', 'merchant']);
  if (isRefused(query)) return answerProblem(exchange, query);
  const id = query.get('id') ?? '';
  if (!isId(id)) return answerProblem(exchange, { code: 'id_invalid', param: 'id' });
  const caller = authorise(gateway, exchange.caller, 'ops');
  if ('code' in caller) return answerProblem(exchange, caller);
  const merchant = query.get('merchant') || caller.merchant;
  const traceId = traceIdOf(request.header('traceparent'));
  const context = makeContext({ ...caller, merchant }, 'operator', requestId, traceId);
  find(gateway, exchange, context, id).then(
    (found) => tell(exchange, found),
    (error: unknown) => {
      gateway.log.request('request_failed', faultContext(exchange), { error, action: 'find' });
      answerProblem(exchange, { code: 'internal_error' });
    },
  );
}

function tell(exchange: Exchange, found: FoundResource): void {
  const { id, merchant, account, order } = found;
  if (account || order) answerJson(exchange, 200, found);
  else answerProblem(exchange, { code: 'order_not_found', detail: `${merchant} has no account or order ${id}.` });
}

async function find(gateway: Gateway, exchange: Exchange, context: Context, id: string): Promise<FoundResource> {
  const { merchant } = context;
  const { session } = exchange;
  const { account } = await new Promise<ReadAccount>((resolve) =>
    session.submit(new ReadAccount(context, id, resolve)),
  );
  const { tree } = await new Promise<ReadTree>((resolve) => session.submit(new ReadTree(context, id, FIRST, resolve)));
  const order = gateway.engine.order(merchant, id);
  return {
    id,
    merchant,
    account: account && accountResource(account),
    entries: account && (await lastEntries(gateway, account)),
    order: order && { kind: order.kind, status: order.status, version: order.version },
    tree: tree && treeResource(tree, gateway.frameTime),
  };
}

/** Of one that is spread over others, only what is booked on itself: its statement is at the API. */
async function lastEntries({ books }: Gateway, { merchant, id }: AccountView): Promise<EntryResource[] | null> {
  if (!books) return null;
  const range = { before: 0, after: 0, limit: SHOWN_MAX, newestFirst: true, type: '', places: null } as const;
  const asked = { merchant, account: id, ...range, fromMs: 0, toMs: Infinity };
  const statement = await books.ask('statement', asked).catch(() => null);
  return statement && statement.entries.map(entryResource);
}
