// The books as they must be: every operation of a test and what it does to the accounts when it exists. Kept by the
// rules of double entry alone, from what was asked for, never from what the server says of balances.

export type Kind = 'post' | 'hold' | 'capture' | 'void';

export type Operation = {
  readonly id: string;
  readonly kind: Kind;
  readonly debit: string;
  readonly credit: string;
  readonly amount: number;
  /** The hold that a capture or void takes of; empty for others. */
  readonly ref: string;
};

/** Minor units, as the server shows them; `posted` is available and held together. */
export type Balance = { posted: number; held: number; pending: number };

export class Books {
  readonly balances = new Map<string, Balance>();

  open(account: string): void {
    this.balances.set(account, { posted: 0, held: 0, pending: 0 });
  }

  /** The operation exists. To be said once of each. */
  book({ kind, debit, credit, amount }: Operation): void {
    const [from, to] = [this.#of(debit), this.#of(credit)];
    if (kind === 'post' || kind === 'capture') {
      from.posted -= amount;
      to.posted += amount;
    }
    const kept = kind === 'post' ? 0 : kind === 'hold' ? amount : -amount;
    from.held += kept;
    to.pending += kept;
  }

  #of(account: string): Balance {
    const balance = this.balances.get(account);
    if (balance === undefined) throw new Error(`no account ${account}`);
    return balance;
  }
}

const KINDS: readonly Kind[] = ['post', 'hold', 'capture', 'void'];

/** The result of an operation in a batch when it is carried out. */
export function resultOf({ kind }: Operation): number {
  return KINDS.indexOf(kind);
}

/** The operation as a batch says it. */
export function tupleOf({ id, kind, debit, credit, amount, ref }: Operation): readonly unknown[] {
  if (kind === 'post') return [id, debit, credit, amount];
  return kind === 'hold' ? [id, debit, credit, amount, 1] : [id, null, null, amount, KINDS.indexOf(kind), ref];
}
