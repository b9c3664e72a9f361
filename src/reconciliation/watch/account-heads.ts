// Account heads. What each account had after the last line of a voucher that was seen of it, and whether the next one
// follows.
//
// H1. A house account moves by vouchers alone and begins with nothing, so its versions have no gap here, from the first on. What others do to an account of a client is
// not followed: behind a gap only the order of versions is known, and the books are compared instead. H2. After a line that
// does not follow, what it says counts, what it should have said, and that there was none: one wrong line is one breach.
// H3. A line under the name of a wrong account is missing at the right one: there it is believed.

import type { VoucherLine } from '../../domain/order-facts.ts';
import { EFFECT, sortOfHouse } from './movements.ts';
import type { Rows } from './rows.ts';

export type Standing = readonly [version: number, available: number];

export type Head = {
  readonly version: number;
  readonly available: number;
  /** The other possibilities after something that did not follow, or may not have (H2). */
  readonly or: readonly Standing[];
};

/** A house account when it was opened. */
const OPENED: Head = { version: 1, available: 0, or: [] };

/**
 * Why the line does not follow; null when it does. Takes it in, in either case. `strays`: what the lines of vouchers that are
 * wrong say (H3).
 */
export function follow(
  heads: Rows<Head>,
  merchant: string,
  line: VoucherLine,
  strays: readonly Standing[] = [],
): string | null {
  const key = `${merchant} ${line.account}`;
  const isHouse = sortOfHouse(line.account) !== 0;
  const head = heads.get(key) ?? (isHouse ? OPENED : undefined);
  const { version, available } = line;
  if (!head) return (heads.set(key, { version, available, or: [] }), null);
  const change = EFFECT[line.action].available * line.amount;
  const missing = strays.filter(([at]) => at === head.version + 1);
  const standings: readonly Standing[] = [[head.version, head.available], ...head.or, ...missing];
  if (standings.some(([at, had]) => version === at + 1 && available === had + change)) {
    heads.set(key, { version, available, or: [] });
    return null;
  }
  const [at, had] = standings[0] as Standing;
  heads.set(key, { version, available, or: [[at + 1, had + change], [at, had]] }); // prettier-ignore
  const isBehindGap = version > at + 1 && !isHouse;
  return isBehindGap ? null : `version ${version} has ${available} after version ${at} with ${had} and ${change}`;
}

/** Something else says that the account has this: from now on that is a possibility, too. */
export function mayBe(heads: Rows<Head>, merchant: string, account: string, standing: Standing): void {
  const key = `${merchant} ${account}`;
  const head = heads.get(key);
  if (head) heads.set(key, { ...head, or: [...head.or, standing] });
}

/** Does the account have this, as far as its lines are known? null where they do not say: another version. */
export function agrees({ version, available, or }: Head, [at, had]: Standing): boolean | null {
  const said = [[version, available] as const, ...or].filter(([one]) => one === at);
  return said.length === 0 ? null : said.some(([, one]) => one === had);
}
