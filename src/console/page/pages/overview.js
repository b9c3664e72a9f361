// Overview. How many payments there are, how long they take, what goes wrong, and whether the books balance.

import { html } from '../vendor/htm-preact.js';
import { Chart } from '../chart.js';
import { byLabel, known, percentile, total } from '../figures.js';
import { count, duration, number, percentileText, share, size, UNKNOWN } from '../format.js';
import { HEADLINE_SECONDS } from '../history.js';
import { Panel, Table, Tile, useAsked } from '../parts.js';

/** @typedef {import('../history.js').History} History */
/** @typedef {import('../figures.js').Span} Span */
/** @typedef {import('../figures.js').Where} Where */

/** @type {Where} Transfers that were carried out: not refused, and not there before. */
export const DONE = ({ outcome }) => outcome === 'ok' || outcome === 'sent';

/** @type {Where} Operations that change something; reading is not paying. */
export const PAYING = ({ op = '' }) => !op.endsWith('.get') && op !== 'ping' && !op.startsWith('accounts.');

/** @type {Where} */
const FAULTS = ({ code }) => code === '5xx';

/** Between two looks at the books, ms: their answer is kept as long. */
const BOOKS_MS = 5_000;

/** @param {Span} span */
function faults(span) {
  const later = span.later.metrics['http_request_duration_seconds'] ?? [];
  return later.length === 0
    ? 0
    : (span.observed('http_request_duration_seconds', FAULTS)?.counts ?? []).reduce((sum, one) => sum + one, 0);
}

/** @param {{ history: History }} props */
export function Overview({ history }) {
  const { latest, headline, spans } = history;
  const books = useAsked('/admin/books', BOOKS_MS);
  if (!latest) return html`<p class="empty">Waiting for the first figures.</p>`;
  const observed = headline?.observed('payment_duration_seconds', PAYING) ?? null;
  const at = (/** @type {number} */ part) => percentileText(percentile(observed, part));
  const perSecond = (/** @type {string} */ name) => (headline ? number(headline.rate(name)) : UNKNOWN);
  const failed = headline ? faults(headline) : 0;
  const last = `last ${HEADLINE_SECONDS} s`;
  return html`<dl class="tiles">
      <${Tile}
        id="transfers"
        label="Transfers per second"
        value=${headline ? number(headline.rate('payments_total', DONE)) : UNKNOWN}
        note=${`${count(total(latest, 'payments_total', DONE))} since the start`}
      />
      <${Tile} id="p50" label="p50" value=${at(0.5)} note="half are faster" />
      <${Tile} id="p99" label="p99" value=${at(0.99)} note=${last} />
      <${Tile} id="p999" label="p99.9" value=${at(0.999)} note=${last} />
      <${Tile}
        id="faults"
        label="Server errors"
        tone=${failed > 0 ? 'bad' : 'plain'}
        value=${headline ? count(failed) : UNKNOWN}
        note=${`HTTP 5xx, ${last}`}
      />
      <${Tile}
        id="refusals"
        label="Refusals per second"
        value=${perSecond('refusals_total')}
        note=${`${perSecond('shed_total')} turned away for load`}
      />
      <${Balance} latest=${latest} books=${books} />
    </dl>
    <div class="panels">
      <${Charts} spans=${spans} />
      <${Panel} title="Refusals" note="florin_refusals_total">
        <${Table}
          caption="Refusals by code"
          head=${['code', last, 'in all']}
          numbers=${[1, 2]}
          empty="Nothing was refused."
          rows=${byLabel(latest, 'refusals_total', 'code')
            .slice(0, 8)
            .map(([code, all]) => [
              code,
              headline ? count(headline.rise('refusals_total', (labels) => labels['code'] === code)) : UNKNOWN,
              count(all),
            ])}
        />
      <//>
      <${Panel} title="Process" note="Busy: share of the last second in which the engine's thread worked.">
        <dl class="facts">
          <div>
            <dt>Engine thread busy</dt>
            <dd>${share(latest.busy)}</dd>
          </div>
          <div>
            <dt>In flight</dt>
            <dd>${count(total(latest, 'in_flight_transfers'))}</dd>
          </div>
          <div>
            <dt>WebSockets</dt>
            <dd>${count(total(latest, 'ws_connections'))}</dd>
          </div>
          <div>
            <dt>Resident memory</dt>
            <dd>${size(total(latest, 'process_resident_memory_bytes'))}</dd>
          </div>
          <div>
            <dt>Processor</dt>
            <dd>${headline ? `${number(headline.rate('process_cpu_seconds_total'))} cores` : UNKNOWN}</dd>
          </div>
          <div>
            <dt>Books trail by</dt>
            <dd>
              ${`${count(known(latest, 'ledger_lag_records'))} facts, ${duration(known(latest, 'ledger_lag_seconds'))}`}
            </dd>
          </div>
        </dl>
      <//>
    </div>`;
}

/** @param {{ spans: readonly Span[] }} props */
function Charts({ spans }) {
  const times = spans.map(({ later }) => later.at);
  const durations = spans.map((span) => span.observed('payment_duration_seconds', PAYING));
  const part = (/** @type {number} */ of) => durations.map((observed) => percentile(observed, of)?.value ?? null);
  return html`<${Panel}
      title="Load"
      wide
      note="Rises of florin_payments_total (ok and sent) and florin_refusals_total in each second."
    >
      <${Chart}
        title="Transfers per second"
        times=${times}
        axis=${number}
        lines=${[
          { name: 'done', values: spans.map((span) => span.rate('payments_total', DONE)), text: number },
          { name: 'refused', values: spans.map((span) => span.rate('refusals_total')), text: number },
        ]}
      />
    <//>
    <${Panel}
      title="Time to a durable answer"
      wide
      note="From the buckets of florin_payment_duration_seconds, each second by itself; within a bucket by straight line. Operations that read, and of accounts, are left out."
    >
      <${Chart}
        title="Duration"
        times=${times}
        axis=${duration}
        lines=${[
          { name: 'p50', values: part(0.5), text: duration },
          { name: 'p99', values: part(0.99), text: duration },
          { name: 'p99.9', values: part(0.999), text: duration },
        ]}
      />
    <//>`;
}

/**
 * @param {{ latest: import('../../snapshot.ts').Snapshot, books: ReturnType<typeof useAsked> }} props
 */
function Balance({ latest, books: { data, error } }) {
  const breaches = total(latest, 'invariant_violations_total');
  const stopped = total(latest, 'ledger_stopped');
  const off =
    data?.differences.filter((/** @type {{ difference: string }} */ { difference }) => difference !== '0') ?? [];
  if (breaches > 0 || stopped > 0 || off.length > 0) {
    const why = [
      ...off.map((/** @type {any} */ { currency, difference }) => `${currency} differs by ${difference}`),
      ...(breaches > 0 ? [`${count(breaches)} breaches`] : []),
      ...(stopped > 0 ? ['a thread has stopped'] : []),
    ];
    return html`<${Tile} id="books" label="Books" tone="bad" value="do not balance" note=${why.join(', ')} />`;
  }
  if (!data) return html`<${Tile} id="books" label="Books" tone="warn" value="not known" note=${error || 'asking'} />`;
  const currencies = data.differences.map((/** @type {{ currency: string }} */ { currency }) => currency).slice(0, 3);
  const to = `debits = credits ${currencies.length > 0 ? `in ${currencies.join(', ')}` : ''} to frame ${count(data.complete_to)} of ${count(data.position)}`;
  return html`<${Tile}
    id="books"
    label="Books"
    tone=${error === '' ? 'good' : 'warn'}
    value="balance"
    note=${error || to}
  />`;
}
