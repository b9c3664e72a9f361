// Live balances. What the engine itself says that accounts have which have moved, compared with facts and books: the watch
// asks for some, and the answers come back with the frame up to which they are true.

import type { Head } from './watch/account-heads.ts';
import { agrees } from './watch/account-heads.ts';
import type { Breach } from './watch/breach.ts';
import type { WaitingLine } from './watch/waiting-lines.ts';

export type AskedBalance = { readonly merchant: string; readonly account: string };

export type LiveBalance = AskedBalance & {
  readonly version: number;
  /** Minor units. */
  readonly available: number;
  /** Frame up to which it is true. */
  readonly position: number;
};

/** Accounts that wait to be asked for; of more the oldest are not asked. */
const WAITING_MAX = 10_000;

/** Answers that wait for the books, at most. */
const ANSWERS_MAX = 1_000;

type Answer = LiveBalance & { readonly line: WaitingLine };

export class LiveBalances {
  /** By account: the last line that moved it. */
  readonly #waiting = new Map<string, WaitingLine>();
  readonly #asked = new Map<string, WaitingLine>();
  #answers: Answer[] = [];

  /** Somebody is to be asked, or what was answered waits to be compared. */
  get isBusy(): boolean {
    return this.#waiting.size > 0 || this.#answers.length > 0;
  }

  moved(line: WaitingLine): void {
    const key = keyOf(line);
    this.#waiting.delete(key);
    this.#waiting.set(key, line);
    shorten(this.#waiting);
  }

  /** Accounts to ask for now, those that have waited longest. */
  take(max: number): AskedBalance[] {
    const asked: AskedBalance[] = [];
    for (const [key, line] of this.#waiting) {
      if (asked.length === max) break;
      this.#waiting.delete(key);
      this.#asked.set(key, line);
      asked.push({ merchant: line.merchant, account: line.account });
    }
    // What was never answered, because the engine had too much to do, is forgotten some time.
    shorten(this.#asked);
    return asked;
  }

  answered(balances: readonly LiveBalance[]): void {
    for (const balance of balances) {
      const line = this.#asked.get(keyOf(balance));
      if (!line) continue;
      this.#asked.delete(keyOf(balance));
      if (this.#answers.length < ANSWERS_MAX) this.#answers.push({ ...balance, line });
    }
  }

  /**
   * Compares the answers whose frames have been followed. `booked` is what the books have at that version: null where they
   * do not say, and undefined where they may say so later.
   */
  compare(
    followed: number,
    headOf: (merchant: string, account: string) => Head | undefined,
    booked: (answer: LiveBalance, line: WaitingLine) => number | null | undefined,
    report: (breach: Breach, live: LiveBalance) => void,
  ): void {
    this.#answers = this.#answers.filter((answer) => {
      if (answer.position > followed) return true;
      const { merchant, account, version, available, line } = answer;
      const head = headOf(merchant, account);
      const isRight = head ? agrees(head, [version, available]) : null;
      if (isRight === true) return false;
      const inBooks = isRight === null ? booked(answer, line) : null;
      if (inBooks === undefined) return true;
      const isWrong = isRight === false || (inBooks !== null && inBooks !== available);
      if (isWrong) report(breachOf(answer, isRight === false ? head?.available : inBooks), answer);
      return false;
    });
  }
}

function keyOf({ merchant, account }: AskedBalance): string {
  return `${merchant} ${account}`;
}

function shorten(lines: Map<string, WaitingLine>): void {
  for (const oldest of lines.keys()) {
    if (lines.size <= WAITING_MAX) return;
    lines.delete(oldest);
  }
}

function breachOf({ merchant, account, version, available, line }: Answer, should: number | null | undefined): Breach {
  const { business, order, currency } = line;
  return {
    content: `engine_balance ${merchant} ${account} ${version} ${available}`,
    invariant: 'engine_balance',
    subjects: [`engine ${merchant} ${account}`],
    merchant,
    business,
    order,
    account,
    amount: 0,
    currency,
    detail: `The engine has ${available} on ${account} at version ${version}; facts and books have ${should}.`,
  };
}
