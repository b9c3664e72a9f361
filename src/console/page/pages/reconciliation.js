// Reconciliation. What was compared with bills and statements, what differs, and which cases wait for people.

import { html, useState } from '../vendor/htm-preact.js';
import { change, save } from '../access.js';
import { Dialog } from '../dialog.js';
import { byLabel, known, total } from '../figures.js';
import { count, duration, minor, time, UNKNOWN } from '../format.js';
import { Badge, Bar, Panel, Table, Tile, Trouble, troubleOf, useAsked } from '../parts.js';

/** @typedef {import('../history.js').History} History */
/** @typedef {import('../../snapshot.ts').Snapshot} Snapshot */

const RUNS = '/admin/reconciliation/runs';

/** Runs are followed while they are read; what is over changes only by people. */
const LOOK_MS = 2_000;
const CASES_MS = 5_000;

/** Differences of a page. */
const PAGE = 25;

/** @type {Record<string, 'good' | 'warn' | 'bad'>} */
const STATUSES = { succeeded: 'good', processing: 'warn', failed: 'bad' };

/** @param {{ history: History }} props */
export function Reconciliation({ history }) {
  const { latest } = history;
  const asked = useAsked(`${RUNS}?limit=20`, LOOK_MS);
  const [chosen, setChosen] = useState('');
  if (!latest) return html`<p class="empty">Waiting for the first figures.</p>`;
  /** @type {any[]} */
  const runs = asked.data?.data ?? [];
  const run = runs.find(({ id }) => id === chosen);
  const breaches = known(latest, 'invariant_violations_total');
  return html`<dl class="tiles">
      <${Tile}
        id="breaks"
        label="Open differences"
        tone=${total(latest, 'recon_breaks') > 0 ? 'warn' : 'plain'}
        value=${count(known(latest, 'recon_breaks'))}
        note="wait for two people"
      />
      <${Tile}
        id="runs"
        label="Files compared"
        value=${count(known(latest, 'recon_runs_total'))}
        note="since the start"
      />
      <${Tile}
        id="breaches"
        label="Breaches"
        tone=${breaches === null ? 'plain' : breaches > 0 ? 'bad' : 'good'}
        value=${count(breaches)}
        note=${breaches === null ? 'nobody watches: reconciliation is off' : 'of what must never be, since the start'}
      />
      <${Tile}
        id="watch"
        label="Watch trails by"
        value=${duration(known(latest, 'reconciler_lag_seconds'))}
        note=${`${count(known(latest, 'reconciler_waiting_lines'))} lines wait for the books`}
      />
    </dl>
    <div class="panels">
      <${Panel} title="Runs" wide note="The newest first. A run is one file of one day.">
        <${Trouble} asked=${asked} />
        <${Runs} runs=${runs} chosen=${chosen} choose=${setChosen} known=${asked.data !== null} />
      <//>
      ${run ? html`<${Differences} run=${run} />` : null}
      <${Cases} actions=${latest.actions} />
      <${Panel} title="Open differences by type and age" note="florin_recon_breaks">
        <${Table}
          caption="Open differences"
          head=${['type', 'age up to', 'open']}
          numbers=${[2]}
          rows=${breaks(latest)}
          empty="None."
        />
      <//>
      <${Panel} title="Breaches" note="florin_invariant_violations_total">
        <${Table}
          caption="Breaches"
          head=${['invariant', 'found']}
          numbers=${[1]}
          rows=${byLabel(latest, 'invariant_violations_total', 'invariant').map(([name, found]) => [name, count(found)])}
          empty="None since the start."
        />
      <//>
    </div>`;
}

/** @param {Snapshot} latest */
function breaks(latest) {
  return (latest.metrics['recon_breaks'] ?? []).map(([{ type, age }, open]) => [
    type,
    age,
    typeof open === 'number' ? count(open) : UNKNOWN,
  ]);
}

/** @param {{ runs: readonly any[], chosen: string, choose: (id: string) => void, known: boolean }} props */
function Runs({ runs, chosen, choose, known }) {
  const rows = runs.map((run) => [
    html`<button
      type="button"
      class="link"
      aria-pressed=${run.id === chosen}
      onClick=${() => choose(run.id === chosen ? '' : run.id)}
    >
      ${run.channel} ${run.date}
    </button>`,
    run.kind.replace('_', ' '),
    html`<${Badge} tone=${STATUSES[run.status] ?? 'plain'}>${run.status}<//>`,
    progressOf(run),
    count(run.matched),
    run.differences > 0 ? html`<${Badge} tone="warn">${count(run.differences)}<//>` : count(run.differences),
    count(run.waiting),
    html`<span class="time">${time(run.created_at)}</span>`,
  ]);
  const head = ['file', 'kind', 'status', 'lines', 'matched', 'differences', 'waiting', 'came at'];
  const empty = known ? 'No file was compared yet: florin reconcile FILE --channel NAME --date DAY' : 'Asking.';
  return html`<${Table} caption="Runs" head=${head} numbers=${[4, 5, 6]} rows=${rows} empty=${empty} />`;
}

/** How many lines there are is not known before the last one. @param {any} run */
function progressOf(run) {
  if (run.status !== 'processing') return count(run.lines);
  if (run.lines === 0)
    return html`<span class="bar"><progress aria-label="Lines read"></progress>${count(run.lines_read)} read</span>`;
  const cases = `${count(run.cases)} of ${count(run.differences)} cases`;
  return html`<${Bar} label="Cases opened" done=${run.cases} total=${run.differences}>${cases}<//>`;
}

/** @param {{ run: any }} props */
function Differences({ run }) {
  const [kind, setKind] = useState('');
  const [pages, setPages] = useState(/** @type {readonly string[]} */ ([]));
  const [error, setError] = useState('');
  const after = pages.at(-1) ?? '';
  const path = `${RUNS}/${run.id}/differences?limit=${PAGE}${kind === '' ? '' : `&kind=${kind}`}${after === '' ? '' : `&starting_after=${after}`}`;
  const asked = useAsked(path, CASES_MS);
  /** @type {any[]} */
  const found = asked.data?.data ?? [];
  const choose = (/** @type {string} */ wanted) => (setKind(wanted), setPages([]));
  const csv = () =>
    save(`${RUNS}/${run.id}/differences?format=csv`, `${run.channel}-${run.date}-differences.csv`).catch((why) =>
      setError(troubleOf(why)),
    );
  const rows = found.map((one) => [
    one.kind,
    one.lines.join(' '),
    one.order ?? one.key,
    one.merchant,
    minor(one.amount, one.currency),
    one.case ?? UNKNOWN,
  ]);
  return html`<${Panel}
    title=${`Differences of ${run.channel} ${run.date}`}
    wide
    note="Amount: channel less ours, minor units."
  >
    <${Totals} run=${run} />
    <div class="filter">
      <label
        >Kind<select onChange=${(/** @type {any} */ { target }) => choose(target.value)}>
          <option value="">all, ${count(run.differences)}</option>
          ${Object.entries(run.by_kind).map(([name, many]) => html`<option value=${name} selected=${name === kind}>${name}, ${count(/** @type {number} */ (many))}</option>`)}
        </select></label
      >
      <button type="button" onClick=${csv}>Save all as CSV</button>
    </div>
    ${error === '' ? null : html`<p class="trouble" role="alert">${error}</p>`}
    <${Trouble} asked=${asked} />
    <${Table}
      caption="Differences"
      head=${['kind', 'lines', 'order or key', 'merchant', 'amount', 'case']}
      numbers=${[4]}
      rows=${rows}
      empty=${asked.data ? 'Nothing differs.' : 'Asking.'}
    />
    <div class="buttons">
      <button type="button" disabled=${pages.length === 0} onClick=${() => setPages(pages.slice(0, -1))}>Before</button>
      <button type="button" disabled=${!asked.data?.has_more} onClick=${() => setPages([...pages, found.at(-1).id])}>
        Next
      </button>
    </div>
  <//>`;
}

/** @param {{ run: any }} props */
function Totals({ run }) {
  const rows = run.totals.map((/** @type {any} */ { currency, channel, local, explained }) => [
    currency,
    minor(channel.amount, currency),
    minor(local.amount, currency),
    Object.entries(explained)
      .map(([what, { amount }]) => `${what} ${minor(amount, currency)}`)
      .join(', ') || 'no difference',
  ]);
  return html`<${Table}
    caption="Totals"
    head=${['currency', 'the file', 'ours', 'made of']}
    numbers=${[1, 2]}
    rows=${rows}
    empty=${run.failure ?? 'No totals yet.'}
  />`;
}

/** @param {{ actions: boolean }} props */
function Cases({ actions }) {
  const asked = useAsked('/admin/cases?limit=20', CASES_MS);
  const [decided, setDecided] = useState(/** @type {any} */ (null));
  const rows = (asked.data?.data ?? []).map((/** @type {any} */ one) => [
    one.type.replaceAll('_', ' '),
    html`<${Badge} tone=${one.status === 'proposed' ? 'warn' : 'plain'}>${one.status}<//>`,
    one.order ?? UNKNOWN,
    one.merchant,
    minor(one.amount, one.currency),
    html`<span class="prose">${one.detail}</span>`,
    one.decision === null ? UNKNOWN : `${one.decision}, by ${one.proposed_by ?? 'dev mode'}`,
    ...(actions
      ? [
          html`<button
            type="button"
            onClick=${() => setDecided(one)}
            aria-label=${`${one.status === 'proposed' ? 'Agree' : 'Propose'}: case ${one.id}`}
          >
            ${one.status === 'proposed' ? 'Agree…' : 'Propose…'}
          </button>`,
        ]
      : []),
  ]);
  const head = ['type', 'status', 'order', 'merchant', 'amount', 'what', 'proposed', ...(actions ? ['decide'] : [])];
  return html`<${Panel}
    title="Cases"
    wide
    note=${actions ? 'One key proposes, another one agrees.' : 'To decide them here, start with --console-actions on; or use florin cases.'}
  >
    <${Trouble} asked=${asked} />
    <${Table}
      caption="Cases"
      head=${head}
      numbers=${[4]}
      rows=${rows}
      empty=${asked.data ? 'No case waits.' : 'Asking.'}
    />
    ${decided ? html`<${CaseDialog} of=${decided} close=${() => (setDecided(null), asked.again())} />` : null}
  <//>`;
}

/** @param {{ of: any, close: () => void }} props */
function CaseDialog({ of: one, close }) {
  const path = `/admin/cases/${one.id}`;
  const about = `${one.detail} ${minor(one.amount, one.currency)}`;
  if (one.status === 'proposed') {
    const send = () => change(`${path}/agree`, {});
    return html`<${Dialog}
      title=${`Agree: ${one.decision}`}
      note=${about}
      verb="Agree"
      asked=${[]}
      send=${send}
      close=${close}
    />`;
  }
  const send = (/** @type {Record<string, string>} */ { decision }) => change(`${path}/decide`, { decision });
  const asked = [{ name: 'decision', label: 'Decision', hint: 'retry, succeeded, failed, book, …' }];
  return html`<${Dialog}
    title="Propose a decision"
    note=${about}
    verb="Propose"
    asked=${asked}
    send=${send}
    close=${close}
  />`;
}
