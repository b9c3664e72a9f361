// Choice of the transport. Owns which network library the gateway runs on.

import { nodeTransport } from './node.ts';
import type { Transport } from './transport.ts';
import { loadNativeUws } from './uws-native.ts';
import { uwsTransport } from './uws.ts';

/**
 * `auto`: uWebSockets.js where a native build loads, `node:http` otherwise. `uws`: throws an Error that says why
 * where none loads. `load` looks for the build.
 */
export function chooseTransport(wanted: 'auto' | 'uws' | 'node', load = loadNativeUws): Transport {
  if (wanted === 'node') return nodeTransport;
  const native = load();
  if ('api' in native) return uwsTransport(native);
  if (wanted === 'auto') return nodeTransport;
  throw new Error(
    `No native build of uWebSockets.js loads here (${native.reasons.join('; ')}). Use the node transport.`,
  );
}
