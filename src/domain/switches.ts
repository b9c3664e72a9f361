// Switches. What operators can turn off by hand, until when, and the fact of it.
//
// S1. The list is closed; two families have one for each channel and each product. S2. What is set ends by itself: nobody
// has to remember it. S3. A switch holds back what is new and decides nothing: what is unknown stays unknown and is asked
// about, what was begun goes on.

import type { Context } from './context.ts';

/** What is held back while it is set. */
export const SWITCHES = {
  topups: 'New top-ups are refused.',
  withdrawals: 'New withdrawals are refused; those that wait for a second person go on waiting.',
  trades: 'New trades are refused; those that there are can be paid, closed and refunded.',
  webhooks: 'Nothing is sent to webhook endpoints; events wait in the journal.',
  non_core: 'Lists, statements, reports, pages of events and webhook settings are refused; payments are not.',
} as const;

/** Families: for each of their members a switch of the name `family:member`. */
export const SWITCH_FAMILIES = {
  channel:
    'Nothing that moves money is sent to the channel; what was sent is asked about, and its callbacks are heard.',
  outflow: 'Refunds, withdrawals and payouts of the product are refused; those already sent are followed to their end.',
} as const;

export type SwitchName = keyof typeof SWITCHES | `${keyof typeof SWITCH_FAMILIES}:${string}`;

/** Seconds that a switch may stay set: a month. What should stay off for longer is a change of the configuration. */
export const SWITCH_SECONDS_MAX = 2_678_400;

export type SetSwitch = {
  readonly name: SwitchName;
  /** In the words of who set it. */
  readonly reason: string;
  /** Id of the key; '' in dev mode, or for the server itself. */
  readonly by: string;
  /** ms since 1970. */
  readonly sinceMs: number;
  readonly untilMs: number;
};

const TURNS = ['set', 'cleared', 'expired'] as const;

export type Turn = (typeof TURNS)[number];

/** Under this key of nobody's the latest is found. */
export const SWITCHES_KEY = 'switches';

export type SwitchTurned = {
  readonly kind: 30;
  readonly context: Context;
  /** The latest frame before this one that turned a switch; 0 for none. */
  readonly previousSeq: number;
  readonly turn: Turn;
  readonly name: SwitchName;
  readonly reason: string;
  readonly by: string;
  /** When it ends by itself, ms since 1970; 0 unless it is set. */
  readonly untilMs: number;
  /** All that are set after it. */
  readonly set: readonly SetSwitch[];
  readonly key: typeof SWITCHES_KEY;
  readonly fingerprint: '';
};

export type SwitchChange = Pick<SwitchTurned, 'turn' | 'name' | 'reason' | 'by' | 'untilMs'>;

/** Every switch that there is on a server with these channels and products, with its meaning. */
export function switchesOf(channels: readonly string[], products: readonly string[]): ReadonlyMap<SwitchName, string> {
  const { channel, outflow } = SWITCH_FAMILIES;
  return new Map<SwitchName, string>([
    ...(Object.entries(SWITCHES) as [keyof typeof SWITCHES, string][]),
    ...channels.map((name): [SwitchName, string] => [`channel:${name}`, channel]),
    ...products.map((code): [SwitchName, string] => [`outflow:${code}`, outflow]),
  ]);
}

/** What is set after a change; `atMs`: when it is made. */
export function afterChange(set: readonly SetSwitch[], change: SwitchChange, atMs: number): readonly SetSwitch[] {
  const { name, reason, by, untilMs } = change;
  const others = set.filter((one) => one.name !== name);
  switch (change.turn) {
    case 'set': {
      const sinceMs = set.find((one) => one.name === name)?.sinceMs ?? atMs;
      return [...others, { name, reason, by, sinceMs, untilMs }];
    }
    case 'cleared':
    case 'expired':
      return others;
  }
}

type SetRow = readonly [name: SwitchName, reason: string, by: string, sinceMs: number, untilMs: number];
// prettier-ignore
type SwitchRow = [
  kind: 30, context: number, previousSeq: number, turn: number, name: SwitchName, reason: string, by: string, untilMs: number,
  set: readonly SetRow[],
];

/** How it lies in the journal, for ever. `context`: place of the fact's context in its frame. */
export function switchRow(fact: SwitchTurned, context: number): SwitchRow {
  const { previousSeq, turn, name, reason, by, untilMs } = fact;
  const set = fact.set.map((one): SetRow => [one.name, one.reason, one.by, one.sinceMs, one.untilMs]);
  return [30, context, previousSeq, TURNS.indexOf(turn), name, reason, by, untilMs, set];
}

/** @throws Error for a row that a newer version wrote */
export function readSwitch(row: readonly unknown[], context: Context): SwitchTurned {
  const [kind, , previousSeq, place, name, reason, by, untilMs, rows] = row as unknown as SwitchRow;
  const turn = TURNS[place];
  if (turn === undefined) throw new Error(`a switch was turned in the unknown way ${place}`);
  const set = rows.map(([of, why, who, sinceMs, endsMs]) => ({
    name: of,
    reason: why,
    by: who,
    sinceMs,
    untilMs: endsMs,
  }));
  return { kind, context, previousSeq, turn, name, reason, by, untilMs, set, key: SWITCHES_KEY, fingerprint: '' };
}
