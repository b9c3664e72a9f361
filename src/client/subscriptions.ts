// Subscriptions. Those of one client: made known to each new connection, at most one for a topic, as the server has it.

import { Call } from './call.ts';
import type { EventFrame } from './connection.ts';
import { UnansweredError } from './faults.ts';
import type { Link } from './link.ts';
import { Subscription, type AskNow, type SubscribeOptions } from './subscription.ts';
import type { Topic } from './transfer-types.ts';

export class Subscriptions {
  readonly #link: Pick<Link, 'ask' | 'connect' | 'isOpen'>;
  readonly #timeoutMs: number;
  readonly #byTopic = new Map<string, Subscription>();

  constructor(link: Pick<Link, 'ask' | 'connect' | 'isOpen'>, timeoutMs: number) {
    this.#link = link;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Resolves when the server has it, so that nothing that happens from then on is missed.
   * @throws Error for a topic that is subscribed to already
   */
  async begin(topic: Topic, options: SubscribeOptions): Promise<Subscription> {
    if (this.#byTopic.has(topic)) throw new Error(`${topic} is subscribed to: read the iterator that is there`);
    const subscription = new Subscription(topic, options, this.#askNow, () => this.#byTopic.delete(topic));
    this.#byTopic.set(topic, subscription);
    const late = (): void => subscription.fail(new UnansweredError('timeout', 'none', ''));
    const timer = setTimeout(late, this.#timeoutMs);
    try {
      if (this.#link.isOpen) subscription.open();
      else this.#link.connect();
      await subscription.started;
    } finally {
      clearTimeout(timer);
    }
    return subscription;
  }

  /** A new connection knows of none. */
  open(): void {
    for (const subscription of this.#byTopic.values()) subscription.open();
  }

  take(frame: EventFrame): void {
    this.#byTopic.get(frame.topic)?.take(frame);
  }

  fail(error: Error): void {
    for (const subscription of this.#byTopic.values()) subscription.fail(error);
  }

  close(): void {
    for (const subscription of this.#byTopic.values()) void subscription.return();
  }

  readonly #askNow: AskNow = (op, body, done, failed) => {
    this.#link.ask(new Call({ op, body, key: '', once: true }, Infinity, done, failed));
  };
}
