// Strangers. Who can connect to a listener, and when a server must not be started because of it.

import type { KeyStore } from './gateway/keys.ts';

/** The configuration cannot be started as it is; the message says what to do. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}

/** Without a key everybody could move money, so only this machine may connect. @throws StartRefused */
export function refuseStrangers(
  { host, data }: { readonly host: string; readonly data: string },
  keys: Pick<KeyStore, 'anyKey'>,
): void {
  if (keys.anyKey() || isLoopback(host)) return;
  throw new StartRefused(
    `listening on ${host} needs an API key; make one with: florin keys create --merchant NAME --data ${data}`,
  );
}

/** Only this machine can connect to a listener on it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
