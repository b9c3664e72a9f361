// House accounts. Where a merchant's money is while an order is on its way, and what the house has earned, paid and lost:
// one of each for a merchant and currency, opened when it is first needed, without a limit.
//
// H1. Their ids begin with a character that no client can write, so nobody else opens, names or lists one. H2. An
// account's kind follows from its id, so that its subject does.

const HOUSE_MARK = '@';
const PENDING = 'pending';
const CHANNEL = 'channel';

const NAMES = [
  'payment_transit',
  'refund_transit',
  'withdrawal_transit',
  'escrow',
  'fee',
  'withdrawal_fee',
  'bank',
  'channel_fee',
  'marketing',
  'loss',
  'suspense',
  'suspense_short',
] as const;

/** Also its kind, which says under which subject its money stands. */
export type HouseName = (typeof NAMES)[number];

const KINDS: ReadonlyMap<string, string> = new Map<string, string>([
  ...NAMES.map((name) => [name, name] as const),
  [CHANNEL, 'channel'],
  [PENDING, 'merchant_pending'],
]);

export function houseAccount(name: HouseName, currency: string): string {
  return `${HOUSE_MARK}${name}:${currency}`;
}

/** What a channel owes, or is owed. */
export function channelAccount(channel: string, currency: string): string {
  return `${HOUSE_MARK}${CHANNEL}:${channel}:${currency}`;
}

/** What has been paid to an account and is not settled. */
export function pendingAccount(account: string): string {
  return `${HOUSE_MARK}${PENDING}:${account}`;
}

export function isHouse(account: string): boolean {
  return account.startsWith(HOUSE_MARK);
}

/** The kind of a house account. @throws Error for an id that is none */
export function houseKindOf(account: string): string {
  const kind = isHouse(account) ? KINDS.get(account.slice(1, account.indexOf(':'))) : undefined;
  if (kind === undefined) throw new Error(`${account} is no account of the house`);
  return kind;
}
