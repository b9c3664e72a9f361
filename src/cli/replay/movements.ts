// Movements of the bank file. Owns the translation of a row into a transfer between two accounts of the engine: the
// customer's, and one that stands for the other side.
//
// M1. A row has one meaning or is an Error: nothing is booked by guess.
// M2. The transfer id follows from the bank's own id, so that a second replay of the file changes nothing.

import { readCsv, type CsvRow } from './csv.ts';

export type Movement = {
  readonly transferId: string;
  /** The customer's account in the engine, `cust:<account_id>`. */
  readonly customer: string;
  readonly otherSide: string;
  /** In haléř, positive. */
  readonly amount: number;
  /** +1 where the customer receives, -1 where the customer pays. */
  readonly sign: 1 | -1;
};

const COLUMNS = ['trans_id', 'account_id', 'side', 'operation', 'amount_minor', 'purpose', 'bank_to'] as const;

type Row = CsvRow<(typeof COLUMNS)[number]>;

/** Stands for "the account of the bank named in bank_to". */
const NAMED_BANK = 'named_bank';

/**
 * The other side of every kind of row, keyed by side, operation and purpose. A purpose that says who gets or gives the
 * money decides (a pension is a pension whichever bank sends it); without one the operation says where it went: the
 * vault for cash, the card scheme, the bank at the other end of a transfer. All other kinds are refused.
 */
const OTHER_SIDES: ReadonlyMap<string, string> = new Map([
  ['credit||interest', 'bank:interest'],
  ['credit|cash_deposit|', 'bank:cash'],
  ['credit|transfer_in|', NAMED_BANK],
  ['credit|transfer_in|pension', 'party:pension'],
  ['debit|card_withdrawal|', 'bank:cards'],
  ['debit|cash_withdrawal|', 'bank:cash'],
  // The bank calls what it takes for itself a cash withdrawal too; it ends in the bank's income, not in the vault.
  ['debit|cash_withdrawal|penalty_interest', 'bank:penalty_interest'],
  ['debit|cash_withdrawal|statement_fee', 'bank:fees'],
  ['debit|cash_withdrawal|household', 'party:household'],
  ['debit|transfer_out|', NAMED_BANK],
  ['debit|transfer_out|household', 'party:household'],
  ['debit|transfer_out|insurance', 'party:insurance'],
  ['debit|transfer_out|loan_payment', 'bank:loans'],
]);

/** Largest amount that a JSON number carries exactly; the engine's own limit. */
const AMOUNT_MAX = Number.MAX_SAFE_INTEGER;

/** Movements of a file, in file order. Rejects with an Error that names the line of a row it cannot read. */
export async function* readMovements(path: string): AsyncGenerator<Movement> {
  for await (const row of readCsv(path, COLUMNS)) yield movementOf(path, row);
}

/** The customer's account of an account number of the bank. */
export function customerAccount(accountId: string): string {
  return `cust:${accountId}`;
}

function movementOf(path: string, { line, fields }: Row): Movement {
  const refuse = (what: string): never => {
    throw new Error(`${path}:${line}: ${what}`);
  };
  const amount = Number(fields.amount_minor);
  if (!/^[1-9][0-9]{0,15}$/.test(fields.amount_minor) || amount > AMOUNT_MAX) refuse(`amount "${fields.amount_minor}"`);
  if (!/^[0-9]{1,32}$/.test(fields.trans_id)) refuse(`trans_id "${fields.trans_id}"`);
  if (!/^[0-9]{1,32}$/.test(fields.account_id)) refuse(`account_id "${fields.account_id}"`);
  return {
    transferId: `bank:${fields.trans_id}`,
    customer: customerAccount(fields.account_id),
    otherSide: otherSideOf(fields) ?? refuse(`unknown kind "${kindOf(fields)}", bank "${fields.bank_to}"`),
    amount,
    sign: fields.side === 'credit' ? 1 : -1,
  };
}

function kindOf(fields: Row['fields']): string {
  return `${fields.side}|${fields.operation}|${fields.purpose}`;
}

function otherSideOf(fields: Row['fields']): string | undefined {
  const otherSide = OTHER_SIDES.get(kindOf(fields));
  if (otherSide !== NAMED_BANK) return otherSide;
  return /^[A-Z]{2}$/.test(fields.bank_to) ? `partner_bank:${fields.bank_to}` : undefined;
}
