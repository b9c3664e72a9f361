// Frames over WebSockets at an open-model rate: a few connections that stay, each sending its share of the arrivals when they
// are due. k6's own arrival rates would open a connection for each.
//
// F1. A frame that waits for the connection's credit is late, and its latency says so. F2. What is still unsent a while after
// the end is counted; such a run is void like one with dropped iterations.

import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { setTimeout } from 'k6/timers';
import { WebSocket, type MessageEvent } from 'k6/websockets';
import { apiKey, profile, rateAsked, target } from './settings.ts';
import { Arrivals } from './arrivals.ts';
import { expectedElse, notSent, took, unanswered } from './measures.ts';
import { decode, type Value } from './msgpack.ts';
import { thresholdsOf } from './thresholds.ts';

const CONNECTIONS = 4;
/** k6 takes a text; its types say that it does not. */
const SUBPROTOCOL = 'florin.v1+msgpack' as unknown as null;
/** Time for all connections to be open before the first arrival is due. */
const LEAD_MS = 500;
/** How long after the last arrival answers are waited for. */
const PATIENCE_MS = 10_000;

export type Body = { readonly [key: string]: Value };

export type FrameLoad = {
  /** Transfers a second at level 1, and how many a frame has. */
  readonly rate: number;
  readonly size: number;
  /** A fresh frame; `number` is unique in the run, `request` on the connection. */
  readonly frame: (request: number, number: number) => ArrayBuffer;
  /** What the answer to it says. */
  readonly answered: (body: Body, request: number) => void;
};

export function frameLoad(): Options {
  const seconds = profile.stages.reduce((sum, stage) => sum + stage.seconds, 0) + (LEAD_MS + PATIENCE_MS) / 1_000;
  return {
    scenarios: {
      frames: {
        executor: 'per-vu-iterations',
        exec: 'frames',
        vus: CONNECTIONS,
        iterations: 1,
        maxDuration: `${Math.ceil(seconds + 5)}s`,
      },
    },
    thresholds: thresholdsOf(profile),
    summaryTrendStats: ['avg', 'min', 'med', 'p(90)', 'p(99)', 'p(99.9)', 'max'],
    setupTimeout: '120s',
    systemTags: ['scenario'],
  };
}

/** One connection's part of the load. */
export function sendFrames(load: FrameLoad): void {
  new Sender(load).begin();
}

class Sender {
  readonly #load: FrameLoad;
  readonly #arrivals: Arrivals;
  readonly #socket: WebSocket;
  readonly #startMs: number;
  /** When each frame without an answer was due, by its request. */
  readonly #dueMs = new Map<number, number>();
  #next: number;
  #request = 0;
  #credit = 0;

  constructor(load: FrameLoad) {
    this.#load = load;
    this.#arrivals = new Arrivals(profile, (rateAsked > 0 ? rateAsked : load.rate) / load.size);
    this.#startMs = exec.scenario.startTime + LEAD_MS;
    this.#next = exec.scenario.iterationInTest;
    const params = apiKey === '' ? {} : { headers: { Authorization: `Bearer ${apiKey}` } };
    this.#socket = new WebSocket(`ws://${target}/v1/ws`, SUBPROTOCOL, params);
  }

  begin(): void {
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('message', (event) => {
      this.#take(decode((event as MessageEvent).data as ArrayBuffer) as Body);
    });
    this.#socket.addEventListener('error', () => expectedElse('the connection failed'));
    this.#socket.addEventListener('close', () => this.#end());
  }

  #take(message: Body): void {
    if (message.hello !== undefined) {
      this.#credit = Number((message.hello as Body).credit);
      this.#pace();
      return;
    }
    const request = Number(message.id);
    const dueMs = this.#dueMs.get(request);
    if (dueMs === undefined) return expectedElse(`an answer to nothing: ${JSON.stringify(message)}`);
    this.#dueMs.delete(request);
    took(Math.max(0, Date.now() - this.#startMs - dueMs), dueMs >= profile.warmUpSeconds * 1_000);
    if (message.ok === true) this.#load.answered(message.body as Body, request);
    else expectedElse(JSON.stringify(message.error));
  }

  /** Sends what is due and comes again when the next frame is. */
  #pace(): void {
    const nowMs = Date.now() - this.#startMs;
    while (this.#next < this.#arrivals.total && this.#dueMs.size < this.#credit) {
      const dueMs = this.#arrivals.dueMs(this.#next);
      if (dueMs > nowMs) break;
      const request = this.#request++;
      this.#dueMs.set(request, dueMs);
      this.#socket.send(this.#load.frame(request, this.#next));
      this.#next += CONNECTIONS;
    }
    const over = this.#next >= this.#arrivals.total && this.#dueMs.size === 0;
    if (over || nowMs > this.#arrivals.durationMs + PATIENCE_MS) this.#socket.close();
    else setTimeout(() => this.#pace(), 1);
  }

  /** Whatever has no answer when the connection ends will not get one. */
  #end(): void {
    if (this.#dueMs.size > 0) unanswered(this.#dueMs.size * this.#load.size);
    if (this.#next < this.#arrivals.total) notSent(Math.ceil((this.#arrivals.total - this.#next) / CONNECTIONS));
  }
}
