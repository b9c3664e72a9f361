// Stored body. A body that goes to the disk as it comes: memory holds one chunk of it, and a disk that is slower than the client
// makes the client wait.
//
// S1. Its time is counted here: all of it, and each time that the client is waited for. A slow disk is not the client's silence.

import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Upload, UploadTarget } from './transport.ts';

/**
 * The status to refuse it with when it is too long or does not come in time: nothing is left of it then.
 * @throws the error of the disk or of the connection
 */
export async function storeBody(message: IncomingMessage, target: UploadTarget): Promise<Upload | 408 | 413> {
  const { folder, bytesMax, secondsMax, idleSecondsMax } = target;
  const endMs = performance.now() + secondsMax * 1_000;
  const path = join(folder, randomUUID());
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  let isWhole = false;
  try {
    const chunks = message.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, undefined>;
    for (;;) {
      const next = await within(Math.min(idleSecondsMax * 1_000, endMs - performance.now()), chunks.next());
      if (next === null) return 408;
      if (next.done) break;
      bytes += next.value.length;
      if (bytes > bytesMax) return 413;
      hash.update(next.value);
      await file.writeFile(next.value);
    }
    // Part of what is answered for: a run of it is gone on with after a crash.
    await file.sync();
    isWhole = message.complete;
  } finally {
    await file.close();
    if (!isWhole) rmSync(path, { force: true });
  }
  if (!isWhole) throw new Error('the body broke off');
  return { path, bytes, sha256: hash.digest('hex') };
}

/** null when it takes longer. */
async function within<T>(ms: number, awaited: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), ms)));
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Nobody waits for it any more. */
export function discard({ path }: Upload): void {
  rmSync(path, { force: true });
}
