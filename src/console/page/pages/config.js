// Config. Every option in effect and where its value comes from.

import { html, useState } from '../vendor/htm-preact.js';
import { Badge, Panel, Table, Trouble, useAsked } from '../parts.js';

/** Options do not change while a server runs, but another one may have taken its place. */
const LOOK_MS = 15_000;

export function Config() {
  const asked = useAsked('/admin/config', LOOK_MS);
  const [word, setWord] = useState('');
  const [onlySet, setOnlySet] = useState(false);
  /** @type {{ name: string, value: unknown, source: string, unit: string }[]} */
  const all = asked.data?.data ?? [];
  const shown = all.filter(
    ({ name, source }) => name.toLowerCase().includes(word.toLowerCase()) && (!onlySet || source !== 'default'),
  );
  const rows = shown.map(({ name, value, source, unit }) => [
    html`<code>${name}</code>`,
    html`<code>${textOf(value)}</code>`,
    source === 'default' ? source : html`<${Badge} tone="plain">${source}<//>`,
    unit,
  ]);
  return html`<div class="panels">
    <${Panel}
      title="Options"
      wide
      note="A flag goes before the environment, that before the file. Of a secret only whether it is set is shown."
    >
      <div class="filter">
        <label
          >Find<input type="search" value=${word} onInput=${(/** @type {any} */ { target }) => setWord(target.value)}
        /></label>
        <label class="check"
          ><input
            type="checkbox"
            checked=${onlySet}
            onChange=${(/** @type {any} */ { target }) => setOnlySet(target.checked)}
          />only what is not the default</label
        >
      </div>
      <${Trouble} asked=${asked} />
      <${Table}
        caption="Options"
        head=${['option', 'value', 'source', 'unit']}
        rows=${rows}
        empty=${asked.data ? 'No such option.' : 'Asking.'}
      />
    <//>
  </div>`;
}

/** @param {unknown} value */
function textOf(value) {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return value === '' ? 'none' : String(value);
}
