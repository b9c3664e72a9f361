// Opening payments: the rules and the channels that a server works by, from their files or the defaults.
//
// P1. What is wrong with them is told all at once, in words, and nothing starts. P2. Without a file of channels a server
// in dev mode talks to a channel simulator on this machine, and any other to no channel.

import { readFileSync } from 'node:fs';
import type { Payments } from '../actors/open-desk.ts';
import { ChannelDesk } from './channel-desk.ts';
import { makeChannelClock } from './channels/channel-clock.ts';
import { readChannelConfig, type LoadedChannels } from './channels/channel-config.ts';
import { openChannels, openChecks, type Channels } from './channels/channels.ts';
import type { Checks } from './channels/checks.ts';
import { DEVELOPMENT_PORT } from './channels/simulator-protocol.ts';
import type { Clock } from './clock.ts';
import { DEV_MERCHANT } from './gateway/callers.ts';
import { Instruments } from './domain/instruments/instruments.ts';
import { defaultRuleset, judgeRuleset, type Ruleset, type RulesetJson } from './domain/orders/ruleset.ts';

export type PaymentsConfig = {
  /** Path of a file with rules and products; '' for the defaults. */
  readonly rules: string;
  /** Path of a file with channels; '' for none, or the simulator in dev mode. */
  readonly channels: string;
  /** Of the API, for callbacks of a simulator on this machine. */
  readonly port: number;
};

export type OpenedPayments = {
  readonly payments: Payments;
  readonly channels: Channels;
  readonly desk: ChannelDesk;
  readonly checks: Checks;
  /** Reads the rules again. @throws PaymentsRefused */
  readonly readRules: () => Ruleset;
};

/** Rules or channels cannot be used; every problem is one sentence. */
export class PaymentsRefused extends Error {
  override name = 'PaymentsRefused';
}

/** @throws PaymentsRefused */
export function openPayments(config: PaymentsConfig, clock: Clock, devMode: boolean): OpenedPayments {
  const instruments = new Instruments();
  const loaded = loadedOf(config, devMode);
  const readRules = (): Ruleset => rulesOf(config.rules, instruments, loaded);
  const sources = {
    environment: process.env,
    readFile: (file: string) => readFileSync(file, 'utf8'),
    development: devMode,
  };
  const channelClock = makeChannelClock(clock);
  const checks = unlessRefused(openChecks(loaded.checks, sources, channelClock));
  const channels = unlessRefused(openChannels(loaded.channels, sources, channelClock));
  const desk = new ChannelDesk(channels, DEV_MERCHANT);
  return { payments: { rules: readRules(), instruments, outside: desk }, channels, desk, checks, readRules };
}

/** Rules and products of a file; the defaults for ''. @throws PaymentsRefused */
function rulesOf(path: string, instruments: Instruments, { checks }: LoadedChannels): Ruleset {
  if (path === '') return defaultRuleset();
  const ruleset = judgeRuleset(JSON.parse(textOf(path)) as RulesetJson);
  if (!('version' in ruleset)) throw new PaymentsRefused(`${path}:\n  ${ruleset.join('\n  ')}`);
  const unknown = ruleset.rules.instruments.filter(({ name }) => !instruments.has(name)).map(({ name }) => name);
  if (unknown.length > 0) throw new PaymentsRefused(`${path}: there is no instrument called ${unknown.join(', ')}`);
  const wanted = Object.values(ruleset.rules.checks).flatMap((some) => some.map(({ name }) => name));
  const homeless = wanted.filter((name) => !checks.some((one) => one.name === name));
  if (homeless.length === 0) return ruleset;
  throw new PaymentsRefused(`${path}: the file of channels does not say where to ask for ${homeless.join(', ')}`);
}

function loadedOf({ channels: path, port }: PaymentsConfig, devMode: boolean): LoadedChannels {
  return path === '' ? simulatorOf(port, devMode) : accepted(readChannelConfig(textOf(path)), path);
}

function simulatorOf(port: number, devMode: boolean): LoadedChannels {
  if (!devMode) return { channels: [], checks: [] };
  const simulator = {
    name: 'simulator',
    adapter: 'simulator',
    baseUrl: `http://127.0.0.1:${DEVELOPMENT_PORT}`,
    callbackUrl: `http://127.0.0.1:${port}/v1/callbacks/simulator`,
  };
  return accepted(readChannelConfig(JSON.stringify({ channels: [simulator] })), 'the simulator of the dev mode');
}

function accepted(read: ReturnType<typeof readChannelConfig>, path: string): LoadedChannels {
  if ('channels' in read) return read;
  throw new PaymentsRefused(`${path}:\n  ${read.problems.join('\n  ')}`);
}

function unlessRefused<T extends object>(opened: T | { readonly problems: readonly string[] }): T {
  if ('problems' in opened)
    throw new PaymentsRefused((opened as { problems: readonly string[] }).problems.join('\n  '));
  return opened;
}

/** @throws PaymentsRefused when it cannot be read */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PaymentsRefused(`${path} cannot be read: ${(error as Error).message}`);
  }
}
