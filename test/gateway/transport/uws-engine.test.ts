// The socket on which uWebSockets.js gets its connections from.

import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LiveSocketOptions } from '../../../src/gateway/transport/live-socket.ts';
import { uwsEngine } from '../../../src/gateway/transport/uws-engine.ts';
import { loadNativeUws, type NativeUws } from '../../../src/gateway/transport/uws-native.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { handshake, limits, raw, text } from './transport-fixture.ts';

const native = loadNativeUws();

describe.runIf('api' in native)('uWebSockets.js', () => {
  const engine = uwsEngine(native as NativeUws);
  const unasked = (): never => {
    throw new Error('a stranger got as far as the gateway');
  };
  const options: LiveSocketOptions = {
    handlers: {
      request: unasked,
      upgrade: unasked,
      open: unasked,
      message: unasked,
      close: unasked,
      fault: unasked,
      refuse: (status) => text(status, ''),
    },
    limits,
    sockets: new Set(),
  };

  it('cuts whoever comes without a pass, and takes its socket away when it stops', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'web-sockets.sock');
    writeFileSync(path, 'left by a killed process');
    const running = await engine.start(options, folder);
    for (const headers of [[], [...handshake, 'Sec-WebSocket-Version: 13']]) {
      const stranger = connect(path);
      stranger.write(raw('GET', `/${'0'.repeat(32)}`, headers));
      let heard = '';
      for await (const chunk of stranger) heard += String(chunk);
      expect(heard).toBe('');
    }
    expect(options.sockets.size).toBe(0);
    running.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('says that a path is too long for a socket, before the library ends the process', async () => {
    const folder = join(temporaryFolder(), 'x'.repeat(100));
    await expect(engine.start(options, folder)).rejects.toThrow(/too long.*shorter data folder/);
  });
});
