// Check endpoint. One service that is asked about payments before they begin: risk, identity, a price.
//
//   POST <url>  Authorization: Bearer <secret>
//   {"check", "merchant", "trade", "out_trade_no", "product", "payer", "payees", "amount", "currency", "instruments"}
//   200 {"answer": "pass" or "refuse", "reference": "…"}      reference is optional: its own number of that answer
//
// E1. Anything but that answer is none. E2. Nothing is asked twice, and nothing waits for a place: an endpoint that hangs
// holds up only who needs its answer, and those no longer than their time. E3. One that most often does not answer is not
// asked at all for a while, and then by one payment at a time: nobody waits for what will not come.

import type { CheckHeard, CheckSubject } from '../domain/orders/checks.ts';
import type { ChannelClock } from './channel-clock.ts';
import type { CheckConfig } from './check-config.ts';
import { CircuitBreaker, type CircuitState } from './circuit-breaker.ts';
import { HttpCalls, type HttpOutcome } from './http-call.ts';
import { parseObject } from './simulator-answers.ts';

/**
 * What a question came to. silent: no answer in time, or none that can be read; unasked: its breaker is open, or it has as many
 * questions as it may have.
 */
export const CHECK_OUTCOMES = ['passed', 'refused', 'silent', 'unasked'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export type CheckQuestion = {
  readonly merchant: string;
  /** W3C trace context; '' sends none. */
  readonly traceparent: string;
  readonly about: CheckSubject;
};

/** Without a connection by then there will be no answer in time, ms. */
const CONNECT_MS_MAX = 3_000;

/** Rules allow no longer timeout, ms: the signal ends a question before this does. */
const ANSWER_MS_MAX = 60_000;

/** Bytes of an answer. */
const BODY_BYTES_MAX = 65_536;

/** Characters of a reference: it is kept with the payment. */
const REFERENCE_LENGTH_MAX = 128;

export class CheckEndpoint {
  readonly name: string;
  readonly counts: Record<CheckOutcome, number> = { passed: 0, refused: 0, silent: 0, unasked: 0 };
  readonly #config: CheckConfig;
  readonly #secret: string;
  readonly #http: HttpCalls;
  readonly #monotonic: ChannelClock['monotonic'];
  readonly #breaker: CircuitBreaker;
  #inFlight = 0;

  /** `changed`: told of every change of its breaker. */
  constructor(
    config: CheckConfig,
    secret: string,
    { monotonic }: Pick<ChannelClock, 'monotonic'>,
    changed: (state: CircuitState) => void = () => {},
  ) {
    this.name = config.name;
    this.#config = config;
    this.#secret = secret;
    this.#monotonic = monotonic;
    this.#breaker = new CircuitBreaker(config.breaker, changed);
    this.#http = new HttpCalls(config.origin, {
      connections: config.inFlightMax,
      connectMsMax: CONNECT_MS_MAX,
      headersMsMax: ANSWER_MS_MAX,
      bodyMsMax: ANSWER_MS_MAX,
      bodyBytesMax: BODY_BYTES_MAX,
    });
  }

  get circuit(): CircuitState {
    return this.#breaker.state;
  }

  /** null when there is no answer. Never rejects; ends at once when the signal aborts. */
  async ask(question: CheckQuestion, signal: AbortSignal): Promise<CheckHeard | null> {
    const startedMs = this.#monotonic();
    const period = this.#inFlight < this.#config.inFlightMax ? this.#breaker.enter(startedMs) : null;
    if (period === null) {
      this.counts.unasked += 1;
      return null;
    }
    const heard = await this.#asked(question, signal);
    const nowMs = this.#monotonic();
    this.#breaker.record(period, heard === null, nowMs - startedMs, nowMs);
    this.counts[heard === null ? 'silent' : heard.answer === 'pass' ? 'passed' : 'refused'] += 1;
    return heard;
  }

  async stop(): Promise<void> {
    await this.#http.stop();
  }

  async #asked({ merchant, traceparent, about }: CheckQuestion, signal: AbortSignal): Promise<CheckHeard | null> {
    const { outTradeNo, ...rest } = about;
    const body = JSON.stringify({ check: this.name, merchant, out_trade_no: outTradeNo, ...rest });
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${this.#secret}`,
      ...(traceparent === '' ? {} : { traceparent }),
    };
    this.#inFlight += 1;
    const outcome = await this.#http.send({ method: 'POST', path: this.#config.path, headers, body }, signal);
    this.#inFlight -= 1;
    return readHeard(outcome);
  }
}

function readHeard(outcome: HttpOutcome): CheckHeard | null {
  if (outcome.kind !== 'answer' || outcome.status !== 200) return null;
  const { answer, reference = '' } = parseObject(outcome.body);
  if (answer !== 'pass' && answer !== 'refuse') return null;
  return typeof reference === 'string' && reference.length <= REFERENCE_LENGTH_MAX ? { answer, reference } : null;
}
