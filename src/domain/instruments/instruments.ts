// Instruments. The means of payment that there are, by name.

import { balance } from './balance.ts';
import { channel } from './channel.ts';
import { coupon } from './coupon.ts';
import type { Instrument } from './instrument.ts';

export const INSTRUMENTS: readonly Instrument[] = [coupon, balance, channel];

export class Instruments {
  readonly #known: ReadonlyMap<string, Instrument>;

  constructor(instruments: readonly Instrument[] = INSTRUMENTS) {
    this.#known = new Map(instruments.map((instrument) => [instrument.name, instrument]));
  }

  get names(): readonly string[] {
    return [...this.#known.keys()];
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** @throws Error for a name that no plug-in has: rules that name one are not adopted */
  readonly of = (name: string): Instrument => {
    const instrument = this.#known.get(name);
    if (!instrument) throw new Error(`there is no instrument ${name}`);
    return instrument;
  };
}
