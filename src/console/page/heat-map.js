// Heat map. How deep mailboxes were, second by second: a column a snapshot, a row a class of depth, the deepest on top.

import { html } from './vendor/htm-preact.js';

/** @typedef {import('../snapshot.ts').Snapshot} Snapshot */

/** Columns: a minute. */
const COLUMNS = 60;
const CELL = { width: 12, height: 20 };

/** From one mailbox to more than a hundred: each shade is a factor. */
const SHADES = [0, 1, 4, 16, 64];

/** @param {{ snapshots: readonly Snapshot[], shard: number }} props `shard`: place among the shards of a snapshot */
export function HeatMap({ snapshots, shard }) {
  const shown = snapshots.slice(-COLUMNS);
  const latest = shown.at(-1);
  if (!latest) return null;
  const names = classNames(latest.depthClasses);
  const at = (/** @type {Snapshot} */ snapshot, /** @type {number} */ row) =>
    snapshot.shards[shard]?.mailboxes[names.length - 1 - row] ?? 0;
  const now = latest.shards[shard];
  const waiting = now?.mailboxes.reduce((sum, count) => sum + count, 0) ?? 0;
  const text = `Mailboxes by depth over the last minute. Now ${waiting} with messages, the deepest has ${now?.deepest ?? 0}.`;
  const first = COLUMNS - shown.length;
  return html`<div class="heat">
    <ol aria-hidden="true">
      ${names.toReversed().map((name) => html`<li>${name}</li>`)}
    </ol>
    <svg
      role="img"
      aria-label=${text}
      viewBox=${`0 0 ${COLUMNS * CELL.width} ${names.length * CELL.height}`}
      preserveAspectRatio="none"
    >
      ${names.map((_name, row) =>
        Array.from({ length: COLUMNS }, (_, column) => {
          const snapshot = shown[column - first];
          const shade = snapshot ? shadeOf(at(snapshot, row)) : 'none';
          const [x, y] = [column * CELL.width, row * CELL.height];
          return html`<rect
            class=${`shade-${shade}`}
            x=${x}
            y=${y}
            width=${CELL.width - 1}
            height=${CELL.height - 1}
          />`;
        }),
      )}
    </svg>
  </div>`;
}

/** @param {readonly number[]} bounds */
function classNames(bounds) {
  const from = [1, ...bounds.map((bound) => bound + 1)];
  return from.map((low, at) => {
    const high = bounds[at];
    return high === undefined ? `${low}+` : low === high ? `${low}` : `${low}–${high}`;
  });
}

/** @param {number} mailboxes */
function shadeOf(mailboxes) {
  return SHADES.filter((bound) => mailboxes > bound).length;
}
