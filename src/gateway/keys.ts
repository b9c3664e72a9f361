// API keys. Who may call: each key speaks for one merchant, with some scopes.
//
// K1. The secret has 256 random bits and is kept only as its SHA-256, so it can be shown once and never again. A slow
//     password hash would add nothing: nobody can try 2^256 secrets.
// K2. The store is its own LMDB environment, `keys` in the data folder, which the server and the command line may use
//     at the same time: a read sees what any process had committed when this turn of the event loop began.
// K3. Reading never creates the store, so a folder without keys stays without.
// K4. A key is never deleted: after it is revoked its record still says what it was.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';

export const scopes = [
  'payments:write',
  'payments:read',
  'refunds:write',
  'accounts:write',
  'accounts:read',
  'ledger:read',
  'reconciliation:write',
  'webhooks:write',
  'ops',
] as const;

export type Scope = (typeof scopes)[number];

/** What a key may do unless its maker says otherwise: everything of its merchant, nothing of the machine. */
export const defaultScopes: readonly Scope[] = scopes.filter((scope) => scope !== 'ops');

export type KeyRecord = {
  readonly id: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly hash: string;
  readonly merchant: string;
  readonly scopes: readonly Scope[];
  readonly label: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** True for stress traffic; absent for business. */
  readonly shadow?: boolean;
  readonly revokedAt: string | null;
};

export type Identity = {
  readonly merchant: string;
  readonly scopes: readonly Scope[];
  readonly keyId: string;
  /** All that it asks is stress traffic. */
  readonly shadow: boolean;
};

export type KeyRequest = {
  readonly merchant: string;
  readonly scopes?: readonly Scope[];
  /** For people: at most 200 characters. */
  readonly label?: string;
  readonly shadow?: boolean;
};

/** `key` is the only copy of the secret there will ever be. */
export type CreatedKey = { readonly key: string; readonly record: KeyRecord };

export type KeyRefusal = 'merchant_invalid' | 'scopes_empty' | 'label_too_long';

export type KeyStore = {
  /** Durable when it returns. */
  readonly create: (request: KeyRequest) => CreatedKey | KeyRefusal;
  /** All keys, the oldest first. */
  readonly list: () => KeyRecord[];
  /** Durable when it returns. Revoking again changes nothing. */
  readonly revoke: (id: string) => 'revoked' | 'already_revoked' | 'unknown';
  /** Judges `fk_<id>_<secret>`, the part of the Authorization header after "Bearer ". */
  readonly authenticate: (bearer: string) => Identity | 'unknown' | 'revoked';
  /** Whether a key that authenticated earlier may still be used: for sockets that stay open. */
  readonly isActive: (keyId: string) => boolean;
  /** Whether at least one key is not revoked. */
  readonly anyKey: () => boolean;
  readonly close: () => Promise<void>;
};

/** Where time and randomness come from. */
export type KeySources = { readonly now: () => Date; readonly random: (bytes: number) => Buffer };

const idBytes = 8;
const secretBytes = 32;
const labelMax = 200;
const merchantShape = /^[A-Za-z0-9_.:-]{1,64}$/;
// Hexadecimal: a double click selects all of it, and it has one spelling only.
const idShape = /^[0-9a-f]{16}$/;
const keyShape = /^fk_([0-9a-f]{16})_([0-9a-f]{64})$/;

export function isScope(text: string): text is Scope {
  return scopes.some((scope) => scope === text);
}

/**
 * The keys of a data folder. Opens files only when there is something to read or write.
 * Its functions throw when the store cannot be read or written.
 */
export function openKeys(
  dataFolder: string,
  { now, random }: KeySources = { now: () => new Date(), random: randomBytes },
): KeyStore {
  const folder = join(dataFolder, 'keys');
  let database: RootDatabase<KeyRecord, string> | undefined;
  const writable = () => (database ??= openDatabase(folder));
  // The folder, not a file in it: one that is there and closed to this process has to fail, not to look empty.
  const readable = () => database ?? (existsSync(folder) ? writable() : undefined);
  const all = () => [...(readable()?.getRange() ?? [])].map((entry) => entry.value);
  return {
    create: (request) => {
      const refusal = refusalOf(request);
      if (refusal !== undefined) return refusal;
      const created = newKey(request, now(), random);
      writable().transactionSync(() => addRecord(writable(), created.record));
      return created;
    },
    list: () => all().sort((one, other) => one.createdAt.localeCompare(other.createdAt)),
    revoke: (id) => {
      const store = idShape.test(id) ? readable() : undefined;
      return store?.transactionSync(() => revokeRecord(store, id, now())) ?? 'unknown';
    },
    authenticate: (bearer) => judge(bearer, (id) => readable()?.get(id)),
    isActive: (keyId) => readable()?.get(keyId)?.revokedAt === null,
    anyKey: () => all().some((record) => record.revokedAt === null),
    close: async () => {
      await database?.close();
      database = undefined;
    },
  };
}

function openDatabase(folder: string): RootDatabase<KeyRecord, string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return open<KeyRecord, string>({
    path: folder,
    noSubdir: false,
    encoding: 'json',
    cache: false,
    compression: false,
    commitDelay: 0,
    // Without it a power loss can bring back an older state, and with it a revoked key.
    overlappingSync: false,
    // Some 100,000 keys. A size fixed from the start need not be grown while other processes have the file open.
    mapSize: 64 * 1_024 * 1_024,
  });
}

function refusalOf({ merchant, scopes, label }: KeyRequest): KeyRefusal | undefined {
  if (!merchantShape.test(merchant)) return 'merchant_invalid';
  if (scopes?.length === 0) return 'scopes_empty';
  if ((label ?? '').length > labelMax) return 'label_too_long';
  return undefined;
}

function newKey(request: KeyRequest, now: Date, random: KeySources['random']): CreatedKey {
  const id = random(idBytes).toString('hex');
  const secret = random(secretBytes).toString('hex');
  const record: KeyRecord = {
    id,
    hash: sha256(secret).toString('hex'),
    merchant: request.merchant,
    scopes: scopes.filter((scope) => (request.scopes ?? defaultScopes).includes(scope)),
    label: request.label ?? '',
    createdAt: now.toISOString(),
    ...(request.shadow ? { shadow: true } : {}),
    revokedAt: null,
  };
  return { key: `fk_${id}_${secret}`, record };
}

function addRecord(store: RootDatabase<KeyRecord, string>, record: KeyRecord): void {
  if (store.doesExist(record.id)) throw new Error(`Key id ${record.id} was drawn twice: the randomness is broken.`);
  store.putSync(record.id, record);
}

function revokeRecord(
  store: RootDatabase<KeyRecord, string>,
  id: string,
  now: Date,
): 'revoked' | 'already_revoked' | 'unknown' {
  const record = store.get(id);
  if (record === undefined) return 'unknown';
  if (record.revokedAt !== null) return 'already_revoked';
  store.putSync(id, { ...record, revokedAt: now.toISOString() });
  return 'revoked';
}

/** Ids are no secret, so only the comparison of the secret's hash must not tell by its time how far it agreed. */
function judge(bearer: string, find: (id: string) => KeyRecord | undefined): Identity | 'unknown' | 'revoked' {
  const [, id, secret] = keyShape.exec(bearer) ?? [];
  if (id === undefined || secret === undefined) return 'unknown';
  const record = find(id);
  if (record === undefined || !timingSafeEqual(sha256(secret), Buffer.from(record.hash, 'hex'))) return 'unknown';
  if (record.revokedAt !== null) return 'revoked';
  return { merchant: record.merchant, scopes: record.scopes, keyId: record.id, shadow: record.shadow === true };
}

function sha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
