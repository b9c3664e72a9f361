// Money resources. Accounts and transfers: the methods of a client that make, read and change them.

import type { Caller } from './caller.ts';
import type { Tuple } from './batcher.ts';
import type { CallOptions } from './client-options.ts';
import { queryText, type OperationName } from './routes.ts';
import type {
  Account,
  AccountChange,
  Balance,
  BatchAnswer,
  Metadata,
  NewAccount,
  NewTransfer,
  Page,
  PageQuery,
  SingleTransfer,
  Statement,
  StatementQuery,
  Transfer,
  Amount,
} from './transfer-types.ts';

/** How a tuple says what it is. */
const KIND = { post: 0, hold: 1, capture: 2, void: 3 } as const;

export class Accounts {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  create(account: NewAccount, options: CallOptions = {}): Promise<Account> {
    return this.#caller.operation('accounts.create', account, options, true);
  }

  get(id: string): Promise<Account> {
    return this.#caller.operation('accounts.get', { id }, {}, false);
  }

  /** Freezes, closes, or gives another credit limit or other notes. */
  change(id: string, change: AccountChange, options: CallOptions = {}): Promise<Account> {
    return this.#caller.operation('accounts.change', { id, ...change }, options, true);
  }

  list(query: PageQuery = {}): Promise<Page<Account>> {
    return this.#caller.request('GET', `/v1/accounts${queryText(query)}`);
  }

  /** The statement: a page of entries, with the opening and the closing balance. */
  entries(id: string, query: StatementQuery = {}): Promise<Statement> {
    return this.#caller.request('GET', `/v1/accounts/${encodeURIComponent(id)}/entries${queryText(query)}`);
  }

  /** `at`: RFC 3339; now where nothing is said. */
  balance(id: string, at?: string): Promise<Balance> {
    return this.#caller.request('GET', `/v1/accounts/${encodeURIComponent(id)}/balance${queryText({ at })}`);
  }
}

export class Transfers {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** A transfer by itself, with notes and a currency; for many, `client.transfer()` is faster. */
  create(transfer: NewTransfer, options: CallOptions = {}): Promise<Transfer> {
    const id = transfer.id ?? this.#caller.names.next();
    return this.#caller.operation('transfers.create', { ...transfer, id }, options, true);
  }

  get(id: string): Promise<Transfer> {
    return this.#caller.operation('transfers.get', { id }, {}, false);
  }

  /** All that remains of the hold where no amount is said. */
  capture(id: string, { amount, ...options }: CallOptions & { readonly amount?: Amount } = {}): Promise<Transfer> {
    return this.#settle('transfers.capture', id, amount, options);
  }

  void(id: string, { amount, ...options }: CallOptions & { readonly amount?: Amount } = {}): Promise<Transfer> {
    return this.#settle('transfers.void', id, amount, options);
  }

  /** `reason`, `metadata`: kept with the reversal. */
  reverse(
    id: string,
    { reason, metadata, ...options }: CallOptions & { readonly reason?: string; readonly metadata?: Metadata } = {},
  ): Promise<Transfer> {
    const notes = { ...(reason === undefined ? {} : { reason }), ...(metadata === undefined ? {} : { metadata }) };
    return this.#caller.operation('transfers.reverse', { id, ...notes }, options, true);
  }

  /** Transfers in one frame, in this order; `atomic`: all or none. Results are numbers, as `GET /v1/refusals` lists them. */
  batch(
    transfers: readonly SingleTransfer[],
    { atomic = false }: { readonly atomic?: boolean } = {},
  ): Promise<BatchAnswer> {
    return this.#caller.batch(
      transfers.map((transfer) => tupleOf(transfer, () => this.#caller.names.next())),
      atomic,
    );
  }

  #settle(op: OperationName, id: string, amount: Amount | undefined, options: CallOptions): Promise<Transfer> {
    return this.#caller.operation(op, { id, ...(amount === undefined ? {} : { amount }) }, options, true);
  }
}

/** `name`: gives an id to a transfer that has none. */
export function tupleOf(transfer: SingleTransfer, name: () => string): Tuple {
  const { id = name() } = transfer;
  if ('capture' in transfer) return [id, null, null, transfer.amount ?? null, KIND.capture, transfer.capture];
  if ('void' in transfer) return [id, null, null, transfer.amount ?? null, KIND.void, transfer.void];
  const { debit_account: debit, credit_account: credit, amount, hold = false, expires_in: expiresIn } = transfer;
  if (expiresIn !== undefined) return [id, debit, credit, amount, hold ? KIND.hold : KIND.post, null, expiresIn];
  return hold ? [id, debit, credit, amount, KIND.hold] : [id, debit, credit, amount];
}
