// Opening payments: the rules and the channels that a server works by, from their files or the defaults.
//
// P1. What is wrong with them is told all at once, in words, and nothing starts. P2. Without a file of channels a server
// in dev mode talks to a channel simulator on this machine, and any other to no channel.

import { readFileSync } from 'node:fs';
import type { Payments } from '../actors/open-desk.ts';
import { ChannelDesk } from './channel-desk.ts';
import { makeChannelClock } from './channels/channel-clock.ts';
import { readChannelConfig, type LoadedChannels } from './channels/channel-config.ts';
import type { CredentialSources } from './channels/channel-credentials.ts';
import { openChannels, openChecks, type Channels } from './channels/channels.ts';
import type { Checks } from './channels/checks.ts';
import { DEVELOPMENT_PORT } from './channels/simulator-protocol.ts';
import type { Clock } from './clock.ts';
import { DEV_MERCHANT } from './gateway/callers.ts';
import type { Log } from './log/log-line.ts';
import { Instruments } from './domain/instruments/instruments.ts';
import { defaultRuleset, judgeRuleset, type Ruleset, type RulesetJson } from './domain/orders/ruleset.ts';

const SHADOW_SECRETS = 'FLORIN_SHADOW_';

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
  readonly checks: Checks;
  /** Reads the rules again. @throws PaymentsRefused */
  readonly readRules: () => Ruleset;
};

/** Rules or channels cannot be used; every problem is one sentence. */
export class PaymentsRefused extends Error {
  override name = 'PaymentsRefused';
}

/** @throws PaymentsRefused */
export function openPayments(config: PaymentsConfig, clock: Clock, devMode: boolean, log: Log): OpenedPayments {
  const { channels: path, port } = config;
  const loaded = path === '' ? simulatorOf(port, 'simulator', devMode) : readChannels(path);
  return openedWith(config, loaded, makeSources(process.env, devMode), clock, log, false);
}

/** By the same rules, through simulators, whose secrets are never those of real channels. @throws PaymentsRefused */
export function openShadowPayments(config: PaymentsConfig, clock: Clock, devMode: boolean, log: Log): OpenedPayments {
  const { shadowChannels: path, port } = config;
  const loaded = path === '' ? simulatorOf(port, 'shadow.simulator', devMode) : readChannels(path);
  const real = loaded.channels.filter(({ adapter }) => adapter !== 'simulator').map(({ name }) => name);
  if (real.length > 0)
    throw new PaymentsRefused(`${path}: stress traffic goes to simulators only, not ${real.join(', ')}`);
  return openedWith(config, loaded, makeSources(shadowSecrets(process.env), devMode), clock, log, true);
}

function openedWith(
  { rules: path }: PaymentsConfig,
  loaded: LoadedChannels,
  sources: CredentialSources,
  clock: Clock,
  log: Log,
  shadow: boolean,
): OpenedPayments {
  const instruments = new Instruments();
  const readRules = (): Ruleset => rulesOf(path, instruments, loaded);
  const channelClock = makeChannelClock(clock);
  const checks = unlessRefused(openChecks(loaded.checks, sources, channelClock, log));
  const channels = unlessRefused(openChannels(loaded.channels, sources, channelClock, log));
  const desk = new ChannelDesk(channels, DEV_MERCHANT, log, shadow);
  return { payments: { rules: readRules(), instruments, outside: desk }, channels, desk, checks, readRules };
}

/** The breakers of what is outside of this process, by the names that their dependencies have (ops/dependencies.ts). */
export function circuitsOf({ channels, checks }: Pick<OpenedPayments, 'channels' | 'checks'>) {
  return {
    channel: channels.all().map(({ name, circuit }) => ({ name, state: circuit })),
    check_endpoint: checks.endpoints.map(({ name, circuit }) => ({ name, state: circuit })),
  };
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

function makeSources(environment: CredentialSources['environment'], development: boolean): CredentialSources {
  return { environment, readFile: (file) => readFileSync(file, 'utf8'), development };
}

/** What is called FLORIN_SHADOW_… is to stress traffic what FLORIN_… is to business. */
function shadowSecrets(environment: CredentialSources['environment']): CredentialSources['environment'] {
  const own = Object.entries(environment).filter(([name]) => name.startsWith(SHADOW_SECRETS));
  return Object.fromEntries(own.map(([name, value]) => [name.replace('SHADOW_', ''), value]));
}

function readChannels(path: string): LoadedChannels {
  return accepted(readChannelConfig(textOf(path)), path);
}

/** `called`: what it calls itself when it calls back. */
function simulatorOf(port: number, called: string, devMode: boolean): LoadedChannels {
  if (!devMode) return { channels: [], checks: [] };
  const simulator = {
    name: 'simulator',
    adapter: 'simulator',
    baseUrl: `http://127.0.0.1:${DEVELOPMENT_PORT}`,
    callbackUrl: `http://127.0.0.1:${port}/v1/callbacks/${called}`,
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
