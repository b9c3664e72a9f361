// Channel gateway. Everything between the engine and one channel: three lanes, a deadline for each verb, the maintenance
// window, and the figures of it.
//
// G1. A lane for what moves money (with the breaker), one for what asks and closes, one for bills: an open breaker stops
//     no query, so that what is unknown can be resolved while nothing new is sent, and no bill holds up a payment.
// G2. Whatever a provider or an adapter does, there is one report and no error.
// G3. What a channel holds in memory is bounded by its limits, however slow it is.

import { NO_LOG, type Log } from '../log/log-line.ts';
import type { ChannelClock } from './channel-clock.ts';
import { ChannelCounts, type Health } from './channel-counts.ts';
import { unsentReport, withoutToken } from './channel-report.ts';
import type {
  CallbackHeaders,
  CallVerb,
  ChannelAdapter,
  ChannelReport,
  ChannelRequest,
  OrderVerb,
  ParsedCallback,
  PrepayReport,
  RefusedCallback,
} from './channel.ts';
import { CircuitBreaker, type BreakerLimits, type CircuitState } from './circuit-breaker.ts';
import { Lane, type LaneLimits, type UnsentReason } from './lane.ts';
import { isInMaintenance, type MaintenanceWindow } from './maintenance-window.ts';

export type GatewayLimits = {
  /** For pay, prepay, refund and payout. */
  readonly money: LaneLimits;
  /** For the queries and close. */
  readonly asking: LaneLimits;
  readonly breaker: BreakerLimits;
  /** From the moment that a request is begun, ms. After it the order is unknown. */
  readonly deadlineMs: Readonly<Record<CallVerb, number>>;
  /** Nothing that moves money is sent then; queries are. */
  readonly maintenance: readonly MaintenanceWindow[];
};

/** One of its lanes: what it lets through, and how long requests that have ended took of it. */
export type LaneUse = {
  readonly lane: 'money' | 'asking';
  readonly placesMax: number;
  readonly perSecondMax: number;
  readonly heldSeconds: number;
};

export type Admission = { readonly admitted: true } | { readonly unsent: true; readonly reason: UnsentReason };

/** Bills at once: they are long, not urgent, and must not take the connections of payments. */
const BILLS_MAX = 1;

const ADMITTED: Admission = { admitted: true };

export class ChannelGateway {
  readonly counts = new ChannelCounts();
  readonly #adapter: ChannelAdapter;
  readonly #limits: GatewayLimits;
  readonly #clock: ChannelClock;
  readonly #breaker: CircuitBreaker;
  readonly #money: Lane;
  readonly #asking: Lane;
  #bills = 0;
  #stopped = false;

  constructor(adapter: ChannelAdapter, limits: GatewayLimits, clock: ChannelClock, log: Log = NO_LOG) {
    this.#adapter = adapter;
    this.#limits = limits;
    this.#clock = clock;
    this.#breaker = new CircuitBreaker(limits.breaker, (state) =>
      log.peer(`breaker_${state}`, { channel: adapter.name }),
    );
    this.#money = new Lane(limits.money, clock, this.#breaker);
    this.#asking = new Lane(limits.asking, clock, null);
  }

  get name(): string {
    return this.#adapter.name;
  }

  /** Requests begun and not ended, in all lanes. */
  get inFlight(): number {
    return this.#money.inFlight + this.#asking.inFlight + this.#bills;
  }

  get use(): readonly LaneUse[] {
    return [this.#useOf('money', this.#money), this.#useOf('asking', this.#asking)];
  }

  /** Requests that wait for a place. */
  get waiting(): number {
    return this.#money.waiting + this.#asking.waiting;
  }

  get circuit(): CircuitState {
    return this.#breaker.state;
  }

  /**
   * Whether it may be used for something new now, as far as one can know without asking. Once its breaker would let a probe
   * through it is: routing would leave it out for ever, and nothing would ever find out that it is back.
   */
  get isOpenForMoney(): boolean {
    const admits = this.#breaker.wouldAdmit(this.#clock.monotonic());
    return !this.#stopped && admits && this.#money.hasRoom && !this.#inMaintenance();
  }

  health(): Health {
    return this.counts.health(this.#clock.monotonic());
  }

  /**
   * Whether a request may be sent now. Admitted keeps a place for the next `call` or `prepay` of the lane, for 10 s: time
   * to make "sent" durable. Unsent is a report in itself: nothing was sent and nothing will be.
   */
  mayBegin(verb: CallVerb): Admission {
    const reason = this.#kept(verb) ?? this.#laneOf(verb).promise();
    if (reason === null) return ADMITTED;
    this.#count(verb, unsentReport(reason));
    return { unsent: true, reason };
  }

  /**
   * Asks the channel, in the place that `mayBegin` kept, or in a new one. Never rejects. `failed`: told what the adapter
   * threw, for the log: whose order it was knows only who asks.
   */
  call(verb: OrderVerb, request: ChannelRequest, failed: (error: unknown) => void = () => {}): Promise<ChannelReport> {
    return this.#run(
      verb,
      (signal) => this.#adapter[verb](request, signal),
      (report) => report,
      failed,
    );
  }

  /** A token with which the client pays the channel itself. Never rejects. */
  prepay(request: ChannelRequest): Promise<PrepayReport> {
    return this.#run('prepay', (signal) => this.#adapter.prepay(request, signal), withoutToken);
  }

  /**
   * The lines of the channel's bill of a day.
   * @param date YYYY-MM-DD
   * @throws when another bill is being read, when the bill is not there or breaks off
   */
  async *downloadBill(date: string): AsyncGenerator<string> {
    if (this.#stopped || this.#bills >= BILLS_MAX) throw new Error(`a bill of ${this.name} is already being read`);
    const abort = new AbortController();
    this.#bills += 1;
    try {
      yield* this.#adapter.downloadBill(date, abort.signal);
    } finally {
      this.#bills -= 1;
      abort.abort();
    }
  }

  /** Verifies and reads a callback; needs no place, for it asks nobody. @param raw the body as it came */
  parseCallback(headers: CallbackHeaders, raw: Uint8Array): ParsedCallback | RefusedCallback {
    return this.#adapter.parseCallback(headers, raw, this.#clock.now());
  }

  /** Sends nothing more; what is under way ends as unknown. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#adapter.stop();
  }

  async #run<Report extends ChannelReport>(
    verb: CallVerb,
    run: (signal: AbortSignal) => Promise<Report>,
    shape: (report: ChannelReport) => Report,
    failed: (error: unknown) => void = () => {},
  ): Promise<Report> {
    const kept = this.#kept(verb);
    const startedMs = this.#clock.monotonic();
    const report = kept
      ? shape(unsentReport(kept))
      : await this.#laneOf(verb).run({ run, shape, failed, deadlineMs: this.#limits.deadlineMs[verb] });
    this.#count(verb, report);
    if (report.class !== 'unsent') this.counts.lasted(this.#clock.monotonic() - startedMs);
    return report;
  }

  #useOf(name: LaneUse['lane'], { heldSeconds }: Lane): LaneUse {
    const { bulkhead, rate } = this.#limits[name];
    return { lane: name, placesMax: bulkhead.inFlightMax, perSecondMax: rate.perSecond, heldSeconds };
  }

  #kept(verb: CallVerb): UnsentReason | null {
    if (this.#stopped) return 'stopped';
    return this.#movesMoney(verb) && this.#inMaintenance() ? 'maintenance' : null;
  }

  #inMaintenance(): boolean {
    return isInMaintenance(this.#limits.maintenance, this.#clock.now());
  }

  #laneOf(verb: CallVerb): Lane {
    return this.#movesMoney(verb) ? this.#money : this.#asking;
  }

  #movesMoney(verb: CallVerb): boolean {
    switch (verb) {
      case 'pay':
      case 'prepay':
      case 'refund':
      case 'payout':
        return true;
      case 'query':
      case 'queryRefund':
      case 'queryPayout':
      case 'close':
        return false;
    }
  }

  #count(verb: CallVerb, report: ChannelReport): void {
    this.counts.counted(report.class);
    if (this.#movesMoney(verb)) this.counts.moved(report.class, this.#clock.monotonic());
  }
}
