// Journal. How fast the disk takes frames, how large they are, who trails behind, and how far a recovery is.

import { html } from '../vendor/htm-preact.js';
import { Chart } from '../chart.js';
import { known, mean, percentile, total } from '../figures.js';
import { count, duration, number, percentileText, size, time, UNKNOWN } from '../format.js';
import { Bar, Panel, Tile } from '../parts.js';

/** @typedef {import('../history.js').History} History */

const FSYNC = 'journal_fsync_duration_seconds';
const BATCH = 'journal_batch_records';

/** @param {{ history: History }} props */
export function Journal({ history }) {
  const { latest, headline, spans } = history;
  if (!latest) return html`<p class="empty">Waiting for the first figures.</p>`;
  const fsync = headline?.observed(FSYNC) ?? null;
  const times = spans.map(({ later }) => later.at);
  const synced = spans.map((span) => span.observed(FSYNC));
  const rate = (/** @type {string} */ name) => (headline ? headline.rate(name) : null);
  const part = (/** @type {number} */ of) => synced.map((observed) => percentile(observed, of)?.value ?? null);
  return html`<dl class="tiles">
      <${Tile}
        id="fsync50"
        label="Durable write p50"
        value=${percentileText(percentile(fsync, 0.5))}
        note="write and fsync, last 10 s"
      />
      <${Tile}
        id="fsync99"
        label="Durable write p99"
        value=${percentileText(percentile(fsync, 0.99))}
        note="last 10 s"
      />
      <${Tile}
        id="batch"
        label="Facts in a frame"
        value=${number(mean(headline?.observed(BATCH) ?? null))}
        note="mean, last 10 s"
      />
      <${Tile}
        id="records"
        label="Facts per second"
        value=${number(rate('journal_records_total'))}
        note=${`${count(total(latest, 'journal_records_total'))} since the start`}
      />
      <${Tile}
        id="bytes"
        label="Bytes per second"
        value=${size(rate('journal_bytes_total'))}
        note=${`${size(total(latest, 'journal_bytes_total'))} since the start`}
      />
      <${Tile}
        id="position"
        label="Last durable frame"
        value=${count(total(latest, 'journal_position'))}
        note=${`${count(total(latest, 'journal_queue_records'))} facts gathered for the next`}
      />
    </dl>
    <div class="panels">
      <${Recovery} latest=${latest} />
      <${Panel} title="Who trails" note="florin_ledger_lag_*, florin_reconciler_lag_*">
        <dl class="facts">
          <div>
            <dt>Books</dt>
            <dd>
              ${`${count(known(latest, 'ledger_lag_records'))} facts, ${duration(known(latest, 'ledger_lag_seconds'))}`}
            </dd>
          </div>
          <div>
            <dt>Reconciler</dt>
            <dd>
              ${`${count(known(latest, 'reconciler_lag_frames'))} frames, ${duration(known(latest, 'reconciler_lag_seconds'))}`}
            </dd>
          </div>
          <div>
            <dt>Last snapshot</dt>
            <dd>${snapshotText(latest)}</dd>
          </div>
          ${disk(latest)}
        </dl>
      <//>
      <${Panel}
        title="Disk"
        wide
        note="From the buckets of florin_journal_fsync_duration_seconds, each second by itself: from handing a frame to the journal until it was durable."
      >
        <${Chart}
          title="Durable write"
          times=${times}
          axis=${duration}
          lines=${[
            { name: 'p50', values: part(0.5), text: duration },
            { name: 'p99', values: part(0.99), text: duration },
          ]}
        />
      <//>
      <${Panel} title="Frames" wide note="Sum by count of florin_journal_batch_records in each second.">
        <${Chart}
          title="Facts in a frame, mean"
          times=${times}
          axis=${number}
          lines=${[{ name: 'facts', values: spans.map((span) => mean(span.observed(BATCH))), text: number }]}
        />
      <//>
      <${Panel} title="Lag" wide note="Facts durable and not yet in the books: florin_ledger_lag_records.">
        <${Chart}
          title="Books trail by"
          times=${times}
          axis=${number}
          lines=${[
            { name: 'facts', values: spans.map(({ later }) => total(later, 'ledger_lag_records')), text: number },
          ]}
        />
      <//>
    </div>`;
}

/** @param {import('../../snapshot.ts').Snapshot} latest */
function snapshotText(latest) {
  const seconds = total(latest, 'snapshot_last_success_timestamp_seconds');
  if (seconds === 0) return 'none since the start';
  return `${time(seconds * 1_000)}, took ${duration(total(latest, 'snapshot_duration_seconds'))}`;
}

/** Where the server says it. @param {import('../../snapshot.ts').Snapshot} latest */
function disk(latest) {
  const free = total(latest, 'journal_disk_free_bytes');
  if (free === 0) return null;
  return html`<div>
    <dt>Size on disk</dt>
    <dd>${`${size(total(latest, 'journal_size_bytes'))}, ${size(free)} free`}</dd>
  </div>`;
}

/** @param {{ latest: import('../../snapshot.ts').Snapshot }} props */
function Recovery({ latest: { phase, recovery } }) {
  const { done, total: all } = recovery;
  const percent = all === 0 ? UNKNOWN : `${count((100 * done) / all)} %`;
  const text =
    phase === 'recovering' ? `${count(done)} of ${count(all)} frames, ${percent}`
    : all === 0 ? 'Nothing had to be read at this start.'
    : `Done: ${count(done)} of ${count(all)} frames were read at this start.`; // prettier-ignore
  const isOver = phase !== 'recovering';
  return html`<${Panel} title="Recovery" note="Frames of the journal after the last snapshot.">
    <${Bar} label="Recovery" done=${isOver ? 1 : done} total=${isOver ? 1 : all}>${text}<//>
  <//>`;
}
