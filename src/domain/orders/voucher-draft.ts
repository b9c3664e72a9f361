// Voucher draft. What an order wants booked, in the words of the templates: who takes part and how much. It becomes lines
// of accounts by its template, and a voucher when the accounts take it.

import type { Role, Share, TemplateCode } from '../books/template-table.ts';
import type { FactPosition } from '../ids.ts';

export type VoucherDraft = {
  readonly code: TemplateCode;
  /** Which segment of the template, from 1. */
  readonly segment: number;
  /** Which time for this order, from 1: makes the voucher's key unique. */
  readonly occurrence: number;
  /** The order that it belongs to. */
  readonly order: string;
  readonly currency: string;
  /** Accounts by role. */
  readonly parties: Readonly<Partial<Record<Role, string>>>;
  /** Minor units. */
  readonly shares: Readonly<Partial<Record<Exclude<Share, 'part'>, number>>>;
  readonly parts?: readonly { readonly account: string; readonly amount: number }[];
  /** The voucher that it takes back; absent for none. */
  readonly reverses?: FactPosition;
};
