// Gateway metrics. What clients asked, what they were told and how long it took.

import { REFUSAL_NUMBER_MIN, REFUSALS, RESULT, type Refusal } from '../domain/refusals.ts';
import type { Counter, Histogram, Metrics } from '../ops/metrics.ts';
import type { CallbackOutcome } from './callback-port.ts';
import { NON_CORE_CLASSES, SHED_REASONS, type ShedReason } from './non-core.ts';
import { OPERATION_NAMES } from './operations.ts';
import type { NonCoreClass } from './route-classes.ts';
import { ROUTES, type Action } from './routes.ts';

/** Where a request came in. */
export type Surface = (typeof SURFACES)[number];
const SURFACES = ['http', 'ws'] as const;

export type GatewayMetrics = {
  /** An HTTP request has come; `request` says that it is answered. */
  readonly begun: () => void;
  /** `status` of the answer, `seconds` from the request's arrival. */
  readonly request: (action: Action | 'none', status: number, seconds: number) => void;
  /** Seconds from accepting an operation until its answer was durable. */
  readonly operation: (name: string, seconds: number) => void;
  /** One transfer's result: a batch result number. */
  readonly result: (result: number) => void;
  readonly replayed: () => void;
  /** A refusal was told; `surface` absent is HTTP. */
  readonly refused: (code: Refusal, surface?: Surface) => void;
  /** A request that is no payment was not begun. */
  readonly shed: (of: NonCoreClass, reason: ShedReason) => void;
  /** What became of a callback. */
  readonly callback: (result: CallbackOutcome | 'failed') => void;
  readonly message: (direction: 'in' | 'out') => void;
  readonly closed: (reason: 'client' | 'slow' | 'server') => void;
};

const STATUS_CLASSES = ['2xx', '4xx', '5xx'] as const;

export function makeGatewayMetrics(metrics: Metrics): GatewayMetrics {
  const observe = requestDurations(metrics);
  let inFlight = 0;
  metrics.gauge('http_requests_in_flight', 'HTTP requests that are not answered.', {}, () => inFlight);
  const failures = validationCounters(metrics);
  const durations = new Map<string, Histogram>(
    OPERATION_NAMES.map((op) => [
      op,
      metrics.histogram('payment_duration_seconds', 'From accepting a request until its answer was durable.', { op }),
    ]),
  );
  const codes = refusalCounters(metrics);
  const results = resultCounters(metrics);
  const refusedTransfer = metrics.counter('payments_total', PAYMENTS_HELP, { op: 'any', outcome: 'refused' });
  const hit = metrics.counter('idempotency_total', IDEMPOTENCY_HELP, { result: 'hit' });
  const conflict = metrics.counter('idempotency_total', IDEMPOTENCY_HELP, { result: 'conflict' });
  const shed = shedCounters(metrics);
  const messages = closedCounters(metrics, 'ws_messages_total', 'WebSocket messages.', 'direction', ['in', 'out']);
  const closes = closedCounters(metrics, 'ws_closed_total', 'WebSockets closed.', 'reason', [
    'client',
    'slow',
    'server',
  ]);
  const callbacks = closedCounters(metrics, 'callbacks_total', 'Callbacks of channels, by result.', 'result', [
    'taken',
    'refused',
    'unknown',
    'busy',
    'failed',
  ]);
  return {
    callback: (result) => callbacks[result].add(),
    begun: () => void (inFlight += 1),
    request: (action, status, seconds) => {
      inFlight -= 1;
      observe(action, `${Math.floor(status / 100)}xx`, seconds);
    },
    operation: (name, seconds) => durations.get(name)?.observe(seconds),
    result: (result) => {
      if (result < REFUSAL_NUMBER_MIN) results[result]?.add();
      else refusedTransfer.add();
    },
    replayed: () => hit.add(),
    refused: (code, surface = 'http') => {
      codes.get(code)?.add();
      failures.get(`${surface} ${code}`)?.add();
      if (OTHER_CONTENT.has(code)) conflict.add();
      else if (code === 'overloaded') shed.get('core in_flight')?.add();
      else if (code === 'too_many_requests') shed.get('core rate')?.add();
      else if (code === 'shutting_down') shed.get('core draining')?.add();
    },
    shed: (of, reason) => shed.get(`${of} ${reason}`)?.add(),
    message: (direction) => messages[direction].add(),
    closed: (reason) => closes[reason].add(),
  };
}

/** What was there before under the same key, id or order number. */
const OTHER_CONTENT: ReadonlySet<Refusal> = new Set([
  'idempotency_key_reused',
  'transfer_exists_with_different_content',
  'trade_exists_with_different_content',
]);

const PAYMENTS_HELP = 'Transfers decided, by operation and outcome.';
const IDEMPOTENCY_HELP = 'Requests whose key or id was there before: same request (hit) or another one (conflict).';

/** Observes the histogram of a route and a class of answers. It comes with its first request: all of all routes are too many. */
function requestDurations(metrics: Metrics): (action: Action | 'none', code: string, seconds: number) => void {
  const help = 'HTTP requests from arrival to answer.';
  const routes = [...ROUTES, { method: 'any', path: 'none', action: 'none' as const }];
  const byAction = new Map(routes.map(({ method, path, action }) => [action, { method, route: path }]));
  const histograms = new Map<string, Histogram>();
  return (action, code, seconds) => {
    const key = `${action} ${code}`;
    const route = byAction.get(action);
    let histogram = histograms.get(key);
    if (!histogram && route && isClass(code)) {
      histogram = metrics.histogram('http_request_duration_seconds', help, { ...route, code });
      histograms.set(key, histogram);
    }
    histogram?.observe(seconds);
  };
}

function isClass(code: string): boolean {
  return STATUS_CLASSES.some((known) => known === code);
}

/** By class and reason. */
function shedCounters(metrics: Metrics): Map<string, Counter> {
  const core = ['in_flight', 'rate', 'draining'].map((reason) => ['core', reason] as const);
  const others = NON_CORE_CLASSES.flatMap((of) => SHED_REASONS.map((reason) => [of, reason] as const));
  const help = 'Requests turned away for load or by a switch.';
  return new Map(
    [...core, ...others].map(([of, reason]) => [
      `${of} ${reason}`,
      metrics.counter('shed_total', help, { reason, class: of }),
    ]),
  );
}

function refusalCounters(metrics: Metrics): Map<Refusal, Counter> {
  const codes = Object.keys(REFUSALS) as Refusal[];
  return new Map(codes.map((code) => [code, metrics.counter('refusals_total', 'Refusals told, by code.', { code })]));
}

/** By surface and code: refusals that say that a request is not well formed. */
function validationCounters(metrics: Metrics): Map<string, Counter> {
  const codes = (Object.keys(REFUSALS) as Refusal[]).filter((code) => REFUSALS[code].status === MALFORMED);
  const help = 'Requests that were not well formed, by what was wrong.';
  return new Map(
    SURFACES.flatMap((surface) =>
      codes.map((code) => [
        `${surface} ${code}`,
        metrics.counter('validation_failures_total', help, { surface, code }),
      ]),
    ),
  );
}

/** Status of what is not well formed. */
const MALFORMED = 400;

/** By batch result number. */
function resultCounters(metrics: Metrics): Counter[] {
  const rows: [number, string, string][] = [
    [RESULT.posted, 'post', 'ok'],
    [RESULT.held, 'hold', 'ok'],
    [RESULT.captured, 'capture', 'ok'],
    [RESULT.voided, 'void', 'ok'],
    [RESULT.alreadyThere, 'any', 'replayed'],
    [RESULT.reversed, 'reverse', 'ok'],
    [RESULT.sent, 'post', 'sent'],
  ];
  const counters: Counter[] = [];
  for (const [result, op, outcome] of rows)
    counters[result] = metrics.counter('payments_total', PAYMENTS_HELP, { op, outcome });
  return counters;
}

function closedCounters<V extends string>(
  metrics: Metrics,
  name: string,
  help: string,
  label: string,
  values: readonly V[],
): Record<V, Counter> {
  return Object.fromEntries(values.map((value) => [value, metrics.counter(name, help, { [label]: value })])) as Record<
    V,
    Counter
  >;
}
