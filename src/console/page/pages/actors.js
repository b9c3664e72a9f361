// Actors. Which kinds are in memory, how deep their mailboxes are, and any account or order by its id.

import { html, useState } from '../vendor/htm-preact.js';
import { read, Refused } from '../access.js';
import { byLabel, total } from '../figures.js';
import { count, minor, number, time, UNKNOWN } from '../format.js';
import { HeatMap } from '../heat-map.js';
import { Panel, Table, Tile, Trouble, troubleOf } from '../parts.js';

/** @typedef {import('../history.js').History} History */
/** @typedef {import('../../snapshot.ts').Snapshot} Snapshot */

/** @param {{ history: History }} props */
export function Actors({ history }) {
  const { latest, headline, snapshots } = history;
  if (!latest) return html`<p class="empty">Waiting for the first figures.</p>`;
  const rate = headline ? number(headline.rate('actor_messages_total')) : UNKNOWN;
  const waiting = latest.shards.reduce(
    (sum, { mailboxes }) => sum + mailboxes.reduce((one, other) => one + other, 0),
    0,
  );
  return html`<dl class="tiles">
      <${Tile}
        id="actors"
        label="Actors in memory"
        value=${count(total(latest, 'actors'))}
        note=${`${count(total(latest, 'accounts'))} accounts opened`}
      />
      <${Tile} id="messages" label="Messages per second" value=${rate} note="between actors, last 10 s" />
      <${Tile}
        id="flight"
        label="In flight"
        value=${count(latest.shards.reduce((sum, { inFlight }) => sum + inFlight, 0))}
        note="accepted and not answered"
      />
      <${Tile}
        id="waiting"
        label="Mailboxes that wait"
        value=${count(waiting)}
        note=${`the deepest has ${count(Math.max(0, ...latest.shards.map(({ deepest }) => deepest)))}`}
      />
      <${Tile}
        id="restarts"
        label="Restarts"
        tone=${total(latest, 'actor_restarts_total') > 0 ? 'bad' : 'plain'}
        value=${count(total(latest, 'actor_restarts_total'))}
        note="after a fault, since the start"
      />
    </dl>
    <div class="panels">
      <${Search} />
      <${Panel} title="Kinds" note="florin_actors, florin_actor_started_total, florin_actor_stopped_total">
        <${Table}
          caption="Kinds of actors"
          head=${['kind', 'in memory', 'started', 'stopped']}
          numbers=${[1, 2, 3]}
          rows=${kinds(latest)}
          empty="None yet."
        />
      <//>
      ${latest.shards.map(
        ({ shard, shadow }, at) =>
          html`<${Panel}
            title=${`Mailboxes of ${shadow ? 'the shadow' : `shard ${shard}`}`}
            wide
            note="Seen once a second between two turns: rows are messages that wait in a mailbox, the shade is how many mailboxes are so deep (1, 2–4, 5–16, 17–64, more). The last minute, now on the right."
          >
            <${HeatMap} snapshots=${snapshots} shard=${at} />
          <//>`,
      )}
    </div>`;
}

/** @param {Snapshot} latest */
function kinds(latest) {
  const [now, started, stopped] = ['actors', 'actor_started_total', 'actor_stopped_total'].map(
    (name) => new Map(byLabel(latest, name, 'kind')),
  );
  const names = new Set([now, started, stopped].flatMap((of) => [...(of?.keys() ?? [])]));
  return [...names]
    .toSorted()
    .map((kind) => [kind, count(now?.get(kind) ?? 0), count(started?.get(kind) ?? 0), count(stopped?.get(kind))]);
}

function Search() {
  const [state, setState] = useState(/** @type {{ found: any, error: string }} */ ({ found: null, error: '' }));
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const query = new URLSearchParams(
      [...form].flatMap(([name, value]) => (value === '' ? [] : [[name, String(value).trim()]])),
    );
    read(`/admin/find?${query}`).then(
      (found) => setState({ found, error: '' }),
      (error) => setState({ found: null, error: error instanceof Refused ? error.message : troubleOf(error) }),
    );
  };
  const { found, error } = state;
  return html`<${Panel} title="Find an account or an order" wide>
    <form class="filter" role="search" onSubmit=${submit}>
      <label>Id<input name="id" required maxlength="64" placeholder="alice, trd_…, pay_…" autocomplete="off" /></label>
      <label>Merchant<input name="merchant" maxlength="64" placeholder="your own" autocomplete="off" /></label>
      <button type="submit" class="main">Find</button>
    </form>
    <div role="status">
      <${Trouble} asked=${{ error }} />
      ${found ? html`<${Found} found=${found} />` : null}
    </div>
  <//>`;
}

/** @param {{ found: any }} props */
function Found({ found: { account, entries, order, tree } }) {
  const facts = (entries ?? []).map((/** @type {any} */ one) => [
    count(one.version),
    html`<span class="time">${time(one.at)}</span>`,
    one.type,
    one.side,
    minor(one.amount, account.currency),
    one.counterparty,
    one.transfer,
  ]);
  return html`${
    account
      ? html`<dl class="tiles">
            <${Tile} id="found-status" label=${`Account ${account.id}`} value=${account.status} note=${account.kind} />
            <${Tile}
              id="found-version"
              label="Version"
              value=${count(account.version)}
              note=${`changed ${time(account.updated_at)}`}
            />
            <${Tile}
              id="found-available"
              label="Available"
              value=${minor(account.available, account.currency)}
              note="minor units"
            />
            <${Tile}
              id="found-held"
              label="Held"
              value=${minor(account.held, account.currency)}
              note=${`${minor(account.pending, account.currency)} pending`}
            />
          </dl>
          <h3>Last facts</h3>
          <${Table}
            caption="Last facts"
            head=${['version', 'at', 'type', 'side', 'amount', 'with', 'transfer']}
            numbers=${[0, 4]}
            rows=${facts}
            empty=${entries ? 'Nothing was booked on it yet.' : 'The books do not say.'}
          />`
      : null
  }
  ${
    order
      ? html`<dl class="tiles">
          <${Tile} id="found-status" label=${order.kind.replaceAll('_', ' ')} value=${order.status} />
          <${Tile} id="found-version" label="Version" value=${count(order.version)} />
        </dl>`
      : null
  }
  ${
    tree
      ? html`<h3>What belongs together</h3>
          <${Tree} of=${tree} />`
      : null
  }`;
}

/** Orders of a tree, each below the one that it came from. @param {{ of: any }} props */
function Tree({ of: { trade, withdrawal, vouchers } }) {
  const root = trade ?? withdrawal;
  if (!root) return null;
  return html`<ul class="tree">
      <li>
        <${Node} kind=${root.object} of=${root} />
        <ul>
          ${asked(withdrawal?.channel_order)}
          ${(trade?.payments ?? []).map(
            (/** @type {any} */ one) =>
              html`<li>
                <${Node} kind="payment" of=${one} />
                <ul>
                  ${one.instructions.map((/** @type {any} */ part) => asked(part.channel_order))}
                </ul>
              </li>`,
          )}
          ${(trade?.refunds ?? []).map(
            (/** @type {any} */ one) =>
              html`<li>
                <${Node} kind="refund" of=${one} />
                <ul>
                  ${one.parts.map((/** @type {any} */ part) => asked(part.channel_order))}
                </ul>
              </li>`,
          )}
        </ul>
      </li>
    </ul>
    <details>
      <summary>${count(vouchers.length)} vouchers</summary>
      ${vouchers.map((/** @type {string} */ id) => html`<code class="voucher">${id}</code> `)}
    </details>
    <details>
      <summary>All of it as JSON</summary>
      <pre tabindex="0">${JSON.stringify(root, null, 2)}</pre>
    </details>`;
}

/** @param {any} order of a channel, or null */
function asked(order) {
  return order ? html`<li><${Node} kind=${`channel order at ${order.channel}`} of=${order} /></li>` : null;
}

/** @param {{ kind: string, of: any }} props */
function Node({ kind, of: { id, status, version, amount, currency } }) {
  const about = [
    status,
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(amount === undefined ? [] : [minor(amount, currency ?? '')]),
  ];
  return html`<span class="node">${kind} <code>${id}</code> ${about.join(', ')}</span>`;
}
