// Subjects. The chart of accounts: which sorts of money there are, and under which sort the money of an account stands.
//
// S1. A number is given once and never changes its meaning. S2. The subject of an account's money follows from the
// account's kind alone, so all that is ever booked of an account stands under the same two subjects.
// S3. What open holds keep back is always on 2002, whoever it belongs to.

export type SubjectClass = 'asset' | 'liability' | 'income' | 'expense';

export type SubjectRow = {
  readonly name: string;
  readonly class: SubjectClass;
  /** The side on which it grows, and on which its balance is shown. */
  readonly normal: 'debit' | 'credit';
};

/** By number: 1xxx and 5xxx grow by debits, 2xxx and 4xxx by credits. Source: payments design, "Chart of accounts". */
export const SUBJECTS = {
  1001: { name: 'bank', class: 'asset', normal: 'debit' },
  1110: { name: 'channel clearing', class: 'asset', normal: 'debit' },
  1190: { name: 'short suspense', class: 'asset', normal: 'debit' },
  2001: { name: 'user available', class: 'liability', normal: 'credit' },
  2002: { name: 'user held', class: 'liability', normal: 'credit' },
  2003: { name: 'merchant pending', class: 'liability', normal: 'credit' },
  2004: { name: 'merchant available', class: 'liability', normal: 'credit' },
  2010: { name: 'escrow', class: 'liability', normal: 'credit' },
  2020: { name: 'payment transit', class: 'liability', normal: 'credit' },
  2021: { name: 'withdrawal transit', class: 'liability', normal: 'credit' },
  2022: { name: 'refund transit', class: 'liability', normal: 'credit' },
  2023: { name: 'transfer transit', class: 'liability', normal: 'credit' },
  2090: { name: 'long suspense', class: 'liability', normal: 'credit' },
  2990: { name: 'between shards', class: 'liability', normal: 'credit' },
  4001: { name: 'payment fee', class: 'income', normal: 'credit' },
  4002: { name: 'withdrawal fee', class: 'income', normal: 'credit' },
  5001: { name: 'channel fee', class: 'expense', normal: 'debit' },
  5002: { name: 'marketing', class: 'expense', normal: 'debit' },
  5003: { name: 'loss', class: 'expense', normal: 'debit' },
} as const satisfies Readonly<Record<number, SubjectRow>>;

export type Subject = keyof typeof SUBJECTS;

/** Where the halves of a voucher meet that is booked in two shards. No account's money: 0 over all shards. */
export const BETWEEN_SHARDS = 2990;

/** Where held money is, whoever it belongs to (S3). */
export const HELD = 2002;

/** Under which subjects an account's money stands. */
export type AccountSubjects = { readonly available: Subject; readonly held: Subject };

/** A user's; and those of every word that merchants make up, see below. */
const OWNED: AccountSubjects = { available: 2001, held: HELD };

// A map, because a kind is any word, 'constructor' too.
const BY_KIND: ReadonlyMap<string, AccountSubjects> = new Map<string, AccountSubjects>([
  ['user', OWNED],
  ['merchant', { available: 2004, held: HELD }],
  ['merchant_pending', { available: 2003, held: HELD }],
  ['escrow', { available: 2010, held: HELD }],
  ['bank', { available: 1001, held: HELD }],
  ['channel', { available: 1110, held: HELD }],
  ['suspense_short', { available: 1190, held: HELD }],
  ['suspense', { available: 2090, held: HELD }],
  ['payment_transit', { available: 2020, held: HELD }],
  ['withdrawal_transit', { available: 2021, held: HELD }],
  ['refund_transit', { available: 2022, held: HELD }],
  ['transfer_transit', { available: 2023, held: HELD }],
  ['fee', { available: 4001, held: HELD }],
  ['withdrawal_fee', { available: 4002, held: HELD }],
  ['channel_fee', { available: 5001, held: HELD }],
  ['marketing', { available: 5002, held: HELD }],
  ['loss', { available: 5003, held: HELD }],
]);

/** Every subject that an account's available money can stand under. */
export const AVAILABLE: readonly Subject[] = [...BY_KIND.values()].map(({ available }) => available);

/**
 * The subjects of an account of this kind, always the same object for the same kind. Kinds are the merchant's own words:
 * money in an account of any other word is owed to whoever the merchant keeps it for, as a user's is. That is a rule of
 * these books, not a guess about the word.
 */
export function subjectsOfKind(kind: string): AccountSubjects {
  return BY_KIND.get(kind) ?? OWNED;
}

/** True for a number of the chart: what is read from a disk can be anything. */
export function isSubject(value: number): value is Subject {
  return Object.hasOwn(SUBJECTS, value);
}
