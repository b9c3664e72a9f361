// Opening payments: the rules and the channels that a server works by, from their files or the defaults.
//
// P1. What is wrong with them is told all at once, in words, and nothing starts. P2. Without a file of channels a server
// in dev mode talks to a channel simulator on this machine, and any other to no channel.

import { readFileSync } from 'node:fs';
import type { Payments } from '../actors/open-desk.ts';
import { ChannelDesk } from './channel-desk.ts';
import { makeChannelClock } from './channels/channel-clock.ts';
import { readChannelConfig, type ChannelConfig } from './channels/channel-config.ts';
import type { CredentialSources } from './channels/channel-credentials.ts';
import { openChannels, type Channels } from './channels/channels.ts';
import { DEVELOPMENT_PORT } from './channels/simulator-protocol.ts';
import type { Clock } from './clock.ts';
import { DEV_MERCHANT } from './gateway/callers.ts';
import type { Log } from './log/log-line.ts';
import { Instruments } from './domain/instruments/instruments.ts';
import { defaultRuleset, judgeRuleset, type Ruleset, type RulesetJson } from './domain/orders/ruleset.ts';

const SHADOW_SECRETS = 'FLORIN_SHADOW_CHANNEL_';

export type PaymentsConfig = {
  /** Path of a file with rules and products; '' for the defaults. */
  readonly rules: string;
  /** Path of a file with channels; '' for none, or the simulator in dev mode. */
  readonly channels: string;
  /** The same for stress traffic. */
  readonly shadowChannels: string;
  /** Of the API, for callbacks of a simulator on this machine. */
  readonly port: number;
};

export type OpenedPayments = {
  readonly payments: Payments;
  readonly channels: Channels;
  readonly desk: ChannelDesk;
};

/** Rules or channels cannot be used; every problem is one sentence. */
export class PaymentsRefused extends Error {
  override name = 'PaymentsRefused';
}

/** @throws PaymentsRefused */
export function openPayments(config: PaymentsConfig, clock: Clock, devMode: boolean, log: Log): OpenedPayments {
  const { channels: path, port } = config;
  const configs = path === '' ? simulatorOf(port, 'simulator', devMode) : readChannels(path);
  return openedWith(config, configs, makeSources(process.env, devMode), clock, log, false);
}

/** By the same rules, through simulators, whose secrets are never those of real channels. @throws PaymentsRefused */
export function openShadowPayments(config: PaymentsConfig, clock: Clock, devMode: boolean, log: Log): OpenedPayments {
  const { shadowChannels: path, port } = config;
  const configs = path === '' ? simulatorOf(port, 'shadow.simulator', devMode) : readChannels(path);
  const real = configs.filter(({ adapter }) => adapter !== 'simulator').map(({ name }) => name);
  if (real.length > 0)
    throw new PaymentsRefused(`${path}: stress traffic goes to simulators only, not ${real.join(', ')}`);
  return openedWith(config, configs, makeSources(shadowSecrets(process.env), devMode), clock, log, true);
}

function openedWith(
  { rules: path }: PaymentsConfig,
  configs: readonly ChannelConfig[],
  sources: CredentialSources,
  clock: Clock,
  log: Log,
  shadow: boolean,
): OpenedPayments {
  const instruments = new Instruments();
  const rules = path === '' ? defaultRuleset() : readRules(path, instruments);
  const channels = openChannels(configs, sources, makeChannelClock(clock), log);
  if ('problems' in channels) throw new PaymentsRefused(channels.problems.join('\n  '));
  const desk = new ChannelDesk(channels, DEV_MERCHANT, log, shadow);
  return { payments: { rules, instruments, outside: desk }, channels, desk };
}

/** Rules and products of a file. @throws PaymentsRefused */
export function readRules(path: string, instruments: Instruments): Ruleset {
  const ruleset = judgeRuleset(JSON.parse(textOf(path)) as RulesetJson);
  if (!('version' in ruleset)) throw new PaymentsRefused(`${path}:\n  ${ruleset.join('\n  ')}`);
  const unknown = ruleset.rules.instruments.filter(({ name }) => !instruments.has(name)).map(({ name }) => name);
  if (unknown.length === 0) return ruleset;
  throw new PaymentsRefused(`${path}: there is no instrument called ${unknown.join(', ')}`);
}

function makeSources(environment: CredentialSources['environment'], development: boolean): CredentialSources {
  return { environment, readFile: (file) => readFileSync(file, 'utf8'), development };
}

/** What is called FLORIN_SHADOW_CHANNEL_… is to stress traffic what FLORIN_CHANNEL_… is to business. */
function shadowSecrets(environment: CredentialSources['environment']): CredentialSources['environment'] {
  const own = Object.entries(environment).filter(([name]) => name.startsWith(SHADOW_SECRETS));
  return Object.fromEntries(own.map(([name, value]) => [name.replace('SHADOW_', ''), value]));
}

function readChannels(path: string): readonly ChannelConfig[] {
  return configsOf(readChannelConfig(textOf(path)), path);
}

/** `called`: what it calls itself when it calls back. */
function simulatorOf(port: number, called: string, devMode: boolean): readonly ChannelConfig[] {
  if (!devMode) return [];
  const simulator = {
    name: 'simulator',
    adapter: 'simulator',
    baseUrl: `http://127.0.0.1:${DEVELOPMENT_PORT}`,
    callbackUrl: `http://127.0.0.1:${port}/v1/callbacks/${called}`,
  };
  return configsOf(readChannelConfig(JSON.stringify({ channels: [simulator] })), 'the simulator of the dev mode');
}

function configsOf(read: ReturnType<typeof readChannelConfig>, path: string): readonly ChannelConfig[] {
  if ('channels' in read) return read.channels;
  throw new PaymentsRefused(`${path}:\n  ${read.problems.join('\n  ')}`);
}

/** @throws PaymentsRefused when it cannot be read */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PaymentsRefused(`${path} cannot be read: ${(error as Error).message}`);
  }
}
