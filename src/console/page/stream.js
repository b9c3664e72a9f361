// Stream. Reads the snapshots as they come, and comes back by itself after any loss. `EventSource` cannot send a key, so the
// events are read from a fetch.

import { key, KeyNeeded, reach } from './access.js';

/** @typedef {import('../snapshot.ts').Snapshot} Snapshot */
/** @typedef {'connecting' | 'live' | 'lost' | 'full' | 'key'} Connection `full`: too many consoles are open */

/** Between two attempts, ms: a server that starts again is there within seconds. */
const PAUSE_MS = 1_000;

/** Three snapshots late: what is on the screen is not what is. */
const SILENCE_MS = 3_500;

/**
 * Follows until `stop`.
 * @param {{ snapshot: (snapshot: Snapshot) => void, connection: (connection: Connection, detail: string) => void }} hooks
 * @returns {{ stop: () => void, again: () => void }} `again`: with another key
 */
export function follow(hooks) {
  const ending = new AbortController();
  /** @type {AbortController} */
  let attempt = new AbortController();
  let wake = () => {};
  const pause = () =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  const run = async () => {
    while (!ending.signal.aborted) {
      attempt = new AbortController();
      const { connection, detail } = await once(attempt, hooks).catch(whatWent);
      if (!ending.signal.aborted) hooks.connection(connection, detail);
      if (!ending.signal.aborted) await pause();
    }
  };
  void run();
  return {
    stop: () => {
      ending.abort();
      attempt.abort();
      wake();
    },
    again: () => {
      attempt.abort();
      wake();
    },
  };
}

/**
 * @param {unknown} error
 * @returns {{ connection: Connection, detail: string }}
 */
function whatWent(error) {
  const detail = error instanceof Error ? error.message : '';
  if (error instanceof KeyNeeded) return { connection: 'key', detail: key() === '' ? '' : detail };
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return { connection: code === 'too_many_requests' ? 'full' : 'lost', detail };
}

/**
 * Reads one answer to its end.
 * @param {AbortController} attempt
 * @param {Parameters<typeof follow>[0]} hooks
 * @returns {Promise<{ connection: Connection, detail: string }>}
 */
async function once(attempt, { snapshot, connection }) {
  let watchdog = setTimeout(() => attempt.abort(), SILENCE_MS);
  try {
    const { body } = await reach('/admin/stream', { signal: attempt.signal });
    if (!body) return { connection: 'lost', detail: '' };
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => attempt.abort(), SILENCE_MS);
      const events = `${text}${part.value}`.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        connection('live', '');
        snapshot(readEvent(event));
      }
    }
    return { connection: 'lost', detail: '' };
  } finally {
    clearTimeout(watchdog);
  }
}

/**
 * @param {string} event
 * @returns {Snapshot}
 */
function readEvent(event) {
  const data = event.split('\n').find((line) => line.startsWith('data: ')) ?? 'data: null';
  return JSON.parse(data.slice('data: '.length));
}
