// Switch actor. Owns what operators have turned off. Others ask it whether something is off; nobody else changes it.
//
// T1. Every turn is a fact with its reason, who made it and all that is set after it: the latest fact is the state, and each
// leads to the one before. T2. What has run out is cleared by a fact of its own, by the clock that dates facts.

import { FACT_KIND } from '../src/domain/facts.ts';
import {
  afterChange,
  SWITCHES_KEY,
  type SetSwitch,
  type SwitchChange,
  type SwitchName,
  type SwitchTurned,
} from '../src/domain/switches.ts';
import type { Context } from '../src/domain/context.ts';
import { clockContext } from './clock-context.ts';
import type { Desk } from './desk.ts';
import { Cell } from './runtime/cell.ts';
import { Message } from './runtime/message.ts';
import type { PastTurn, ReadSwitches, TurnSwitch } from './switch-commands.ts';

/** Some switch may have run out. */
class SwitchDue extends Message {}

export class SwitchCell extends Cell {
  readonly #desk: Desk;
  #set = new Map<SwitchName, SetSwitch>();
  /** The frame of the latest turn, and of the latest in a frame before that; 0 for none. */
  #seq = 0;
  #previousSeq = 0;
  /** A message to itself is on its way. */
  #isWoken = false;

  constructor(desk: Desk) {
    super();
    this.#desk = desk;
  }

  /** Whether what this switch is for is off now. */
  isSet(name: SwitchName): boolean {
    return this.#set.has(name);
  }

  /** When the next one runs out, ms since 1970; null when none is set. */
  get nextDueMs(): number | null {
    let dueMs: number | null = null;
    for (const { untilMs } of this.#set.values()) if (dueMs === null || untilMs < dueMs) dueMs = untilMs;
    return dueMs;
  }

  /** Sends itself word that a switch has run out, if one has. */
  wake(nowMs: number): void {
    const dueMs = this.nextDueMs;
    if (dueMs === null || nowMs < dueMs || this.#isWoken) return;
    this.#isWoken = true;
    this.#desk.dispatcher.admit(this, new SwitchDue(clockContext(this.#desk, '', 'due:switches')));
  }

  receive({ context }: Message): void {
    this.#isWoken = false;
    const { timeMs } = this.#desk.commit;
    const over = [...this.#set.values()].filter(({ untilMs }) => untilMs <= timeMs);
    for (const { name, by } of over) this.#state(context, { turn: 'expired', name, reason: '', by, untilMs: 0 });
  }

  /** Setting what is set changes its reason and its end; clearing what is not set changes nothing. */
  turn(command: TurnSwitch): void {
    const { context, request } = command;
    const { name, reason, forMs } = request;
    const { by } = context;
    const untilMs = this.#desk.commit.timeMs + forMs;
    if (forMs > 0) this.#state(context, { turn: 'set', name, reason, by, untilMs });
    else if (this.isSet(name)) this.#state(context, { turn: 'cleared', name, reason, by, untilMs: 0 });
    command.set = [...this.#set.values()];
    this.#desk.commit.after(command);
  }

  read(command: ReadSwitches): void {
    command.set = [...this.#set.values()];
    command.history = this.#history(command.limit);
    this.#desk.commit.after(command);
  }

  /** What the snapshot's names lead to; the frames after the snapshot are replayed. */
  load(): void {
    const found = this.#desk.names.findKey('', SWITCHES_KEY);
    if (found?.fact.kind === FACT_KIND.switchTurned) this.replay(found.fact, found.frame.seq);
  }

  /** The latest turn has the whole state. */
  replay(fact: SwitchTurned, seq: number): void {
    if (seq < this.#seq) return;
    this.#seq = seq;
    this.#previousSeq = fact.previousSeq;
    this.#set = new Map(fact.set.map((one) => [one.name, one]));
  }

  #state({ origin, requestId, traceId, shadow }: Context, change: SwitchChange): void {
    const { commit } = this.#desk;
    const previousSeq = this.#seq === commit.seq ? this.#previousSeq : this.#seq;
    const set = afterChange([...this.#set.values()], change, commit.timeMs);
    // Of no merchant: it concerns all of them.
    const context: Context = {
      version: 1,
      merchant: '',
      origin,
      requestId,
      traceId,
      shadow,
      by: '',
      business: null,
    };
    const fact: SwitchTurned = {
      kind: FACT_KIND.switchTurned,
      context,
      previousSeq,
      ...change,
      set,
      key: SWITCHES_KEY,
      fingerprint: '',
    };
    this.#desk.emit(fact);
    this.replay(fact, commit.seq);
  }

  #history(limit: number): PastTurn[] {
    const turns: PastTurn[] = [];
    for (let seq = this.#seq; seq > 0 && turns.length < limit;) {
      const frame = this.#desk.history.frame(seq);
      if (!frame) throw new Error(`journal has no frame ${seq}`);
      seq = 0;
      for (const fact of frame.facts.toReversed()) {
        if (fact.kind !== FACT_KIND.switchTurned) continue;
        const { context, turn, name, reason, by, untilMs } = fact;
        turns.push({ context, turn, name, reason, by, untilMs, atMs: frame.timeMs });
        seq = fact.previousSeq;
      }
    }
    return turns.slice(0, limit);
  }
}
