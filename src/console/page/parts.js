// Parts. What all pages are made of: panels, tiles, tables, and the asking of what is not in the stream.

import { html, useEffect, useState } from './vendor/htm-preact.js';
import { KeyNeeded, read } from './access.js';

/** @typedef {'good' | 'warn' | 'bad' | 'plain'} Tone */

/** Said beside every colour. */
const SIGNS = { good: '✔', warn: '!', bad: '✘', plain: '' };

/** @param {{ title: string, note?: unknown, wide?: boolean, children?: unknown }} props */
export function Panel({ title, note = '', wide = false, children }) {
  return html`<section class=${`panel${wide ? ' wide' : ''}`}>
    <h2>${title}</h2>
    ${children} ${note === '' ? null : html`<p class="note">${note}</p>`}
  </section>`;
}

/** @param {{ label: string, value: unknown, note?: unknown, tone?: Tone, id?: string }} props */
export function Tile({ label, value, note = '', tone = 'plain', id = '' }) {
  return html`<div class=${`tile ${tone}`} data-figure=${id}>
    <dt>${label}</dt>
    <dd><${Sign} tone=${tone} />${value}</dd>
    ${note === '' ? null : html`<dd class="note">${note}</dd>`}
  </div>`;
}

/** @param {{ tone: Tone }} props */
export function Sign({ tone }) {
  return SIGNS[tone] === '' ? null : html`<span class=${`sign ${tone}`} aria-hidden="true">${SIGNS[tone]}</span>`;
}

/** @param {{ tone: Tone, children?: unknown }} props */
export function Badge({ tone, children }) {
  return html`<span class=${`badge ${tone}`}><${Sign} tone=${tone} />${children}</span>`;
}

/**
 * Scrolls by itself where it is wider than the page; by keyboard, too.
 * @param {{ caption: string, head: readonly string[], rows: readonly (readonly unknown[])[], empty?: string, numbers?: readonly number[] }} props
 *   `numbers`: columns of figures
 */
export function Table({ caption, head, rows, empty = 'None.', numbers = [] }) {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const style = (/** @type {number} */ at) => (numbers.includes(at) ? 'figure' : '');
  return html`<div class="scroll" role="region" aria-label=${caption} tabindex="0">
    <table>
      <caption class="unseen">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((name, at) => html`<th scope="col" class=${style(at)}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, at) => html`<td class=${style(at)}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @param {{ label: string, done: number, total: number, children?: unknown }} props */
export function Bar({ label, done, total, children }) {
  return html`<div class="bar">
    <progress aria-label=${label} max=${Math.max(total, 1)} value=${total === 0 ? 1 : done}></progress>
    <span>${children}</span>
  </div>`;
}

/** @param {{ asked: { error: string } }} props */
export function Trouble({ asked }) {
  return asked.error === '' ? null : html`<p class="trouble" role="status">${asked.error}</p>`;
}

/**
 * Asks a path of the listener again and again while somebody looks; '' asks nothing.
 * @param {string} path
 * @param {number} everyMs
 * @returns {{ data: any, error: string, again: () => void }} `data`: null before the first answer
 */
export function useAsked(path, everyMs) {
  const [state, setState] = useState(
    /** @type {{ path: string, data: any, error: string }} */ ({ path, data: null, error: '' }),
  );
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    const ask = () => {
      if (path === '' || document.hidden) return;
      read(path).then(
        (data) => current && setState({ path, data, error: '' }),
        (error) => current && setState(({ data }) => ({ path, data, error: troubleOf(error) })),
      );
    };
    ask();
    const timer = setInterval(ask, everyMs);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [path, everyMs, turn]);
  const again = () => setTurn((before) => before + 1);
  return { data: state.path === path ? state.data : null, error: state.error, again };
}

/** @param {unknown} error */
export function troubleOf(error) {
  if (error instanceof KeyNeeded) return 'This needs a key with the scope ops.';
  if (error instanceof TypeError) return 'The server does not answer.';
  return error instanceof Error ? error.message : String(error);
}
