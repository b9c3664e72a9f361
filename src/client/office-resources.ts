// Office resources. Events, webhook endpoints, reconciliation and ledger: what only HTTP has.

import type { Caller } from './caller.ts';
import type { CallOptions } from './client-options.ts';
import type {
  Decision,
  Delivery,
  Difference,
  Endpoint,
  EndpointChange,
  NewEndpoint,
  NewSecret,
  RefusalRow,
  Replayed,
  ReplayRequest,
  Report,
  Resolved,
  Run,
  StatementFile,
  Voucher,
} from './office-types.ts';
import { queryText } from './routes.ts';
import type { EventPage, Page, PageQuery } from './transfer-types.ts';

class Resource {
  protected readonly caller: Caller;

  constructor(caller: Caller) {
    this.caller = caller;
  }
}

export class Events extends Resource {
  /** A page after a cursor, the oldest first. */
  list(query: { readonly after?: string; readonly limit?: number; readonly type?: string } = {}): Promise<EventPage> {
    return this.caller.request('GET', `/v1/events${queryText(query)}`);
  }
}

/** Creating, new secrets and replays have no key: where the connection breaks they end with outcome unknown. */
export class Webhooks extends Resource {
  create(endpoint: NewEndpoint): Promise<NewSecret> {
    return this.caller.request('POST', '/v1/webhook_endpoints', endpoint, { once: true });
  }

  list(): Promise<Page<Endpoint>> {
    return this.caller.request('GET', '/v1/webhook_endpoints');
  }

  get(id: string): Promise<Endpoint> {
    return this.caller.request('GET', pathOf(id));
  }

  change(id: string, change: EndpointChange): Promise<Endpoint> {
    return this.caller.request('PATCH', pathOf(id), change);
  }

  /** What is gone already answers webhook_endpoint_not_found. */
  remove(id: string): Promise<{ readonly id: string; readonly deleted: true }> {
    return this.caller.request('DELETE', pathOf(id), undefined, { once: true });
  }

  rotateSecret(id: string): Promise<NewSecret> {
    return this.caller.request('POST', `${pathOf(id)}/rotate_secret`, {}, { once: true });
  }

  deliveries(id: string, query: PageQuery = {}): Promise<Page<Delivery>> {
    return this.caller.request('GET', `${pathOf(id)}/deliveries${queryText(query)}`);
  }

  replay(id: string, request: ReplayRequest): Promise<Replayed> {
    return this.caller.request('POST', `${pathOf(id)}/replay`, request, { once: true });
  }
}

function pathOf(endpoint: string): string {
  return `/v1/webhook_endpoints/${encodeURIComponent(endpoint)}`;
}

/** For keys with the scopes reconciliation:write and ops. */
export class Reconciliation extends Resource {
  /** Brings the bytes of a file; the same file again is the same run. */
  importFile(about: StatementFile, bytes: Uint8Array): Promise<Run> {
    return this.caller.request('POST', `/v1/reconciliation/files${queryText(about)}`, bytes);
  }

  /** Has the server fetch the bill of a day from the channel. */
  fetchBill(about: Pick<StatementFile, 'channel' | 'date'>): Promise<Run> {
    return this.caller.request('POST', '/v1/reconciliation/files', about);
  }

  run(id: string): Promise<Run> {
    return this.caller.request('GET', `/v1/reconciliation/runs/${encodeURIComponent(id)}`);
  }

  differences(
    run: string,
    query: Omit<PageQuery, 'ending_before'> & { readonly kind?: string } = {},
  ): Promise<Page<Difference>> {
    return this.caller.request(
      'GET',
      `/v1/reconciliation/runs/${encodeURIComponent(run)}/differences${queryText(query)}`,
    );
  }

  /** With a decision one key proposes; without one another key agrees. */
  resolve(
    difference: string,
    decision: Decision = {},
    { key = this.caller.names.next() }: Pick<CallOptions, 'key'> = {},
  ): Promise<Resolved> {
    const path = `/v1/reconciliation/differences/${encodeURIComponent(difference)}/resolve`;
    return this.caller.request('POST', path, decision, { key });
  }
}

export class Ledger extends Resource {
  voucher(id: string): Promise<Voucher & { readonly complete_to: number }> {
    return this.caller.request('GET', `/v1/vouchers/${encodeURIComponent(id)}`);
  }

  /** Those of any id under which something is booked. */
  vouchers(order: string, query: PageQuery = {}): Promise<Page<Voucher>> {
    return this.caller.request('GET', `/v1/vouchers${queryText({ order, ...query })}`);
  }

  trialBalance(query: { readonly date?: string } = {}): Promise<Report> {
    return this.caller.request('GET', `/v1/trial_balance${queryText(query)}`);
  }

  general(query: { readonly from?: string; readonly to?: string; readonly subject?: string } = {}): Promise<Report> {
    return this.caller.request('GET', `/v1/general_ledger${queryText(query)}`);
  }

  days(query: PageQuery = {}): Promise<Report> {
    return this.caller.request('GET', `/v1/accounting_days${queryText(query)}`);
  }
}

export class Refusals extends Resource {
  list(): Promise<Page<RefusalRow>> {
    return this.caller.request('GET', '/v1/refusals');
  }
}
