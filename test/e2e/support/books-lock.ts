// A stop of the books from outside: whoever holds the write lock of a shard keeps its worker from flushing, as a disk does
// that takes no writes. The worker waits inside LMDB and books nothing more; the server has done nothing to itself.

import { join } from 'node:path';
import { ABORT, open } from 'lmdb';

/** The shard that a worker flushes first, so none of its others is flushed either. */
const FIRST_SHARD = '0';

/** Stops the books of a server with one books worker. Resolves when they are stopped; call the result to let them go on. */
export async function stopBooks(data: string): Promise<() => Promise<void>> {
  const root = open({ path: join(data, 'books', FIRST_SHARD), noSubdir: false, maxDbs: 5, cache: false });
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  const held: unknown = root.transactionSync(() => released.then(() => ABORT));
  return async () => {
    letGo();
    await held;
    await root.close();
  };
}
