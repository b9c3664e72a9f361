// Voucher rule. Is a voucher what its template says? By the fact alone: the kinds of accounts that are not the house's are
// compared when the line is found in the books.

import type { VoucherLine, VoucherPosted } from '../../domain/order-facts.ts';
import type { Invariant } from './breach.ts';
import { EFFECT, isOfCurrency, isOfSort, placesOf, sortOfHouse, type Place, type Sorts } from './movements.ts';

export type VoucherFault = { readonly invariant: Invariant; readonly why: string };

/** `sorts`: for each line, what its account may be. */
export type JudgedVoucher = { readonly fault: VoucherFault | null; readonly sorts: readonly Sorts[] };

export function judgeVoucher(fact: VoucherPosted): JudgedVoucher {
  const unbalanced = imbalanceOf(fact.lines);
  if (unbalanced !== null) return { fault: { invariant: 'voucher_balance', why: unbalanced }, sorts: [] };
  const { code, segment, lines, reverses, currency } = fact;
  const places = placesOf(code, segment, reverses !== null);
  if (!places) return template(`no order has ${code}/${segment}`);
  const taken = new Set<Place>();
  const sorts: Sorts[] = [];
  for (const line of lines) {
    const place = places.find((one) => fits(one, line) && (one.often || !taken.has(one)));
    if (!place) return template(`${code}/${segment} does not ${line.action} ${line.account}`);
    if (!isOfCurrency(line.account, currency)) return template(`${line.account} has no ${currency}`);
    taken.add(place);
    sorts.push(place.sorts);
  }
  // What may be missing is a share of 0; of what gives there is always some.
  const [always] = places;
  if (always && !taken.has(always)) return template(`${code}/${segment} lacks its ${always.action}`);
  return { fault: null, sorts };
}

function template(why: string): JudgedVoucher {
  return { fault: { invariant: 'voucher_template', why }, sorts: [] };
}

function fits({ action, sorts }: Place, line: VoucherLine): boolean {
  const sort = sortOfHouse(line.account);
  return action === line.action && (sort === 0 || isOfSort(sorts, sort));
}

function imbalanceOf(lines: readonly VoucherLine[]): string | null {
  let moved = 0;
  let promised = 0;
  for (const { action, amount, account } of lines) {
    if (!Number.isSafeInteger(amount) || amount < 1) return `${amount} on ${account} is no amount`;
    moved += EFFECT[action].moved * amount;
    promised += EFFECT[action].promised * amount;
  }
  if (lines.length < 2) return 'it has fewer than two lines';
  if (moved !== 0) return `its moves leave ${moved}`;
  return promised === 0 ? null : `its promises leave ${promised}`;
}
