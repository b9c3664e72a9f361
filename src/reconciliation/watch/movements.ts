// Movements. What each template moves between which sorts of accounts, and what each sort of line does to its account:
// written down a second time, on purpose. Whoever changes how vouchers are made has to change it here as well, or the watch
// raises the alarm.
//
// Source: payments design, "Chart of accounts and posting templates".

import type { TemplateCode } from '../../domain/books/template-table.ts';
import type { PostingAction } from '../../domain/posting-lines.ts';

/** What a line does, in amounts of it. */
export type Effect = {
  /** To the available money of its account. */
  readonly available: -1 | 0 | 1;
  /** To the money that the account has, kept back or not. */
  readonly moved: -1 | 0 | 1;
  /** To what is kept back, less what is promised. */
  readonly promised: -1 | 0 | 1;
};

export const EFFECT: Readonly<Record<PostingAction, Effect>> = {
  debit: { available: -1, moved: -1, promised: 0 },
  credit: { available: 1, moved: 1, promised: 0 },
  hold: { available: -1, moved: 0, promised: 1 },
  expect: { available: 0, moved: 0, promised: -1 },
  take: { available: 0, moved: -1, promised: -1 },
  receive: { available: 1, moved: 1, promised: 1 },
  release: { available: 1, moved: 0, promised: -1 },
  forgo: { available: 0, moved: 0, promised: 1 },
};

/** Sorts of accounts, by the number under which their money stands; ANY is every sort. */
export type Sorts = readonly number[];
export const ANY: Sorts = [];

/** One line that a template has; `often`: as many as there are receivers. The first two always are there. */
export type Place = { readonly action: PostingAction; readonly sorts: Sorts; readonly often?: true };

const out = (...sorts: number[]): Place => ({ action: 'debit', sorts });
const into = (...sorts: number[]): Place => ({ action: 'credit', sorts });

/** By code and segment (from 1). What only transfers do has no voucher of its own. */
const MOVES: Readonly<Partial<Record<TemplateCode, readonly (readonly Place[])[]>>> = {
  RC1: [[out(1110), into(2001)]],
  RC2: [[into(1110), out(1001), out(5001)]],
  PY1: [[out(1110), into(2020)]],
  PY2: [
    [
      { action: 'take', sorts: ANY },
      { action: 'receive', sorts: [2020] },
    ],
  ],
  PY3: [[out(5002), into(2020)]],
  PY4: [[out(2020), into(2003, 2010)]],
  GC1: [[out(2010), { ...into(2003), often: true }]],
  ST1: [[out(2003), into(2004), into(4001)]],
  RF1: [[out(2010, 2003, 2004), into(2022)]],
  RF2: [[out(2022), into(2001, 1110, 5002)]],
  RF3: [[out(4001), into(2004)]],
  RF4: [
    [out(2020), into(2022)],
    [out(2022), into(1110)],
  ],
  WD1: [[out(2001, 2004), into(2021)]],
  WD2: [[out(2021), into(1001), into(4002)]],
  RF5: [
    [out(1110), into(2090)],
    [out(2090), into(1110, 2001, 2003, 2004, 2010, 2022)],
  ],
  WD3: [
    [out(2021), into(2001, 2004)],
    [out(2021), into(2090)],
  ],
  WD4: [
    [into(2001, 2004), out(1001), out(4002)],
    [into(2090), out(1001), out(4002)],
  ],
  WD5: [[out(2090), into(2001, 2004)]],
  HD1: [
    [
      { action: 'hold', sorts: ANY },
      { action: 'expect', sorts: [2020] },
    ],
  ],
  HD3: [
    [
      { action: 'release', sorts: ANY },
      { action: 'forgo', sorts: [2020] },
    ],
  ],
  RE1: [[out(1110), into(2090)]],
  RE2: [
    [out(1190), into(1110, 1001)],
    [out(5003), into(1190)],
  ],
};

/** The other way: what takes it back moves available money, wherever it came from. */
const BACK: Readonly<Record<PostingAction, PostingAction | null>> = {
  debit: 'credit',
  credit: 'debit',
  take: 'credit',
  receive: 'debit',
  hold: null,
  expect: null,
  release: null,
  forgo: null,
};

/** The lines of a template, or of what takes it back; undefined for one that orders do not have. */
export function placesOf(code: TemplateCode, segment: number, isBack: boolean): readonly Place[] | undefined {
  const places = MOVES[code]?.[segment - 1];
  if (!places || !isBack) return places;
  const back = places.flatMap((place): Place[] => {
    const action = BACK[place.action];
    return action ? [{ ...place, action }] : [];
  });
  return back.length === places.length ? back : undefined;
}

export function isOfSort(sorts: Sorts, sort: number): boolean {
  return sorts === ANY || sorts.includes(sort);
}

/** By what an account is called in its opening; every other word is a user's. */
const SORT_OF_KIND: ReadonlyMap<string, number> = new Map([
  ['merchant', 2004],
  ['merchant_pending', 2003],
  ['escrow', 2010],
  ['bank', 1001],
  ['channel', 1110],
  ['suspense_short', 1190],
  ['suspense', 2090],
  ['payment_transit', 2020],
  ['withdrawal_transit', 2021],
  ['refund_transit', 2022],
  ['transfer_transit', 2023],
  ['fee', 4001],
  ['withdrawal_fee', 4002],
  ['channel_fee', 5001],
  ['marketing', 5002],
  ['loss', 5003],
]);

const USERS = 2001;

export function sortOfKind(kind: string): number {
  return SORT_OF_KIND.get(kind) ?? USERS;
}

/** Sort of a house account, by its id; 0 for an account that is none, -1 for a house account that there is not. */
export function sortOfHouse(account: string): number {
  if (account.charCodeAt(0) !== 0x40) return 0;
  const name = account.slice(1, account.indexOf(':'));
  return name === 'pending' ? 2003 : (SORT_OF_KIND.get(name) ?? -1);
}

/** A house account is of one currency, which ends its id; that of what is pending follows from the account it is for. */
export function isOfCurrency(account: string, currency: string): boolean {
  return sortOfHouse(account) <= 0 || account.startsWith('@pending:') || account.endsWith(`:${currency}`);
}
