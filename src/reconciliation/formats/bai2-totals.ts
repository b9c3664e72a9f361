// Control totals of BAI2. An account's total is the sum of all amounts in it, summaries included; a group's that of its
// accounts, a file's that of its groups. Counts are of lines: trailer and continuations are among them.

import { ExactSum } from '../exact-sum.ts';

export type Level = 'account' | 'group' | 'file';

type Tally = { sum: ExactSum; lines: number; parts: number };

const OPENS: Readonly<{ [code: string]: Level }> = { '01': 'file', '02': 'group', '03': 'account' };

export class ControlTotals {
  private readonly tallies: { [level in Level]: Tally } = {
    account: emptyTally(),
    group: emptyTally(),
    file: emptyTally(),
  };

  /** A line of the file; the code of the first one of a level begins it. */
  line(code: string): void {
    const opened = OPENS[code];
    if (opened !== undefined) this.tallies[opened] = emptyTally();
    for (const tally of Object.values(this.tallies)) tally.lines += 1;
  }

  /** An amount of the account. */
  amount(amount: number): void {
    this.tallies.account.sum.add(amount);
  }

  /**
   * The trailer of a level, which is then a part of the next one. What is not met, for people.
   * @param parts accounts or groups in it; null for an account
   */
  close(level: Level, sum: number, parts: number | null, lines: number): readonly string[] {
    const tally = this.tallies[level];
    const outer = level === 'account' ? 'group' : 'file';
    if (level !== 'file') {
      this.tallies[outer].sum.add(sum);
      this.tallies[outer].parts += 1;
    }
    return [
      ...different(`control total of the ${level}`, BigInt(sum), tally.sum.value),
      ...(parts === null ? [] : different(`parts of the ${level}`, BigInt(parts), BigInt(tally.parts))),
      ...different(`records of the ${level}`, BigInt(lines), BigInt(tally.lines)),
    ];
  }
}

function emptyTally(): Tally {
  return { sum: new ExactSum(), lines: 0, parts: 0 };
}

function different(what: string, said: bigint, counted: bigint): readonly string[] {
  return said === counted ? [] : [`${what}: the file says ${said}, there are ${counted}`];
}
