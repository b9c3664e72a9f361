// Native uWebSockets.js. Owns finding and loading a build, and the types of the small part of its API in use here.
//
// A build is loaded by its binary, never through the package's main: the main of 20.30 falls back to a JavaScript
// imitation on a platform it does not know. What loads here is therefore native, or nothing loads.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type NativeResponse = {
  close: () => NativeResponse;
  upgrade: (userData: object, key: string, protocol: string, extensions: string, context: object) => void;
};

export type NativeRequest = {
  getUrl: () => string;
  /** '' when absent. */
  getHeader: (name: string) => string;
};

export type NativeWebSocket<UserData> = {
  send: (message: string | Uint8Array, binary: boolean, compress: boolean) => number;
  getBufferedAmount: () => number;
  end: (code: number, reason: string) => void;
  close: () => void;
  ping: () => number;
  cork: (writes: () => void) => unknown;
  getUserData: () => UserData;
};

export type NativeBehaviour<UserData> = {
  compression: number;
  maxPayloadLength: number;
  maxBackpressure: number;
  closeOnBackpressureLimit: boolean;
  idleTimeout: number;
  sendPingsAutomatically: boolean;
  upgrade: (response: NativeResponse, request: NativeRequest, context: object) => void;
  open: (socket: NativeWebSocket<UserData>) => void;
  message: (socket: NativeWebSocket<UserData>, message: ArrayBuffer, binary: boolean) => void;
  ping: (socket: NativeWebSocket<UserData>) => void;
  pong: (socket: NativeWebSocket<UserData>) => void;
  drain: (socket: NativeWebSocket<UserData>) => void;
  close: (socket: NativeWebSocket<UserData>, code: number, reason: ArrayBuffer) => void;
};

export type NativeApp = {
  any: (pattern: string, handler: (response: NativeResponse) => void) => NativeApp;
  ws: <UserData>(pattern: string, behaviour: NativeBehaviour<UserData>) => NativeApp;
  /** Ends the process when the path is too long. */
  listen_unix: (done: (token: object | false) => void, path: string) => NativeApp;
  /** Cuts every connection. */
  close: () => NativeApp;
};

export type NativeApi = {
  App: () => NativeApp;
  us_listen_socket_close: (token: object) => void;
  DISABLED: number;
};

export type NativeUws = { readonly api: NativeApi; readonly version: string };

/** Where a package keeps its binaries and its manifest, seen from the folder of its main file. */
type Build = { readonly name: string; readonly binaries: string; readonly manifest: string };

/** The current build first: it has years of fixes more, but needs a newer C library (glibc 2.38). */
const builds: readonly Build[] = [
  { name: 'uWebSockets.js-current', binaries: '.', manifest: 'package.json' },
  { name: 'uWebSockets.js', binaries: '../binaries', manifest: '../package.json' },
];

const require = createRequire(import.meta.url);

/** The first native build that loads on this machine, or why none does. */
export function loadNativeUws(): NativeUws | { readonly reasons: readonly string[] } {
  if (process.platform === 'win32') return { reasons: ['the library has no Unix sockets on Windows'] };
  const reasons: string[] = [];
  for (const build of builds) {
    try {
      return load(build);
    } catch (error) {
      reasons.push(`${build.name}: ${firstLine(error)}`);
    }
  }
  return { reasons };
}

function load(build: Build): NativeUws {
  const { platform, arch, versions } = process;
  const folder = dirname(require.resolve(build.name));
  const binary = `uws_${platform}_${arch}_${versions.modules}.node`;
  const api: unknown = require(join(folder, build.binaries, binary));
  if (!isNativeApi(api)) throw new Error(`${binary} lacks a function that is needed`);
  const manifest: unknown = JSON.parse(readFileSync(join(folder, build.manifest), 'utf8'));
  return { api, version: `${shortVersion(manifest)} (node ${versions.modules}, ${platform} ${arch})` };
}

function isNativeApi(api: unknown): api is NativeApi {
  if (typeof api !== 'object' || api === null) return false;
  const { App, us_listen_socket_close } = api as Partial<NativeApi>;
  return isNative(App) && isNative(us_listen_socket_close);
}

function isNative(value: unknown): boolean {
  return typeof value === 'function' && Function.prototype.toString.call(value).includes('[native code]');
}

function shortVersion(manifest: unknown): string {
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version).split('.').slice(0, 2).join('.') : 'unknown';
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}
