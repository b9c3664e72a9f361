// Main. The frame of the console: which page is shown, how the connection is, and the key where one is wanted.

import { html, render, useEffect, useRef, useState } from './vendor/htm-preact.js';
import { useKey } from './access.js';
import { duration } from './format.js';
import { History } from './history.js';
import { Actors } from './pages/actors.js';
import { Channels } from './pages/channels.js';
import { Config } from './pages/config.js';
import { Journal } from './pages/journal.js';
import { Overview } from './pages/overview.js';
import { Reconciliation } from './pages/reconciliation.js';
import { Badge } from './parts.js';
import { follow } from './stream.js';

/** @typedef {import('./stream.js').Connection} Connection */

const PAGES = { Overview, Actors, Journal, Channels, Reconciliation, Config };
const NAMES = /** @type {(keyof typeof PAGES)[]} */ (Object.keys(PAGES));

/** @type {Record<Connection, readonly ['good' | 'warn' | 'bad', string]>} */
const CONNECTIONS = {
  connecting: ['warn', 'connecting'],
  live: ['good', 'live'],
  lost: ['bad', 'no connection, trying again'],
  full: ['bad', 'too many consoles are open, trying again'],
  key: ['warn', 'a key is needed'],
};

/** @returns {keyof typeof PAGES} */
function pageInAddress() {
  return NAMES.find((name) => `#/${name.toLowerCase()}` === location.hash) ?? 'Overview';
}

function Console() {
  const [page, setPage] = useState(pageInAddress);
  const [history, setHistory] = useState(new History([]));
  const [[connection, detail], setConnection] = useState(/** @type {[Connection, string]} */ (['connecting', '']));
  const stream = useRef(/** @type {ReturnType<typeof follow> | null} */ (null));
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const turn = () => {
      setPage(pageInAddress());
      heading.current?.focus();
    };
    addEventListener('hashchange', turn);
    return () => removeEventListener('hashchange', turn);
  }, []);
  useEffect(() => {
    stream.current = follow({
      snapshot: (snapshot) => setHistory((before) => before.with(snapshot)),
      connection: (now, why) =>
        setConnection((before) => (before[0] === now && before[1] === why ? before : [now, why])),
    });
    return () => stream.current?.stop();
  }, []);
  useEffect(() => {
    document.title = `${page} – Florin console`;
  }, [page]);
  const enter = (/** @type {string} */ text) => {
    useKey(text);
    setConnection(['connecting', '']);
    stream.current?.again();
  };
  const { latest } = history;
  return html`<a class="skip" href="#content" onClick=${skip}>To the content</a>
    <header>
      <span class="brand">Florin</span>
      <nav aria-label="Pages">
        ${NAMES.map((name) => html`<a href=${`#/${name.toLowerCase()}`} aria-current=${name === page ? 'page' : undefined}>${name}</a>`)}
      </nav>
      <div class="state" role="status">
        <${Badge} tone=${CONNECTIONS[connection][0]}>${CONNECTIONS[connection][1]}<//>
        ${latest ? html`<${Phase} snapshot=${latest} />` : null}
      </div>
    </header>
    <main id="content" class=${connection === 'live' ? '' : 'stale'}>
      <h1 tabindex="-1" ref=${heading}>${page}</h1>
      ${connection === 'key' ? html`<${KeyForm} detail=${detail} enter=${enter} />` : html`<${PAGES[page]} history=${history} />`}
    </main>`;
}

/** The address names a page, so a link inside of one moves the focus itself. @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.querySelector('h1')?.focus();
}

/** @param {{ snapshot: import('../snapshot.ts').Snapshot }} props */
function Phase({ snapshot: { notReady, at, startedAt, version, actions } }) {
  const up = `${version}, up ${duration((at - startedAt) / 1_000)}`;
  return html`<${Badge} tone=${notReady === null ? 'good' : 'warn'}>${notReady ?? 'ready'}<//>
    <span class="note">${up}${actions ? '' : ', read only'}</span>`;
}

/** @param {{ detail: string, enter: (key: string) => void }} props */
function KeyForm({ detail, enter }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    enter(String(form.get('key')).trim());
  };
  return html`<form class="panel key" onSubmit=${submit}>
    <h2>A key with the scope ops</h2>
    <label>API key<input name="key" type="password" required autocomplete="off" placeholder="fk_…" /></label>
    ${detail === '' ? null : html`<p class="trouble" role="alert">${detail}</p>`}
    <p class="note">
      It is kept in this tab until you close it. Make one: florin keys create --merchant NAME --scopes ops
    </p>
    <div class="buttons"><button type="submit" class="main">Open</button></div>
  </form>`;
}

render(html`<${Console} />`, /** @type {HTMLElement} */ (document.getElementById('console')));
