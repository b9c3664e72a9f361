// Dialog. Asks for what a change needs and makes it; the keyboard stays inside until it is closed.

import { html, useEffect, useRef, useState } from './vendor/htm-preact.js';
import { troubleOf } from './parts.js';

/**
 * @typedef {{ readonly name: string, readonly label: string, readonly type?: string, readonly value?: string, readonly hint?: string }} Asked
 */

/**
 * @param {{ title: string, note?: string, verb: string, asked: readonly Asked[], send: (values: Record<string, string>) => Promise<unknown>, close: () => void }} props
 */
export function Dialog({ title, note = '', verb, asked, send, close }) {
  const place = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [state, setState] = useState({ busy: false, error: '' });
  useEffect(() => place.current?.showModal(), []);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setState({ busy: true, error: '' });
    send(values).then(close, (error) => setState({ busy: false, error: troubleOf(error) }));
  };
  return html`<dialog ref=${place} aria-label=${title} onClose=${close}>
    <form onSubmit=${submit}>
      <h2>${title}</h2>
      ${note === '' ? null : html`<p class="note">${note}</p>`}
      ${asked.map(
        ({ name, label, type = 'text', value = '', hint = '' }) =>
          html`<label
            >${label}<input
              name=${name}
              type=${type}
              value=${value}
              placeholder=${hint}
              required
              min="1"
              autocomplete="off"
          /></label>`,
      )}
      ${state.error === '' ? null : html`<p class="trouble" role="alert">${state.error}</p>`}
      <div class="buttons">
        <button type="button" onClick=${close}>Cancel</button>
        <button type="submit" class="main" disabled=${state.busy}>${verb}</button>
      </div>
    </form>
  </dialog>`;
}
