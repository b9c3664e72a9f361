// Stored body. A body that goes to the disk as it comes: memory holds one chunk of it, and a disk that is slower than the client
// makes the client wait.

import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Upload, UploadTarget } from './transport.ts';

/** null for one that is too long: nothing is left of it then. @throws the error of the disk or of the connection */
export async function storeBody(message: IncomingMessage, { folder, bytesMax }: UploadTarget): Promise<Upload | null> {
  const path = join(folder, randomUUID());
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  let isWhole = false;
  try {
    for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) return null;
      hash.update(chunk);
      await file.writeFile(chunk);
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

/** Nobody waits for it any more. */
export function discard({ path }: Upload): void {
  rmSync(path, { force: true });
}
