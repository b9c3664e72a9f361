// Faults: what can be made to go wrong, as rules in JSON: {"rules": [{"match": {…}, "do": [{"fault": "…", …}, …]}, …]}.
//
// F1. A rule applies when all of its match does; all rules that apply do so together, in their order.
// F2. Without a verb a rule is about pay, refund and payout.
// F3. What becomes of an order (amount, refuse, accept, its callbacks …) is settled when its number is first seen; what
//     happens to a connection (latency, reset, error …) is settled at each request, retries too.
// F4. All delays are simulated milliseconds: the time scale applies.

/**
 * `query`, `close`, `capture` and `bill` (its number is the date) only take faults of the connection; `check` (its number is
 * the check's name) those and `refuse`.
 */
export type RequestVerb = 'pay' | 'refund' | 'payout' | 'query' | 'close' | 'capture' | 'prepay' | 'bill' | 'check';

export type Match = {
  readonly verb?: RequestVerb;
  readonly number?: string;
  /** Minor units, exactly. */
  readonly amount?: number;
  /** Of those that match so far, each n-th. */
  readonly every?: number;
  /** Of those that match so far, this part: 0 … 1. */
  readonly probability?: number;
  /** Not more often than this. */
  readonly times?: number;
};

/** Before the order is booked, or after it (default): the client's timeout finds the money moved. */
type When = { readonly when?: 'before' | 'after' };

export type ConnectionFault =
  /** One of: ms (always the same), p50 and p99 (log-normal), min and max (uniform). */
  | ({
      readonly fault: 'latency';
      readonly ms?: number;
      readonly p50?: number;
      readonly p99?: number;
      readonly min?: number;
      readonly max?: number;
    } & When)
  /** The socket is destroyed after booking. */
  | { readonly fault: 'drop_reply' }
  /** The connection is reset before booking. */
  | { readonly fault: 'reset' }
  /** A 5xx; default 500. */
  | ({ readonly fault: 'error'; readonly status?: number } & When)
  /** 200 with half of the answer. */
  | { readonly fault: 'malformed_body' };

export type OutcomeFault =
  /** Moves so many minor units more (or, below 0, fewer) than asked; one at least. */
  | { readonly fault: 'amount'; readonly by: number }
  /** Moves the amount in this currency instead. */
  | { readonly fault: 'currency'; readonly currency: string }
  /** Fails with this reason; instrument_closed is what a refund to a dead card gets. */
  | { readonly fault: 'refuse'; readonly reason: string }
  /** Stays accepted until POST /settle/{number}, or for so long. */
  | { readonly fault: 'accept'; readonly settle_after_ms?: number }
  /** Stays requires_action until POST /act/{number}. */
  | { readonly fault: 'require_action' }
  /** The bank sends a payout back, so long after it succeeded. */
  | { readonly fault: 'return'; readonly after_ms: number; readonly reason?: string }
  /** Queries answer not_found for so long. */
  | { readonly fault: 'invisible'; readonly for_ms: number };

export type CallbackFault =
  /** Nothing is called back. */
  | { readonly fault: 'no_callback' }
  /** Each callback comes so many times more, each time signed anew. */
  | { readonly fault: 'duplicate_callback'; readonly times?: number }
  | { readonly fault: 'late_callback'; readonly delay_ms: number }
  /** Callbacks are kept until there are so many (2), or for 60 s, and sent last first. */
  | { readonly fault: 'reordered_callbacks'; readonly count?: number }
  /** After the callback of a success one that says failed, and the other way round. */
  | { readonly fault: 'contradictory_callback'; readonly delay_ms?: number }
  /** A callback that says succeeded, with a wrong signature (default), an hour-old one, or the last one's bytes again. */
  | { readonly fault: 'forged_callback'; readonly how?: 'signature' | 'old' | 'replay' }
  /** A well signed callback for a number that nobody asked for. */
  | { readonly fault: 'unknown_callback' };

/** In bills; such a rule has no other faults. `changed` by so many minor units (1). */
export type BillFault = {
  readonly fault: 'bill_line';
  readonly how: 'missing' | 'changed' | 'duplicated';
  readonly by?: number;
};

export type Fault = ConnectionFault | OutcomeFault | CallbackFault | BillFault;

export type FaultName = Fault['fault'];

export type Rule = { readonly match?: Match; readonly do: readonly Fault[] };

type Named<Name extends FaultName> = Extract<Fault, { readonly fault: Name }>;

/** The last one of this name: a later rule has the last word. */
export function findFault<Name extends FaultName>(faults: readonly Fault[], name: Name): Named<Name> | undefined {
  return faults.findLast((fault): fault is Named<Name> => fault.fault === name);
}
