// Option. What the table says of one: its type, its default, its range and why there is one.

type About = {
  /** What the value counts or names. */
  readonly unit: string;
  /** Why one would change it, or what the limit protects. One line. */
  readonly reason: string;
  /** Never shown, and not taken from the command line. */
  readonly secret?: boolean;
};

export type Option = About &
  (
    | { readonly type: 'text'; readonly default: string }
    /** '' for none. */
    | { readonly type: 'file'; readonly default: '' }
    /** '' for none. */
    | { readonly type: 'redis'; readonly default: '' }
    | { readonly type: 'integer'; readonly default: number; readonly min: number; readonly max: number }
    | { readonly type: 'time'; readonly default: string }
    | { readonly type: 'choice'; readonly default: string; readonly choices: readonly string[] }
    | { readonly type: 'origins'; readonly default: readonly string[] }
    | { readonly type: 'assets'; readonly default: readonly string[] }
    | { readonly type: 'networks'; readonly default: readonly string[] }
  );
