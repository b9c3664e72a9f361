// Post office. Webhooks of a test: a real store in a folder of its own, events that the test makes happen, and a clock
// that only the test moves.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { frameOf, type FrameFacts } from '../../../actors/frame-facts.ts';
import type { Endpoint } from '../../../src/domain/webhooks/endpoint.ts';
import type { Outcome } from '../../../src/domain/webhooks/retries.ts';
import { webhookFeed } from '../../../src/gateway/webhook-feed.ts';
import { makeAddressGuard } from '../../../src/webhooks/address-guard.ts';
import type { Delivery } from '../../../src/webhooks/delivery.ts';
import type { FeedEvent } from '../../../src/webhooks/event-feed.ts';
import type { Letter, Sender } from '../../../src/webhooks/sender.ts';
import { Webhooks } from '../../../src/webhooks/webhooks.ts';
import { WebhookStore } from '../../../src/webhooks/webhook-store.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { sampleContext, samplePost } from '../../support/samples.ts';

export const START_MS = 1_800_000_000_000;

export const answered = (status: number, retryAfterMs: number | null = null): Outcome => ({
  kind: 'answered',
  status,
  retryAfterMs,
});

/** What happened, which outlives a crash. */
export class History {
  nowMs = START_MS;
  readonly frames: FrameFacts[] = [];

  get position(): number {
    return this.frames.length;
  }

  frame = (seq: number): FrameFacts | null => this.frames[seq - 1] ?? null;

  /** So many transfers of a merchant, in one frame. */
  happen(count = 1, merchant = 'acme'): void {
    const fact = { ...samplePost, context: { ...sampleContext, merchant } };
    this.frames.push(
      frameOf(
        this.frames.length + 1,
        this.nowMs,
        Array.from({ length: count }, () => fact),
      ),
    );
  }
}

export class PostOffice {
  readonly history: History;
  readonly webhooks: Webhooks;
  readonly faults: unknown[] = [];
  /** An operator has switched webhooks off. */
  isOff = false;
  readonly givenUp: { readonly delivery: Delivery; readonly event: FeedEvent | null }[] = [];
  readonly disabled: Endpoint[] = [];
  readonly store: WebhookStore;
  readonly #folder: string;

  /** On what another one left behind, if `folder` names it. */
  constructor(sender: Sender, history = new History(), folder = join(temporaryFolder(), 'webhooks')) {
    this.history = history;
    this.#folder = folder;
    this.store = new WebhookStore(folder);
    this.webhooks = new Webhooks({
      store: this.store,
      feed: webhookFeed(history),
      sender,
      guard: makeAddressGuard(['127.0.0.0/8']),
      plain: true,
      now: () => history.nowMs,
      // Reading takes no time, so it never has to rest.
      monotonic: () => 0,
      jitter: () => 0,
      random: (bytes) => crypto.getRandomValues(Buffer.alloc(bytes)),
      fault: (error) => void this.faults.push(error),
      isOff: () => this.isOff,
      isBusy: () => false,
      gaveUp: (delivery, event) => void this.givenUp.push({ delivery, event }),
      disabled: (endpoint) => void this.disabled.push(endpoint),
    });
    onTestFinished(() => this.webhooks.close());
  }

  /** The same, as a crash at this moment would leave it. */
  afterCrash(sender: Sender): PostOffice {
    const folder = join(temporaryFolder(), 'webhooks');
    cpSync(this.#folder, folder, { recursive: true });
    return new PostOffice(sender, this.history, folder);
  }

  async endpoint(url = 'https://shop.example/hook', merchant = 'acme', events = ['*']): Promise<Endpoint> {
    const endpoint = await this.webhooks.create(merchant, { url, description: '', events });
    if (!endpoint) throw new Error('too many endpoints');
    return endpoint;
  }

  /** All that is due at this time, until nothing is. Attempts that do not end are left alone. */
  async run(): Promise<void> {
    for (let quiet = 0; quiet < 5;) {
      const before = this.#progress();
      this.webhooks.dispatcher.tick();
      await new Promise((resolve) => setTimeout(resolve, 2));
      quiet = this.#progress() === before ? quiet + 1 : 0;
    }
  }

  /** Lets time pass, in steps, and does what becomes due in each. */
  async pass(ms: number, stepMs = ms): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.history.nowMs += stepMs;
      await this.run();
    }
  }

  /** The log of an endpoint, the newest first. */
  async log(id: string, merchant = 'acme'): Promise<Delivery[]> {
    return (await this.webhooks.deliveries(merchant, id, { limit: 2_000, after: '', before: '' })) ?? [];
  }

  #progress(): string {
    const { dispatcher } = this.webhooks;
    const lanes = [...dispatcher.lanes.values()].map(({ open, inFlight, progress }) => [open, inFlight, progress]);
    return JSON.stringify([dispatcher.counts, lanes]);
  }
}

/** Sends nowhere: keeps the letters and answers as the test says, 204 by default. */
export class ScriptedSender implements Sender {
  readonly letters: Letter[] = [];
  inFlight = 0;
  inFlightMax = 0;
  answer: (letter: Letter) => Outcome | Promise<Outcome> = () => answered(204);
  #end: (outcome: Outcome) => void = () => undefined;
  readonly #ended = new Promise<Outcome>((resolve) => (this.#end = resolve));

  send = async (letter: Letter): Promise<Outcome> => {
    this.letters.push(letter);
    this.inFlight += 1;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    try {
      return await Promise.race([this.answer(letter), this.#ended]);
    } finally {
      this.inFlight -= 1;
    }
  };

  close = (): Promise<void> => {
    this.#end({ kind: 'unreachable', reason: 'closed' });
    return Promise.resolve();
  };

  ids(url?: string): string[] {
    return this.letters.filter((letter) => url === undefined || letter.url === url).map(({ id }) => id);
  }
}
