// Channels. All channels of a configuration by name, each with its gateway, and what routing wants to know of them.
//
// A new provider is an adapter beside simulator-channel.ts and a line in `makeAdapter`.

import { randomUUID } from 'node:crypto';
import { NO_LOG, type Log } from '../log/log-line.ts';
import type { ChannelClock } from './channel-clock.ts';
import type { ChannelConfig, RejectedChannels } from './channel-config.ts';
import type { Health } from './channel-counts.ts';
import { readCheckSecret, readCredentials, type Credentials, type CredentialSources } from './channel-credentials.ts';
import { ChannelGateway } from './channel-gateway.ts';
import type { ChannelAdapter } from './channel.ts';
import type { CheckConfig } from './check-config.ts';
import { CheckEndpoint } from './check-endpoint.ts';
import { Checks } from './checks.ts';
import type { CircuitState } from './circuit-breaker.ts';
import { HttpCalls } from './http-call.ts';
import { makeSimulatorChannel } from './simulator-channel.ts';
import { makeStripeChannel } from './stripe-channel.ts';

/** What routing scores a channel by. */
export type ChannelStanding = Health & {
  readonly name: string;
  /** False while its breaker is open, it is full or it is in maintenance. */
  readonly open: boolean;
  readonly currencies: readonly string[];
  readonly cost: ChannelConfig['cost'];
};

export class Channels {
  readonly #channels: ReadonlyMap<string, { readonly config: ChannelConfig; readonly gateway: ChannelGateway }>;

  constructor(channels: readonly { readonly config: ChannelConfig; readonly gateway: ChannelGateway }[]) {
    this.#channels = new Map(channels.map((channel) => [channel.config.name, channel]));
  }

  get(name: string): ChannelGateway | undefined {
    return this.#channels.get(name)?.gateway;
  }

  /** True where the payer pays with a token that the channel gives out. */
  isPrepaid(name: string): boolean {
    return this.#channels.get(name)?.config.prepaid ?? false;
  }

  /** In the order of the configuration. */
  all(): readonly ChannelGateway[] {
    return [...this.#channels.values()].map(({ gateway }) => gateway);
  }

  standings(): readonly ChannelStanding[] {
    return [...this.#channels.values()].map(({ config: { name, currencies, cost }, gateway }) => ({
      ...gateway.health(),
      name,
      currencies,
      cost,
      open: gateway.isOpenForMoney,
    }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.all().map((gateway) => gateway.stop()));
  }
}

/** Where the checks are asked; connects nothing yet. Every missing secret is a problem. */
export function openChecks(
  configs: readonly CheckConfig[],
  sources: CredentialSources,
  clock: ChannelClock,
  log: Log = NO_LOG,
): Checks | RejectedChannels {
  const problems: string[] = [];
  const secrets = configs.map(({ name }) => readCheckSecret(name, sources, problems));
  if (problems.length > 0) return { problems };
  return new Checks(
    configs.map((config, place) => {
      const told = (state: CircuitState): void => log.peer(`breaker_${state}`, { check: config.name });
      return new CheckEndpoint(config, secrets[place] ?? '', clock, told);
    }),
    clock,
  );
}

/** Connects nothing yet. Every missing secret is a problem, and with one problem there are no channels. */
export function openChannels(
  configs: readonly ChannelConfig[],
  sources: CredentialSources,
  clock: ChannelClock,
  log: Log = NO_LOG,
): Channels | RejectedChannels {
  const problems: string[] = [];
  const credentials = configs.map((config) => readCredentials(config, sources, problems));
  if (problems.length > 0) return { problems };
  return new Channels(
    configs.map((config, index) => {
      const adapter = makeAdapter(config, credentials[index] as Credentials, clock);
      return { config, gateway: new ChannelGateway(adapter, config.gateway, clock, log) };
    }),
  );
}

function makeAdapter(config: ChannelConfig, credentials: Credentials, { now }: ChannelClock): ChannelAdapter {
  const { name, callbackUrl, returnUrl, paymentMethod } = config;
  const { secret, webhookSecret } = credentials;
  const http = new HttpCalls(config.baseUrl, config.http);
  switch (config.adapter) {
    case 'simulator':
      return makeSimulatorChannel({ name, secret, callbackUrl, http, now, newNonce: randomUUID });
    case 'stripe':
      return makeStripeChannel({ name, secret, webhookSecret, returnUrl, paymentMethod, http, now });
  }
}
