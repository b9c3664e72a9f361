// Outbox. Brings callbacks to their receivers: a few at once, in order within a lane, again until they are taken.

import { randomBytes } from 'node:crypto';
import { signedHeaders, signedPath } from '../simulator-protocol.ts';
import { LIMITS } from './limits.ts';
import type { Timers } from './timers.ts';

export type Parcel = {
  readonly url: string;
  readonly body: string;
  /** How it is made to look false, and then it is sent once; null for an honest one. */
  readonly forged: 'signature' | 'old' | 'replay' | null;
};

type Sealed = { readonly headers: Record<string, string>; readonly body: string };

/** Simulated milliseconds before each further attempt. */
const RETRIES_MS = [1_000, 5_000, 30_000, 120_000, 600_000];
/** Far outside of the window in which a signature is taken. */
const OLD_MS = 3_600_000;

export class Outbox {
  private readonly secret: string;
  private readonly timers: Timers;
  private readonly lanes = new Map<string, Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private readonly sending = new Set<AbortController>();
  /** Those that have a place and have not taken it yet. */
  private woken = 0;
  private pending = 0;
  private stopped = false;

  constructor(secret: string, timers: Timers) {
    this.secret = secret;
    this.timers = timers;
  }

  /** Sends them in this order, each after the first attempt of the one before; lanes do not wait for each other. */
  send(lane: string, parcels: readonly Parcel[]): void {
    if (this.stopped || this.pending + parcels.length > LIMITS.callbacksMax) return;
    this.pending += parcels.length;
    const sent = this.sendAfter(this.lanes.get(lane), parcels).finally(() => {
      if (this.lanes.get(lane) === sent) this.lanes.delete(lane);
    });
    this.lanes.set(lane, sent);
  }

  /** Breaks off what is being sent and forgets what waits. */
  stop(): void {
    this.stopped = true;
    for (const over of this.sending) over.abort();
    while (this.waiting.length > 0) this.wakeNext();
  }

  private async sendAfter(earlier: Promise<void> | undefined, parcels: readonly Parcel[]): Promise<void> {
    await earlier;
    let last: Sealed | null = null;
    for (const parcel of parcels) {
      const sealed: Sealed = parcel.forged === 'replay' && last ? last : this.seal(parcel);
      const taken = await this.attempt(parcel.url, sealed);
      last = sealed;
      if (taken || parcel.forged !== null) this.pending--;
      else this.retry(parcel, 0);
    }
  }

  private retry(parcel: Parcel, attempt: number): void {
    const delay = RETRIES_MS[attempt];
    if (delay === undefined) this.pending--;
    else this.timers.after(delay, () => void this.tryAgain(parcel, attempt));
  }

  private async tryAgain(parcel: Parcel, attempt: number): Promise<void> {
    if (await this.attempt(parcel.url, this.seal(parcel))) this.pending--;
    else this.retry(parcel, attempt + 1);
  }

  private seal({ url, body, forged }: Parcel): Sealed {
    const secret = forged === 'signature' ? `not ${this.secret}` : this.secret;
    const nowMs = Date.now() - (forged === 'old' ? OLD_MS : 0);
    const message = { method: 'POST', path: signedPath(url), body };
    return { headers: signedHeaders(secret, message, nowMs, randomBytes(16).toString('hex')), body };
  }

  /** True when the receiver took it; whatever else happens is no concern of the provider. */
  private async attempt(url: string, { headers, body }: Sealed): Promise<boolean> {
    if (this.sending.size + this.woken >= LIMITS.callbacksInFlightMax) {
      await new Promise<void>((go) => this.waiting.push(go));
      this.woken--;
    }
    if (this.stopped) return false;
    const over = new AbortController();
    this.sending.add(over);
    const timer = setTimeout(() => over.abort(), LIMITS.callbackTimeoutMs);
    try {
      const all = { ...headers, 'content-type': 'application/json' };
      const response = await fetch(url, {
        method: 'POST',
        headers: all,
        body,
        redirect: 'manual',
        signal: over.signal,
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
      this.sending.delete(over);
      this.wakeNext();
    }
  }

  private wakeNext(): void {
    const go = this.waiting.shift();
    if (!go) return;
    this.woken++;
    go();
  }
}
