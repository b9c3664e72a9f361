// Entries of camt.053. What is gathered of a statement, a balance and an entry while their elements go by, by the path of each
// element below them; and the lines that an entry becomes.

import { findOurNumber } from './our-number.ts';
import type { Position, StatementLine } from './statement.ts';

/** Text of the elements that are read, by path; those that may stand several times are joined by a line end. */
export type Gathered = { readonly texts: Map<string, string>; characters: number; readonly position: Position };

/** A detail of a collective entry, `NtryDtls/TxDtls`. */
export type Detail = Gathered;

/** Amount and sign that have been read. */
export type Money = { readonly amount: number; readonly currency: string };

export type EntryHead = {
  readonly account: string;
  readonly money: Money;
  readonly valueDate: string;
  readonly bookingDate: string;
  readonly bookedAtMs: number;
  readonly booked: boolean;
};

/** First text of these paths that is there; '' when none is. */
export function textAt({ texts }: Gathered, ...paths: readonly string[]): string {
  for (const path of paths) {
    const text = texts.get(path);
    if (text !== undefined && text !== '') return text;
  }
  return '';
}

/**
 * The line of an entry, or of one detail of it with the detail's money. Entry and detail say the same things in several places:
 * the detail, which is the payment, goes first.
 */
export function lineOf(head: EntryHead, entry: Gathered, detail: Detail | null, money: Money): StatementLine {
  const of = detail ?? entry;
  const endToEndId = provided(textAt(of, 'Refs/EndToEndId'));
  const ownerReference = provided(textAt(of, 'Refs/InstrId', 'Refs/PmtInfId'));
  const remittance = textAt(of, 'RmtInf/Ustrd', 'RmtInf/Strd/CdtrRefInf/Ref');
  const text = [remittance, textAt(of, 'AddtlTxInf'), textAt(entry, 'AddtlNtryInf')].filter((part) => part !== '');
  return {
    account: head.account,
    amount: money.amount,
    currency: money.currency,
    fee: 0,
    valueDate: head.valueDate,
    bookingDate: head.bookingDate,
    bookedAtMs: head.bookedAtMs,
    type: typeOf(entry),
    booked: head.booked,
    bankReference: textAt(of, 'Refs/AcctSvcrRef') || textAt(entry, 'AcctSvcrRef'),
    ourReference: findOurNumber(endToEndId, ownerReference, ...text),
    ownerReference,
    original: '',
    endToEndId,
    counterparty: counterpartyOf(of, money.amount < 0 ? 'Cdtr' : 'Dbtr'),
    text: text.join('\n'),
    position: money === head.money ? entry.position : of.position,
  };
}

/** Who is at the other end, by name or by account. */
function counterpartyOf(of: Gathered, role: 'Cdtr' | 'Dbtr'): string {
  const party = `RltdPties/${role}`;
  return textAt(of, `${party}/Nm`, `${party}/Pty/Nm`, `${party}Acct/Id/IBAN`, `${party}Acct/Id/Othr/Id`);
}

function typeOf(entry: Gathered): string {
  const family = ['Domn/Cd', 'Domn/Fmly/Cd', 'Domn/Fmly/SubFmlyCd'].map((path) => textAt(entry, `BkTxCd/${path}`));
  return family.some((code) => code !== '') ? family.join('/') : textAt(entry, 'BkTxCd/Prtry/Cd');
}

function provided(reference: string): string {
  return reference === 'NOTPROVIDED' ? '' : reference;
}
