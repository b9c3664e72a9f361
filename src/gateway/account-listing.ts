// Account listing. The accounts of a merchant, as they are now.

import { ListAccounts } from '../../actors/commands.ts';
import type { Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { answerList, contextOf, permitted } from './listing.ts';
import { isRefused, readPage, readQuery } from './query.ts';
import { accountResource } from './resources.ts';

export function listAccounts(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['limit', 'starting_after', 'ending_before']);
  const page = isRefused(query) ? query : readPage(query);
  const caller = permitted(gateway, exchange, page, 'accounts:read');
  if (!caller || isRefused(page)) return;
  const bound = page.after === '' ? 'ending_before' : 'starting_after';
  const command = new ListAccounts(contextOf(exchange, caller), page, (done) =>
    answerList(exchange, done, () => ({ data: done.accounts.map(accountResource), has_more: done.hasMore }), bound),
  );
  exchange.session.submit(command);
}
