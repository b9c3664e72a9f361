// Commands about switches: turning one, and what is set now and was before.

import type { Context } from '../src/domain/context.ts';
import type { SetSwitch, SwitchChange, SwitchName, SwitchTurned } from '../src/domain/switches.ts';
import { Command } from './commands.ts';

/** `forMs`: how long it stays set, 0 to clear it. */
export type TurnRequest = { readonly name: SwitchName; readonly reason: string; readonly forMs: number };

export class TurnSwitch extends Command {
  readonly request: TurnRequest;
  /** All that are set after it. */
  set: readonly SetSwitch[] = [];

  constructor(context: Context, request: TurnRequest, reply: (command: TurnSwitch) => void) {
    super(context, reply);
    this.request = request;
  }
}

/** A switch was turned, at this time, ms since 1970. */
export type PastTurn = SwitchChange & Pick<SwitchTurned, 'context'> & { readonly atMs: number };

export class ReadSwitches extends Command {
  /** Turns that are wanted at most. */
  readonly limit: number;
  set: readonly SetSwitch[] = [];
  /** The latest first. */
  history: readonly PastTurn[] = [];

  constructor(context: Context, limit: number, reply: (command: ReadSwitches) => void) {
    super(context, reply);
    this.limit = limit;
  }
}
