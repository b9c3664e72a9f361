// Statement check. One statement while it is read: gives out its header, lines and summary, and compares what it says of its
// balances with its lines. What a bank got wrong is a warning: it is the file that is the fact.

import { ExactSum } from '../exact-sum.ts';
import type { Balance, Position, StatementHeader, StatementItem, StatementLine, WarningCode } from './statement.ts';

export class StatementCheck {
  readonly header: StatementHeader;
  private readonly sum = new ExactSum();
  private lines = 0;
  private foreignLines = 0;

  constructor(header: StatementHeader, out: StatementItem[]) {
    this.header = header;
    out.push({ kind: 'opened', header });
  }

  line(line: StatementLine, out: StatementItem[]): void {
    this.lines += 1;
    if (line.booked) {
      this.sum.add(line.amount);
      if (line.currency !== this.header.currency) this.foreignLines += 1;
    }
    out.push({ kind: 'line', line });
  }

  /** @param position where the closing balance stands, or the end of the statement */
  close(closing: Balance | null, position: Position, out: StatementItem[]): void {
    const { account, currency, opening } = this.header;
    const fault = this.faultOf(closing);
    if (fault) warn(out, fault.code, position, fault.detail);
    out.push({ kind: 'closed', summary: { account, currency, opening, closing, lines: this.lines } });
  }

  private faultOf(closing: Balance | null): { readonly code: WarningCode; readonly detail: string } | null {
    const { opening, currency } = this.header;
    if (opening === null && closing === null) return null;
    if (opening === null || closing === null) {
      const missing = opening === null ? 'opening' : 'closing';
      return { code: 'balance_incomplete', detail: `no ${missing} balance to compare with` };
    }
    if (opening.currency !== currency || closing.currency !== currency || this.foreignLines > 0) {
      const balances = `opening in ${opening.currency}, closing in ${closing.currency}`;
      return { code: 'balance_currency', detail: `${balances}, ${this.foreignLines} lines not in ${currency}` };
    }
    const sum = BigInt(opening.amount) + this.sum.value;
    if (sum === BigInt(closing.amount)) return null;
    const detail = `opening ${opening.amount} and lines ${this.sum.value} are ${sum}, the closing balance is ${closing.amount}`;
    return { code: 'balance_mismatch', detail };
  }
}

/** A warning among the items. */
export function warn(out: StatementItem[], code: WarningCode, position: Position, detail: string): void {
  out.push({ kind: 'warning', warning: { code, position, detail } });
}
