// What can be asked of a ledger, as plain values: the engine and the model of it are asked for the same.

export type Transfer = {
  readonly do: 'transfer';
  /** '' lets the server name it. */
  readonly id: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: number;
  readonly currency: string;
  readonly hold: boolean;
  readonly expiresInSeconds: number;
};

export type Settle = {
  readonly do: 'settle';
  readonly id: string;
  readonly transfer: string;
  readonly step: 'captured' | 'voided';
  /** 0 for all that remains. */
  readonly amount: number;
  readonly debit: string;
  readonly credit: string;
};

/** Takes a transfer back. */
export type Reverse = { readonly do: 'reverse'; readonly transfer: string };

export type Batch = {
  readonly do: 'batch';
  readonly members: readonly (Transfer | Settle)[];
  readonly atomic: boolean;
};
export type Open = {
  readonly do: 'open';
  readonly id: string;
  readonly currency: string;
  readonly creditLimit: number;
};
export type Change = {
  readonly do: 'change';
  readonly id: string;
  readonly status?: 'active' | 'frozen' | 'closed';
  readonly creditLimit?: number;
};

export type Request = Transfer | Settle | Reverse | Batch | Open | Change;
