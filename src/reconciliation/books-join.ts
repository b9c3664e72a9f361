// Books join. Finds the lines of vouchers in the books as they lie on the disk, and compares what is there: each line by its
// account and version, and what the account has after its last entry.
//
// J1. The stores of the books are only read. J2. A line is looked for only when its shard says that it has booked its frame.

import { join } from 'node:path';
import { ShardStore, type ShardAccount } from '../ledger/shard-store.ts';
import { agrees, type Head } from './watch/account-heads.ts';
import { blockSubject, businessOf, businessSubject, factSubject, type Breach } from './watch/breach.ts';
import { EFFECT, isOfSort, sortOfKind } from './watch/movements.ts';
import type { WaitingLine } from './watch/waiting-lines.ts';
import { readStored, type StoredBlock, type StoredEntry } from './stored-block.ts';

type HeadOf = (merchant: string, account: string) => Head | undefined;

export class BooksJoin {
  readonly #folder: string;
  readonly #stores: (ShardStore | null)[];

  /** `folder`: of the shards; `shards`: how many there are. */
  constructor(folder: string, shards: number) {
    this.#folder = folder;
    this.#stores = Array.from({ length: shards }, () => null);
  }

  /** The last frame that the shard has booked; 0 for none. */
  booked(shard: number): number {
    const store = this.#store(shard);
    store.refresh();
    return store.checkpoint()?.seq ?? 0;
  }

  /** Compares lines of one shard, all of them booked. */
  compare(shard: number, lines: readonly WaitingLine[], headOf: HeadOf, report: (breach: Breach) => void): void {
    const store = this.#store(shard);
    const byAccount = new Map<string, WaitingLine[]>();
    for (const line of lines) {
      const key = `${line.merchant} ${line.account}`;
      const own = byAccount.get(key);
      if (own) own.push(line);
      else byAccount.set(key, [line]);
    }
    for (const own of byAccount.values()) this.#compareAccount(store, own, headOf, report);
  }

  /** What the account had at this version by the books; null where they do not say. */
  standing(shard: number, merchant: string, account: string, version: number): number | null {
    const store = this.#store(shard);
    const known = store.account(merchant, account);
    const block = known ? blockAt(store, known.no, version) : null;
    return block?.entries[version - block.first]?.available ?? null;
  }

  /** Lets the stores go: the books open them anew. */
  async close(): Promise<void> {
    const open = this.#stores.splice(0, this.#stores.length, ...this.#stores.map(() => null));
    for (const store of open) await store?.close();
  }

  #store(shard: number): ShardStore {
    return (this.#stores[shard] ??= new ShardStore(join(this.#folder, String(shard))));
  }

  #compareAccount(
    store: ShardStore,
    lines: readonly WaitingLine[],
    headOf: HeadOf,
    report: (breach: Breach) => void,
  ): void {
    const [{ merchant, account }] = lines as [WaitingLine];
    const known = store.account(merchant, account);
    let block: StoredBlock | null = null;
    for (const line of lines.toSorted((a, b) => a.version - b.version)) {
      if (known && (!block || line.version < block.first || line.version > block.last))
        block = blockAt(store, known.no, line.version);
      const why = known ? faultOf(line, known, block?.entries[line.version - block.first]) : 'there is no such account';
      if (why !== null) report(entryBreach(line, block?.first ?? 0, why));
    }
    const last = known && blockAt(store, known.no, Number.MAX_SAFE_INTEGER);
    const why = last && balanceFault(last, headOf(merchant, account));
    if (why) report(balanceBreach(lines.at(-1) as WaitingLine, last.first, why));
  }
}

function blockAt(store: ShardStore, no: number, version: number): StoredBlock | null {
  const [bytes] = store.blocksBackwards(no, version);
  return bytes ? readStored(bytes) : null;
}

function faultOf(line: WaitingLine, account: ShardAccount, entry: StoredEntry | undefined): string | null {
  const { seq, index, amount, order, available, currency, sorts, action } = line;
  if (!entry) return 'is not there';
  if (entry.seq !== seq || entry.index !== index) return `is fact ${entry.index} of frame ${entry.seq}`;
  if (entry.amount !== amount) return `is of ${entry.amount}`;
  if (entry.order !== order) return `is of ${entry.order}`;
  if (entry.way !== EFFECT[action].available) return `changes what is available ${entry.way} times`;
  if (entry.available !== available) return `leaves ${entry.available}`;
  if (account.currency !== currency) return `is in ${account.currency}`;
  return isOfSort(sorts, sortOfKind(account.kind)) ? null : `is of an account of kind ${account.kind}`;
}

/** The block must add up, and the account have what its last line says, where that is the last entry. */
function balanceFault({ entries, closing, last, first }: StoredBlock, head: Head | undefined): string | null {
  const end = entries.at(-1);
  if (entries.length !== last - first + 1 || end?.available !== closing)
    return `has ${closing} at version ${last}, its entries lead to ${end?.available}`;
  const isRight = head ? agrees(head, [last, closing]) : null;
  return isRight === false ? `has ${closing} at version ${last}, its last line says ${head?.available}` : null;
}

function entryBreach(line: WaitingLine, first: number, why: string): Breach {
  const { merchant, business, order, account, amount, currency, seq, index, version, action, available } = line;
  const said = `${action} ${amount}, leaving ${available}`;
  return {
    content: `books_entry ${merchant} ${account} ${version} ${seq} ${index}`,
    invariant: 'books_entry',
    subjects: [blockSubject(merchant, account, first), factSubject(seq, index)],
    follows: [businessSubject(merchant, businessOf(business, order))],
    merchant,
    business,
    order,
    account,
    amount,
    currency,
    detail: `${order}, fact ${index} of frame ${seq}, ${said}: version ${version} of ${account} in the books ${why}.`,
  };
}

function balanceBreach(line: WaitingLine, first: number, why: string): Breach {
  const { merchant, business, order, account, currency } = line;
  return {
    content: `books_balance ${merchant} ${account} ${why}`,
    invariant: 'books_balance',
    subjects: [blockSubject(merchant, account, first)],
    merchant,
    business,
    order,
    account,
    amount: 0,
    currency,
    detail: `${account} in the books ${why}.`,
  };
}
