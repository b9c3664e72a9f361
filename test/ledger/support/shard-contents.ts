// What is in the books, to the byte: every key and value of every database of every shard.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { open } from 'lmdb';

/** The databases of a shard. */
const NAMES = ['blocks', 'accounts', 'turnovers', 'days', 'meta'];

/** By shard, database and key (hex): the value (hex; long ones by their SHA-256). */
export async function contentsOf(folder: string, shards: number): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (let shard = 0; shard < shards; shard++) {
    const root = open({
      path: join(folder, String(shard)),
      noSubdir: false,
      maxDbs: 5,
      cache: false,
      compression: false,
    });
    root.resetReadTxn();
    for (const name of NAMES) {
      const database = root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
      for (const { key, value } of database.getRange()) {
        contents.set(`${shard} ${name} ${key.toString('hex')}`, shown(value));
      }
    }
    await root.close();
  }
  return contents;
}

function shown(value: Buffer): string {
  return value.length <= 64 ? value.toString('hex') : createHash('sha256').update(value).digest('hex');
}
