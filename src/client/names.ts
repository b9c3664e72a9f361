// Names. Idempotency keys and transfer ids that the client gives where the caller does not: 96 random bits for each client,
// and a number. A call keeps its name over everything that is sent again.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** Characters of 6 bits. */
const RANDOM_LENGTH = 16;

export class Names {
  readonly #prefix: string;
  #next = 0;

  constructor() {
    const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_LENGTH));
    this.#prefix = `${Array.from(bytes, (byte) => ALPHABET[byte & 63]).join('')}.`;
  }

  next(): string {
    return this.#prefix + (this.#next++).toString(36);
  }
}
