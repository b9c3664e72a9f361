// Dev mode. Without keys everybody on this machine may do everything, as one merchant.
//
// D1. The first key ends it, whichever process makes it: the store is looked at again while the server runs. D2. It
// never comes back: a key is never deleted (K4), so revoking the last one closes the server instead of opening it. D3. A
// store that cannot be read ends it, too: there may be a key in it.

import type { KeyStore } from './keys.ts';

/** How long no key seen last time still counts as none, ms: a look costs as much as a small request. */
const LOOK_MS = 500;

export class DevMode {
  readonly #keys: Pick<KeyStore, 'list'>;
  readonly #now: () => number;
  #on: boolean;
  #lookedMs: number;

  /** `now`: monotonic, ms. @throws Error when the store cannot be read. */
  constructor(keys: Pick<KeyStore, 'list'>, now: () => number) {
    this.#keys = keys;
    this.#now = now;
    this.#on = keys.list().length === 0;
    this.#lookedMs = now();
  }

  /** Whether it was on half a second ago, at least. */
  isOn(): boolean {
    return this.#on && this.#now() - this.#lookedMs >= LOOK_MS ? this.isStillOn() : this.#on;
  }

  /** Whether it is on now. */
  isStillOn(): boolean {
    if (!this.#on) return false;
    this.#lookedMs = this.#now();
    this.#on = this.#hasNoKeys();
    return this.#on;
  }

  #hasNoKeys(): boolean {
    try {
      return this.#keys.list().length === 0;
    } catch {
      return false;
    }
  }
}
