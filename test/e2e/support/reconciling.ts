// Reconciling: a server and a channel simulator, each a process of its own, and what operators ask about bills. Two people say
// who they are, as in dev mode they may.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { CaseResource } from '../../../src/gateway/order-resources/case-resource.ts';
import type { RunResource } from '../../../src/gateway/reconciliation-resources.ts';
import { startSimulatorProcess, type SimulatorProcess } from '../../channels/support/simulator.ts';
import { Business } from './business.ts';
import { florin } from './program.ts';
import { newSite, startServer, type Server, type Site } from './server.ts';

export type Difference = {
  readonly id: string;
  readonly kind: string;
  readonly order: string | null;
  readonly merchant: string;
  readonly amount: number;
  readonly currency: string;
  readonly case: string | null;
};

/** A slow machine, and an index that trails by some seconds. */
const PATIENCE = { timeout: 40_000, interval: 50 };

type Answer<T> = { readonly status: number; readonly body: T; readonly text: string };

export class Reconciling {
  readonly site: Site;
  readonly simulator: SimulatorProcess;
  readonly business: Business;
  readonly #flags: readonly string[];
  server: Server;
  #asked = 0;

  private constructor(
    site: Site,
    simulator: SimulatorProcess,
    business: Business,
    server: Server,
    flags: readonly string[],
  ) {
    this.site = site;
    this.simulator = simulator;
    this.business = business;
    this.server = server;
    this.#flags = flags;
  }

  /** A channel called card; `rules` of matching, `more` flags. Ends with the test. */
  static async open(rules: object, more: readonly string[] = []): Promise<Reconciling> {
    const site = await newSite();
    const callbackUrl = `http://127.0.0.1:${site.port}/v1/callbacks/card`;
    const simulator = await startSimulatorProcess('--callback-url', callbackUrl, '--fund', '100000');
    onTestFinished(() => void simulator.end());
    const channels = { channels: [{ name: 'card', adapter: 'simulator', baseUrl: simulator.url, callbackUrl }] };
    const written = { channels, rules: Business.rules(), matching: { default: rules } };
    const flags = ['--log-level', 'warn', ...more];
    for (const [name, content] of Object.entries(written)) {
      const file = join(site.folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(content));
      flags.push(name === 'matching' ? '--reconciliation-rules' : `--${name}`, file);
    }
    const server = await startServer(site, { flags });
    const business = await Business.open(site.port, 'http', simulator.url);
    return new Reconciling(site, simulator, business, server, flags);
  }

  /** The server is killed, and comes back at the same place. */
  async crash(): Promise<void> {
    await this.server.kill();
    this.server = await startServer(this.site, { flags: this.#flags });
  }

  async ask<T>(
    method: string,
    path: string,
    body?: object | Uint8Array | string,
    who = 'dev:alice',
  ): Promise<Answer<T>> {
    const isJson = typeof body === 'object' && !(body instanceof Uint8Array);
    const answer = await fetch(`http://127.0.0.1:${this.site.port}/v1/reconciliation${path}`, {
      method,
      headers: {
        authorization: `Bearer ${who}`,
        'idempotency-key': `reconciling-${(this.#asked += 1)}`,
        'content-type': isJson ? 'application/json' : 'application/octet-stream',
      },
      ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : (body as string) }),
    });
    const text = await answer.text();
    const isTable = answer.headers.get('content-type')?.startsWith('text/csv') === true;
    return { status: answer.status, text, body: (isTable ? null : JSON.parse(text)) as T };
  }

  /** The bill of the day, fetched from the channel, once its run has ended. */
  async fetchBill(date: string): Promise<RunResource> {
    const { status, body, text } = await this.ask<RunResource>('POST', '/files', { channel: 'card', date });
    expect([200, 201], text).toContain(status);
    return this.ended(body.id);
  }

  /** A file that somebody brings. */
  bring(query: string, content: string): Promise<Answer<RunResource>> {
    return this.ask('POST', `/files?channel=card&${query}`, content);
  }

  ended(run: string): Promise<RunResource> {
    return vi.waitFor(async () => {
      const { body } = await this.ask<RunResource>('GET', `/runs/${run}`);
      expect(body.status).not.toBe('processing');
      return body;
    }, PATIENCE);
  }

  async differences(run: string, query = ''): Promise<readonly Difference[]> {
    const { body } = await this.ask<{ data: Difference[] }>('GET', `/runs/${run}/differences${query}`);
    return body.data;
  }

  /** One proposes and the other agrees. */
  async resolve(difference: string, decision: object): Promise<CaseResource> {
    const path = `/differences/${difference}/resolve`;
    const proposed = await this.ask<{ resolution: CaseResource }>('POST', path, decision, 'dev:alice');
    expect(proposed.status, proposed.text).toBe(200);
    const alone = await this.ask<{ code: string }>('POST', path, {}, 'dev:alice');
    expect(alone.body.code).toBe('same_person_approval');
    const agreed = await this.ask<{ resolution: CaseResource }>('POST', path, {}, 'dev:bob');
    expect(agreed.status, agreed.text).toBe(200);
    return agreed.body.resolution;
  }

  /** Cases that wait, of all sorts. */
  async openCases(): Promise<readonly CaseResource[]> {
    const answer = await fetch(`http://127.0.0.1:${this.site.opsPort}/admin/cases?limit=100`);
    return ((await answer.json()) as { readonly data: readonly CaseResource[] }).data;
  }

  /** Two people, on the listener of operations. */
  async decide(id: string, decision: string): Promise<void> {
    for (const [who, verb, body] of [
      ['dev:alice', 'decide', { decision }],
      ['dev:bob', 'agree', {}],
    ] as const) {
      const answer = await fetch(`http://127.0.0.1:${this.site.opsPort}/admin/cases/${id}/${verb}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${who}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status, await answer.text()).toBe(200);
    }
  }

  until(holds: () => Promise<void>): Promise<void> {
    return vi.waitFor(holds, PATIENCE);
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.site.opsPort}/metrics`)).text();
  }

  /** Stops the server and verifies what it leaves. */
  async verified(): Promise<void> {
    this.business.close();
    await this.server.stop();
    const { out, code } = await florin('verify', '--data', this.site.data);
    expect([code, out]).toEqual([0, out]);
  }
}
