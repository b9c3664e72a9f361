// `florin switches`: what operators have switched off by hand. Lists the switches of a running server, sets one for some
// time and clears one.

import { InvalidArgumentError, type Command } from 'commander';
import { SWITCH_SECONDS_MAX } from '../domain/switches.ts';
import type { SwitchesResource, SwitchResource } from '../gateway/switch-admin.ts';
import { operatorCommand, run } from './operator.ts';
import type { Output } from './terminal/output.ts';
import { table } from './terminal/table.ts';

type Flags = { readonly json?: true; readonly reason?: string; readonly for?: number };

const PATH = '/admin/switches';

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `florin switches list`, `set` and `clear`. */
export function registerSwitches(program: Command): void {
  const switches = program.command('switches').description('what is switched off by hand, and until when');
  operatorCommand(switches, 'list', 'list the switches, and how they were turned before').action(
    (flags: Flags, command: Command) =>
      run(command, async (ask, output) => list(await ask<SwitchesResource>('GET', PATH), flags, output)),
  );
  operatorCommand(switches, 'set', 'switch something off')
    .argument('<name>', 'as in `florin switches list`')
    .requiredOption('--reason <text>', 'why, for whoever finds it off')
    .requiredOption('--for <time>', 'when it ends by itself, such as 90s, 15m, 2h or 1d', secondsOf)
    .action((name: string, flags: Flags, command: Command) =>
      run(command, async (ask, output) => {
        const body = { name, reason: flags.reason, expires_in: flags.for };
        show(await ask<SwitchResource>('POST', `${PATH}/set`, body), flags, output);
      }),
    );
  operatorCommand(switches, 'clear', 'switch it on again')
    .argument('<name>', 'as in `florin switches list`')
    .requiredOption('--reason <text>', 'why')
    .action((name: string, flags: Flags, command: Command) =>
      run(command, async (ask, output) => {
        const body = { name, reason: flags.reason };
        show(await ask<SwitchResource>('POST', `${PATH}/clear`, body), flags, output);
      }),
    );
}

/** @throws InvalidArgumentError for what is no time, or too long */
export function secondsOf(text: string): number {
  const [, count, unit = ''] = /^([1-9][0-9]{0,7})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
  if (seconds <= SWITCH_SECONDS_MAX) return seconds;
  throw new InvalidArgumentError(`A time is a number and s, m, h or d, at most ${SWITCH_SECONDS_MAX / 86_400}d.`);
}

function list({ data, history }: SwitchesResource, { json }: Flags, output: Output): void {
  if (json === true) return output.out(JSON.stringify({ data, history }, null, 2));
  const rows = data.map((one) => [one.name, one.set ? 'OFF' : 'on', one.until ?? '', one.reason ?? one.meaning]);
  output.out(table(['switch', 'now', 'until', 'why, or what it stops'], rows));
  if (history.length === 0) return;
  const past = history.map((one) => [one.at, one.turn, one.name, one.by ?? '', one.reason ?? '']);
  output.out(table(['at', 'turn', 'switch', 'by', 'reason'], past));
}

function show(one: SwitchResource, { json }: Flags, output: Output): void {
  if (json === true) return output.out(JSON.stringify(one, null, 2));
  output.out(one.set ? `${one.name} is switched off until ${one.until}: ${one.meaning}` : `${one.name} is on.`);
}
