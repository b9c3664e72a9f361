// Choice of the transport. Owns which library carries the WebSockets.

import { httpTransport } from './http-transport.ts';
import type { Transport } from './transport.ts';
import { uwsEngine } from './uws-engine.ts';
import { loadNativeUws } from './uws-native.ts';
import { wsEngine } from './ws-engine.ts';

/**
 * `auto`: WebSockets over uWebSockets.js where a native build loads, over ws otherwise. `uws`: throws an Error that
 * says why where none loads. `load` looks for the build.
 */
export function chooseTransport(wanted: 'auto' | 'uws' | 'node', load = loadNativeUws): Transport {
  if (wanted === 'node') return httpTransport(wsEngine);
  const native = load();
  if ('api' in native) return httpTransport(uwsEngine(native));
  if (wanted === 'auto') return httpTransport(wsEngine);
  throw new Error(
    `No native build of uWebSockets.js loads here (${native.reasons.join('; ')}). Use the node transport.`,
  );
}
