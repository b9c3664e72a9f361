// Two worlds: a server with keys, and channel simulators, each a process of its own; business and, where it is wanted, stress traffic
// beside it, with a channel of the same name.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openKeys, scopes } from '../../../src/gateway/keys.ts';
import { startSimulatorOf, type SimulatorProcess } from '../../channels/support/simulator.ts';
import { Receiver } from '../../support/receiver.ts';
import { Business } from './business.ts';
import { Merchant } from './merchant.ts';
import { programWords } from './program.ts';
import { newSite, startServer, type Server, type Site } from './server.ts';

export type WorldName = 'business' | 'shadow';

export type Setting = {
  /** With stress traffic, too. */
  readonly shadow: boolean;
  /** Where the channel of stress traffic calls back, `shadow.card` unless a test has it lose its way. */
  readonly shadowCallback?: string;
};

/** The channels of both sign with the same secret: what keeps them apart has to be something else. */
const SECRET = 'a secret of both worlds, as careless as can be';

export class TwoWorlds {
  readonly site: Site;
  readonly server: Server;
  readonly business: Merchant;
  readonly shadow: Merchant;
  readonly operator: Merchant;
  /** Gets the webhooks of business. */
  readonly receiver: Receiver;
  readonly simulators: ReadonlyMap<WorldName, SimulatorProcess>;

  private constructor(parts: Pick<TwoWorlds, 'site' | 'server' | 'receiver' | 'simulators'>, keys: Keys) {
    this.site = parts.site;
    this.server = parts.server;
    this.receiver = parts.receiver;
    this.simulators = parts.simulators;
    const base = `http://127.0.0.1:${this.site.port}/v1`;
    this.business = new Merchant(base, keys.business);
    this.shadow = new Merchant(base, keys.shadow);
    this.operator = new Merchant(base, keys.operator);
  }

  /** All of it ends with the test. */
  static async open({ shadow, shadowCallback = 'shadow.card' }: Setting): Promise<TwoWorlds> {
    const site = await newSite();
    const keys = makeKeys(site.data);
    const secretFile = join(site.folder, 'secret');
    writeFileSync(secretFile, SECRET);
    const start = (): Promise<SimulatorProcess> =>
      startSimulatorOf(programWords().slice(1), '--secret-file', secretFile, '--fund', '100000000');
    const names: readonly WorldName[] = shadow ? ['business', 'shadow'] : ['business'];
    const simulators = new Map(await Promise.all(names.map(async (name) => [name, await start()] as const)));
    const receiver = await Receiver.start();
    onTestFinished(async () => {
      await Promise.all([...[...simulators.values()].map(({ end }) => end()), receiver.stop()]);
    });
    const write = (name: string, content: object): string => {
      const path = join(site.folder, `${name}.json`);
      writeFileSync(path, JSON.stringify(content));
      return path;
    };
    const channels = (world: WorldName, called: string): object => ({
      channels: [
        {
          name: 'card',
          adapter: 'simulator',
          baseUrl: simulators.get(world)?.url,
          callbackUrl: `http://127.0.0.1:${site.port}/v1/callbacks/${called}`,
          limits: { ratePerSecond: 1_000, burst: 1_000 },
        },
      ],
    });
    const flags = ['--log-level', 'warn', '--webhooks-allow-private', '127.0.0.0/8'];
    flags.push(
      '--channels',
      write('channels', channels('business', 'card')),
      '--rules',
      write('rules', Business.rules()),
    );
    if (shadow) flags.push('--shadow', 'on', '--shadow-channels', write('shadow', channels('shadow', shadowCallback)));
    const environment = { FLORIN_CHANNEL_CARD_SECRET: SECRET, FLORIN_SHADOW_CHANNEL_CARD_SECRET: SECRET };
    const server = await startServer(site, { flags, environment });
    const worlds = new TwoWorlds({ site, server, receiver, simulators }, keys);
    await worlds.business.ask('/webhook_endpoints', { url: receiver.url(), events: ['*'] });
    return worlds;
  }

  /** The text of the metrics. */
  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.site.opsPort}/metrics`)).text();
  }

  /** The value of one series, by its name and labels without `florin_`. */
  async metric(series: string): Promise<number> {
    const line = (await this.metrics()).split('\n').find((text) => text.startsWith(`florin_${series} `));
    return Number(line?.split(' ').at(-1));
  }

  /** What a channel has moved, by its own books. */
  async channelBooks(world: WorldName): Promise<object> {
    const answer = await fetch(`${this.simulators.get(world)?.url}/books`);
    return ((await answer.json()) as { readonly totals: object }).totals;
  }
}

type Keys = { readonly business: string; readonly shadow: string; readonly operator: string };

/** All of one merchant. */
function makeKeys(data: string): Keys {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const store = openKeys(data);
  const make = (more: object): string => {
    const created = store.create({ merchant: 'acme', ...more });
    if (typeof created === 'string') throw new Error(created);
    return created.key;
  };
  const keys = { business: make({}), shadow: make({ shadow: true }), operator: make({ scopes }) };
  void store.close();
  return keys;
}
