// Draw: chooses accounts and amounts, and numbers the transfers.
//
// D1. Every transfer id is used once in a run. D2. Debit and credit account always differ.

import type { Places } from './frame-writer.ts';
import { accountNames, writeAccount, writeTransfer } from './names.ts';
import type { Random } from './random.ts';

/** Who pays: any account, or always account 0; 'payee': any account pays account 0. */
export type Debits = 'uniform' | 'hot' | 'payee';

/** Amounts are 100 … 999 minor units: one width in JSON and in MessagePack. */
const AMOUNT_MIN = 100;
const AMOUNT_MAX = 999;

export class Draw {
  private readonly random: Random;
  private readonly debits: Debits;
  private readonly accounts: number;
  private readonly names: Buffer;
  private next = 0;

  constructor(random: Random, accounts: number, debits: Debits) {
    this.random = random;
    this.accounts = accounts;
    this.debits = debits;
    this.names = accountNames(accounts);
  }

  /** Fills in a transfer whose fields stand at `places` from `at` on; returns its number. */
  fill(target: Buffer, at: number, { idAt, debitAt, creditAt, amountAt }: Places): number {
    const number = this.next++;
    writeTransfer(number, target, at + idAt);
    if (amountAt < 0) return number;
    this.accountsInto(target, at + debitAt, at + creditAt);
    target.writeUInt16BE(this.amount(), at + amountAt);
    return number;
  }

  /** As `fill`, with the amount in three decimal digits, in a buffer of one request. */
  fillText(target: Buffer, { idAt, debitAt, creditAt, amountAt }: Places): void {
    writeTransfer(this.next++, target, idAt);
    this.accountsInto(target, debitAt, creditAt);
    target.write(String(this.amount()), amountAt, 'latin1');
  }

  private amount(): number {
    return AMOUNT_MIN + this.random.below(AMOUNT_MAX - AMOUNT_MIN + 1);
  }

  /** Writes the ids of two different accounts. */
  private accountsInto(target: Buffer, debitAt: number, creditAt: number): void {
    const hot = this.debits === 'uniform' ? this.random.below(this.accounts) : 0;
    const other = (hot + 1 + this.random.below(this.accounts - 1)) % this.accounts;
    writeAccount(this.names, hot, target, this.debits === 'payee' ? creditAt : debitAt);
    writeAccount(this.names, other, target, this.debits === 'payee' ? debitAt : creditAt);
  }
}
