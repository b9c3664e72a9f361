// Parallel checks. Runs what must be known before a payment goes on (limits, risk, coupons, route) together, under one
// deadline.
//
// P1. It takes as long as the slowest check, and never longer than the deadline. P2. A weak check that fails or is late
// has its declared value; a strong one makes a refusal that names it. P3. What comes after the deadline is ignored.
// P4. Checks do not know each other, and a check that throws at once harms no other.

export type Check<T> = {
  readonly run: (signal: AbortSignal) => Promise<T>;
} & (
  | { readonly strength: 'strong' }
  /** What holds when there is no answer in time. */
  | { readonly strength: 'weak'; readonly fallback: T }
);

export type Checks<Results extends Readonly<Record<string, unknown>>> = {
  readonly [Name in keyof Results]: Check<Results[Name]>;
};

export type Verdict<Results> =
  | {
      readonly ok: true;
      readonly results: Results;
      /** Weak checks whose fallback was taken, in the order of the checks. */
      readonly fellBack: readonly (keyof Results & string)[];
    }
  | { readonly ok: false; readonly missing: readonly (keyof Results & string)[] };

type Answer = { readonly value: unknown } | null;

/**
 * @param deadlineMs for all of them together
 * @param after acts once after so many ms, unless what it returns is called first
 */
export async function runChecks<Results extends Readonly<Record<string, unknown>>>(
  checks: Checks<Results>,
  deadlineMs: number,
  after: (delayMs: number, act: () => void) => () => void,
): Promise<Verdict<Results>> {
  const abort = new AbortController();
  let expire = () => {};
  const expired = new Promise<null>((resolve) => {
    expire = () => resolve(null);
  });
  const cancelTimer = after(deadlineMs, () => {
    expire();
    abort.abort();
  });
  const entries = Object.entries(checks) as [keyof Results & string, Check<unknown>][];
  const answers = await Promise.all(entries.map(([, check]) => Promise.race([answerOf(check, abort.signal), expired])));
  cancelTimer();
  return verdictOf(entries, answers);
}

async function answerOf(check: Check<unknown>, signal: AbortSignal): Promise<Answer> {
  try {
    return { value: await check.run(signal) };
  } catch {
    return null;
  }
}

function verdictOf<Results>(
  entries: readonly [keyof Results & string, Check<unknown>][],
  answers: readonly Answer[],
): Verdict<Results> {
  const missing: (keyof Results & string)[] = [];
  const fellBack: (keyof Results & string)[] = [];
  const results = entries.map(([name, check], index) => {
    const answer = answers[index];
    if (answer) return [name, answer.value];
    if (check.strength === 'strong') return [name, void missing.push(name)];
    fellBack.push(name);
    return [name, check.fallback];
  });
  if (missing.length > 0) return { ok: false, missing };
  return { ok: true, results: Object.fromEntries(results) as Results, fellBack };
}
