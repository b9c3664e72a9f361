// Channels. How well each provider does, whether its breaker is open, what operators have switched off, and what the server
// does without each thing that it needs.

import { html, useState } from '../vendor/htm-preact.js';
import { change } from '../access.js';
import { Dialog } from '../dialog.js';
import { byLabel, known, percentile, total } from '../figures.js';
import { count, duration, number, percentileText, share, time, UNKNOWN } from '../format.js';
import { Badge, Panel, Table, Tile, Trouble, useAsked } from '../parts.js';

/** @typedef {import('../history.js').History} History */
/** @typedef {import('../../snapshot.ts').Snapshot} Snapshot */
/** @typedef {{ name: string, meaning: string, set: boolean, reason: string | null, by: string | null, since: string | null, until: string | null }} Switch */

const LOOK_MS = 5_000;

/** The table does not change while the server runs. */
const DEPENDENCIES_MS = 60_000;

/** An hour: long enough to look, short enough not to be forgotten. */
const SWITCH_SECONDS = '3600';

/** @type {Record<string, 'good' | 'warn' | 'bad'>} */
const CIRCUITS = { closed: 'good', half_open: 'warn', open: 'bad' };

/** @param {{ history: History }} props */
export function Channels({ history }) {
  const { latest } = history;
  if (!latest) return html`<p class="empty">Waiting for the first figures.</p>`;
  const names = byLabel(latest, 'channel_circuit_state', 'channel')
    .map(([name]) => name)
    .toSorted();
  const unknown = known(latest, 'orders_unknown');
  return html`<dl class="tiles">
      <${Tile}
        id="orders-open"
        label="Open orders"
        value=${count(total(latest, 'orders_open'))}
        note="not at an end, cases included"
      />
      <${Tile}
        id="orders-unknown"
        label="Unknown orders"
        tone=${(unknown ?? 0) > 0 ? 'warn' : 'plain'}
        value=${count(known(latest, 'orders_unknown'))}
        note=${unknown === null ? 'not measured by this server' : 'sent and not heard of'}
      />
      <${Tile}
        id="circuits"
        label="Open breakers"
        tone=${circuitsOpen(latest) > 0 ? 'bad' : 'plain'}
        value=${count(circuitsOpen(latest))}
        note=${`of ${names.length} channels`}
      />
      <${Tile}
        id="switches"
        label="Switched off by hand"
        tone=${total(latest, 'switch_set') > 0 ? 'warn' : 'plain'}
        value=${count(total(latest, 'switch_set'))}
      />
    </dl>
    <div class="panels">
      <${Panel}
        title="Channels"
        wide
        note="florin_channel_*: outcomes since the start; durations of the last 10 s, waiting for a place included. Success: succeeded by succeeded and failed."
      >
        <${ChannelTable} history=${history} latest=${latest} names=${names} />
      <//>
      <${Switches} actions=${latest.actions} />
      <${Dependencies} />
    </div>`;
}

/** @param {Snapshot} latest */
function circuitsOpen(latest) {
  return total(latest, 'channel_circuit_state', ({ state }) => state !== 'closed');
}

/** @param {{ history: History, latest: Snapshot, names: readonly string[] }} props */
function ChannelTable({ history: { headline }, latest, names }) {
  const rows = names.map((name) => {
    const own = (/** @type {Record<string, string>} */ { channel }) => channel === name;
    const outcome = (/** @type {string} */ wanted) =>
      total(latest, 'channel_requests_total', (labels) => own(labels) && labels['outcome'] === wanted);
    const [circuit = UNKNOWN] = byLabel(latest, 'channel_circuit_state', 'state', own).map(([state]) => state);
    const decided = outcome('succeeded') + outcome('failed');
    const observed = headline?.observed('channel_request_duration_seconds', own) ?? null;
    return [
      name,
      html`<${Badge} tone=${CIRCUITS[circuit] ?? 'plain'}>${circuit.replace('_', ' ')}<//>`,
      decided === 0 ? UNKNOWN : share(outcome('succeeded') / decided),
      headline ? number(headline.rate('channel_requests_total', own)) : UNKNOWN,
      `${percentileText(percentile(observed, 0.5))} / ${percentileText(percentile(observed, 0.99))}`,
      count(total(latest, 'channel_in_flight', own)),
      ...['succeeded', 'failed', 'unknown', 'unsent'].map((one) => count(outcome(one))),
      count(known(latest, 'orders_unknown', own)),
    ];
  });
  const head = [
    'channel',
    'breaker',
    'success',
    'per s',
    'p50 / p99',
    'in flight',
    'succeeded',
    'failed',
    'unknown',
    'unsent',
    'unknown orders',
  ];
  return html`<${Table}
    caption="Channels"
    head=${head}
    rows=${rows}
    numbers=${[2, 3, 4, 5, 6, 7, 8, 9, 10]}
    empty="No channel: start with --channels FILE."
  />`;
}

/** @param {{ actions: boolean }} props */
function Switches({ actions }) {
  const asked = useAsked('/admin/switches?limit=10', LOOK_MS);
  const [turned, setTurned] = useState(/** @type {Switch | null} */ (null));
  /** @type {Switch[]} */
  const switches = asked.data?.data ?? [];
  const button = (/** @type {Switch} */ one) =>
    html`<button
      type="button"
      onClick=${() => setTurned(one)}
      aria-label=${`${one.set ? 'Switch on' : 'Switch off'}: ${one.name}`}
    >
      ${one.set ? 'Switch on…' : 'Switch off…'}
    </button>`;
  const rows = switches.map((one) => [
    html`<code>${one.name}</code>`,
    one.set ? html`<${Badge} tone="warn">off<//>` : html`<${Badge} tone="good">on<//>`,
    one.set ? `${one.reason} (${one.by ?? 'dev mode'}, until ${time(one.until)})` : `While off: ${one.meaning}`,
    ...(actions ? [button(one)] : []),
  ]);
  const past = (asked.data?.history ?? []).map((/** @type {any} */ { at, turn, name, reason, by }) => [
    html`<span class="time">${time(at)}</span>`,
    name,
    turn,
    reason ?? UNKNOWN,
    by ?? 'dev mode',
  ]);
  return html`<${Panel}
    title="Switches"
    wide
    note=${actions ? 'Each turn is in the journal, with its reason and who made it.' : 'To turn them here, start with --console-actions on; or use florin switches.'}
  >
    <${Trouble} asked=${asked} />
    <${Table}
      caption="Switches"
      head=${['name', 'is', 'what it does, or why it is off', ...(actions ? ['turn'] : [])]}
      rows=${rows}
      empty="Asking."
    />
    <h3>Turned before</h3>
    <${Table}
      caption="Turns of switches"
      head=${['at', 'name', 'turn', 'reason', 'by']}
      rows=${past}
      empty=${asked.data ? 'Never.' : 'Asking.'}
    />
    ${turned ? html`<${TurnDialog} of=${turned} close=${() => (setTurned(null), asked.again())} />` : null}
  <//>`;
}

/** @param {{ of: Switch, close: () => void }} props */
function TurnDialog({ of: { name, meaning, set }, close }) {
  const reason = { name: 'reason', label: 'Reason' };
  if (set) {
    const send = (/** @type {Record<string, string>} */ values) =>
      change('/admin/switches/clear', { name, reason: values['reason'] });
    return html`<${Dialog}
      title=${`Switch on: ${name}`}
      verb="Switch on"
      asked=${[reason]}
      send=${send}
      close=${close}
    />`;
  }
  const ends = { name: 'expires_in', label: 'Ends by itself after, seconds', type: 'number', value: SWITCH_SECONDS };
  const send = (/** @type {Record<string, string>} */ values) =>
    change('/admin/switches/set', { name, reason: values['reason'], expires_in: Number(values['expires_in']) });
  return html`<${Dialog}
    title=${`Switch off: ${name}`}
    note=${meaning}
    verb="Switch off"
    asked=${[reason, ends]}
    send=${send}
    close=${close}
  />`;
}

/** What becomes of payments. @type {Record<string, readonly ['good' | 'warn' | 'bad', string]>} */
const CORE = { stops: ['bad', 'stop'], goes_on: ['good', 'go on'], others_go_on: ['warn', 'others go on'] };

function Dependencies() {
  const asked = useAsked('/admin/dependencies', DEPENDENCIES_MS);
  const rows = (asked.data?.data ?? []).map(
    (/** @type {any} */ { name, strength, core, told, fallback, recovery, timeout_ms: timeoutMs }) => {
      const [tone, text] = CORE[core] ?? ['warn', core];
      return [
        html`<code>${name}</code>`,
        strength,
        html`<${Badge} tone=${tone}>${text}<//>`,
        timeoutMs === null ? UNKNOWN : duration(timeoutMs / 1_000),
        told === null ? UNKNOWN : html`<code>${told}</code>`,
        html`<span class="prose">${fallback} ${recovery}</span>`,
      ];
    },
  );
  return html`<${Panel}
    title="Dependencies"
    wide
    note="What the server does while one of them is gone: as it is built, not as it is now."
  >
    <${Trouble} asked=${asked} />
    <${Table}
      caption="Dependencies"
      head=${['name', 'strength', 'payments', 'waited', 'told', 'instead, and how it comes back']}
      rows=${rows}
      empty="Asking."
    />
  <//>`;
}
