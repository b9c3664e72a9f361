// Shards. Which part of the books an account belongs to. It follows from the account's name alone, so everybody finds it
// without asking, and it never changes: the number of shards is fixed when the books are made.

/** Shards of the books, a power of two: enough to spread over the cores of one machine, few enough to flush each often. */
export const SHARDS = 16;

/**
 * The shard of an account, 0 … shards − 1. FNV-1a over merchant and id, mixed by MurmurHash3's finalizer because the low
 * bits of FNV alone are not spread evenly enough. `shards`: a power of two.
 */
export function shardOf(merchant: string, account: string, shards: number): number {
  let hash = mix(0x811c9dc5, merchant);
  hash = Math.imul(hash ^ 0x20, 0x01000193);
  hash = mix(hash, account);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & (shards - 1);
}

function mix(seed: number, text: string): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
