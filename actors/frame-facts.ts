// The facts of one frame, and who is named in them. The gathering frame, the frame in flight and frames read back from
// the journal all look like this. Facts are kept as the bytes that the journal gets and are made again when somebody
// asks for them, which is rare: a fact that nobody looks at costs no memory.

import { FACT_KIND, isTransfer, type Fact } from '../src/domain/facts.ts';
import type { OrderStepped } from '../src/domain/order-facts.ts';

/** Facts in some other form. */
export type FactSource = {
  readonly count: number;
  /** Those from place `from` on. */
  readonly facts: (from: number) => Fact[];
};

export class FrameFacts {
  readonly seq: number;
  /** When the batch began, ms since 1970; every fact of it has this time. */
  readonly timeMs: number;
  #source: FactSource;
  /** Those that were asked for, from the first on. */
  readonly #facts: Fact[] = [];
  readonly #names = new Map<string, number>();
  #named = 0;

  constructor(seq: number, timeMs: number, source: FactSource) {
    this.seq = seq;
    this.timeMs = timeMs;
    this.#source = source;
  }

  get count(): number {
    return this.#source.count;
  }

  get facts(): readonly Fact[] {
    if (this.#facts.length < this.count) this.#facts.push(...this.#source.facts(this.#facts.length));
    return this.#facts;
  }

  /** The fact that was just added: somebody will look at it, so it need not be made again. */
  keep(fact: Fact): void {
    if (this.#facts.length === this.count - 1) this.#facts.push(fact);
  }

  /** Nothing is added any more; from now on the facts come from `source`. */
  seal(source: FactSource): void {
    this.#source = source;
  }

  /** Place of the latest fact about a transfer or operation of this name; −1 when the frame has none. */
  indexOfTransfer(merchant: string, name: string): number {
    this.#nameAll();
    return this.#names.get(`t ${merchant} ${name}`) ?? -1;
  }

  /** Place of the fact caused under this idempotency key; −1 when the frame has none. */
  indexOfKey(merchant: string, key: string): number {
    this.#nameAll();
    return this.#names.get(`k ${merchant} ${key}`) ?? -1;
  }

  /** Place of the latest step of the order of this id; −1 when the frame has none. */
  indexOfOrder(merchant: string, id: string): number {
    this.#nameAll();
    return this.#names.get(`o ${merchant} ${id}`) ?? -1;
  }

  /** Place of the first step of the trade with this order number of the merchant's; −1 when the frame does not have it. */
  indexOfTradeNo(merchant: string, outTradeNo: string): number {
    this.#nameAll();
    return this.#names.get(`n ${merchant} ${outTradeNo}`) ?? -1;
  }

  /** Place of the first step of this channel order, whoever's it is; −1 when the frame does not have it. */
  indexOfChannelOrder(number: string): number {
    this.#nameAll();
    return this.#names.get(`c ${number}`) ?? -1;
  }

  /** Forgets the facts from `length` on, before their source does: an atomic batch was refused. */
  cutTo(length: number): void {
    this.#facts.length = Math.min(this.#facts.length, length);
    // Most often nobody has asked for a name meanwhile, and all names of earlier facts stay as they are.
    if (this.#named <= length) return;
    this.#names.clear();
    this.#named = 0;
  }

  /** Names are only needed once somebody asks, which is rare; then every fact is named once. */
  #nameAll(): void {
    for (const { facts } = this; this.#named < facts.length; this.#named++) {
      const fact = facts[this.#named] as Fact;
      const { merchant } = fact.context;
      if (isTransfer(fact)) {
        this.#names.set(`t ${merchant} ${fact.transfer}`, this.#named);
        if (fact.id !== '') this.#names.set(`t ${merchant} ${fact.id}`, this.#named);
      }
      if (fact.kind === FACT_KIND.orderStepped) this.#nameOrder(fact);
      if (fact.key !== '') this.#names.set(`k ${merchant} ${fact.key}`, this.#named);
    }
  }

  #nameOrder({ context: { merchant }, order }: OrderStepped): void {
    this.#names.set(`o ${merchant} ${order.id}`, this.#named);
    if (order.version !== 1) return;
    if (order.kind === 'trade') this.#names.set(`n ${merchant} ${order.outTradeNo}`, this.#named);
    if (order.kind === 'channel_order') this.#names.set(`c ${order.id}`, this.#named);
  }
}

/** A frame of facts that are there already. */
export function frameOf(seq: number, timeMs: number, facts: readonly Fact[]): FrameFacts {
  return new FrameFacts(seq, timeMs, { count: facts.length, facts: (from) => facts.slice(from) });
}
