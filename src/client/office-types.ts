// Office types. Webhook endpoints, reconciliation and ledger as they go over the wire.

import type { Page } from './transfer-types.ts';

export type NewEndpoint = {
  readonly url: string;
  readonly description?: string;
  /** '*', a type such as transfer.posted, or a prefix such as transfer.*; all where nothing is said. */
  readonly events?: readonly string[];
};

export type EndpointChange = Partial<NewEndpoint> & { readonly status?: 'enabled' | 'disabled' };

export type Endpoint = {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly status: 'enabled' | 'disabled';
  readonly disabled_because: string | null;
  readonly previous_secret_until: string | null;
  readonly created_at: string;
  readonly updated_at: string;
};

/** The secret is told when it is new, and then never again. */
export type NewSecret = Endpoint & { readonly secret: string };

export type Delivery = {
  readonly id: string;
  readonly event: string;
  readonly type: string;
  readonly replay: boolean;
  readonly status: string;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly last_attempt: {
    readonly at: string;
    readonly took_ms: number;
    readonly http_status: number | null;
    readonly error: string | null;
  } | null;
  readonly created_at: string;
};

/** One event, or those of a time. */
export type ReplayRequest = { readonly event: string } | { readonly from: string; readonly to?: string };

export type Replayed = {
  readonly endpoint: string;
  readonly delivery?: Delivery;
  readonly from?: string;
  readonly to?: string;
};

export type StatementFile = {
  readonly channel: string;
  /** The day that it is about, like 2026-01-31. */
  readonly date: string;
  readonly kind?: 'channel_bill' | 'bank_statement';
  readonly format?: 'csv' | 'camt053' | 'mt940' | 'bai2';
};

export type Run = {
  readonly id: string;
  readonly object: 'reconciliation_run';
  readonly kind: string;
  readonly status: 'processing' | 'succeeded' | 'failed';
  readonly channel: string;
  readonly date: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly lines_read: number;
  readonly lines: number;
  readonly orders: number;
  readonly matched: number;
  readonly waiting: number;
  readonly differences: number;
  readonly cases: number;
  readonly by_kind: Readonly<Record<string, number>>;
  readonly totals: readonly object[];
  readonly settled: readonly { readonly run: string; readonly currency: string }[];
  readonly warnings: readonly string[];
  readonly failure: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
};

export type Difference = {
  readonly id: string;
  readonly object: 'reconciliation_difference';
  readonly run: string;
  readonly kind: string;
  readonly also: readonly string[];
  readonly channel: string;
  readonly date: string;
  readonly key: string;
  readonly lines: readonly unknown[];
  readonly orders: readonly unknown[];
  readonly order: string | null;
  readonly merchant: string;
  readonly deltas: readonly unknown[];
  readonly amount: number;
  readonly currency: string;
  readonly case: string | null;
};

export type Decision =
  | { readonly decision?: 'book' | 'late_success' | 'failed' | 'found' | 'write_off' }
  | { readonly decision: 'ignore'; readonly reason: string };

export type Resolved = Difference & { readonly resolution: Readonly<Record<string, unknown>> };

export type Voucher = {
  readonly id: string;
  readonly event: string;
  readonly order: string;
  readonly segment: number | string;
  readonly key: string;
  readonly accounting_date: string;
  readonly created_at: string;
  readonly currency: string;
  readonly legs: readonly {
    readonly account: string;
    readonly subject: string;
    readonly name: string;
    readonly side: 'debit' | 'credit';
    readonly amount: number;
  }[];
  readonly reverses: string | null;
};

/** A report of the books: complete up to a frame of the journal. */
export type Report = Page<Readonly<Record<string, unknown>>> &
  Readonly<Record<string, unknown>> & { readonly complete_to: number };

export type RefusalRow = {
  readonly code: string;
  readonly number: number;
  readonly status: number;
  readonly meaning: string;
  readonly retryable: boolean;
  readonly outcome: 'none' | 'unknown';
};
