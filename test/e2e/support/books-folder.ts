// The books of a data folder as bytes, while no server runs on it: to compare them, and to damage them.

import { join } from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';
import { shardOf, SHARDS } from '../../../src/ledger/shards.ts';

const PARTS = ['blocks', 'accounts', 'turnovers', 'days', 'meta'] as const;

type Part = (typeof PARTS)[number];
type Records = Database<Buffer, Buffer>;

/** Of the merchant that dev mode is. */
export function shardNumber(account: string): number {
  return shardOf('dev', account, SHARDS);
}

/** Every record of every shard, key and value, as text. */
export async function recordsOf(data: string): Promise<string[]> {
  const found: string[] = [];
  for (let shard = 0; shard < SHARDS; shard++) {
    await within(data, shard, (parts) => {
      for (const part of PARTS) {
        for (const { key, value } of parts(part).getRange()) {
          found.push(`${shard} ${part} ${key.toString('hex')} ${value.toString('hex')}`);
        }
      }
      return Promise.resolve();
    });
  }
  return found;
}

/** Changes the first record of a part of a shard. */
export async function damage(
  data: string,
  shard: number,
  part: Part,
  change: (value: Buffer) => Buffer,
): Promise<void> {
  await within(data, shard, async (parts) => {
    for (const { key, value } of parts(part).getRange({ limit: 1 })) {
      await parts(part).put(Buffer.from(key), change(Buffer.from(value)));
      return;
    }
    throw new Error(`shard ${shard} has no ${part}`);
  });
}

async function within(
  data: string,
  shard: number,
  work: (parts: (part: Part) => Records) => Promise<void>,
): Promise<void> {
  const root: RootDatabase = open({
    path: join(data, 'books', String(shard)),
    noSubdir: false,
    maxDbs: 5,
    cache: false,
  });
  const parts = new Map<Part, Records>();
  const openPart = (part: Part): Records => {
    const known = parts.get(part);
    if (known) return known;
    const opened: Records = root.openDB({ name: part, encoding: 'binary', keyEncoding: 'binary' });
    parts.set(part, opened);
    return opened;
  };
  try {
    await work(openPart);
  } finally {
    await root.close();
  }
}
