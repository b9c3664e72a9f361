// Journal in LMDB. One record a frame, one frame in flight, so one fsync serves the whole batch.
//
// overlappingSync off and safeRestore on are the settings under which no emulated power loss lost a frame; the
// defaults did. A frame is put only where none is yet: an owner that was replaced while it slept fails its next append.

import { open, type Database, type RootDatabase } from 'lmdb';
import { JournalFault, type Journal } from './journal.ts';
import { hushCommit, quietly } from './lmdb-promise.ts';

/** Address space for the map, bytes; LMDB grows the file only as it fills. */
const MAP_BYTES = 1 << 30;

/** `safeRestore` is missing from lmdb's own types. */
const DURABLE = { overlappingSync: false, safeRestore: true, commitDelay: 0, cache: false, compression: false };

/** @throws the operating system's error when the folder cannot be opened or written. */
export function openLmdbJournal(folder: string): Journal {
  const root = open({ path: folder, noSubdir: false, mapSize: MAP_BYTES, maxDbs: 1, ...DURABLE });
  const frames: Frames = root.openDB({ name: 'frames', encoding: 'binary', keyEncoding: 'uint32' });
  return new LmdbJournal(root, frames);
}

type Frames = Database<Buffer, number>;

class LmdbJournal implements Journal {
  readonly #root: RootDatabase;
  readonly #frames: Frames;
  #last: number;
  #fault: JournalFault | null = null;

  constructor(root: RootDatabase, frames: Frames) {
    this.#root = root;
    this.#frames = frames;
    this.#last = lastKey(frames);
  }

  position = (): number => this.#last;

  append = async (frame: Uint8Array): Promise<void> => {
    if (this.#fault) throw this.#fault;
    const seq = this.#last + 1;
    try {
      const put = await this.#frames.ifNoExists(seq, () => {
        quietly(this.#frames.put(seq, frame as Buffer));
      });
      if (!put) throw new Error(`frame ${seq} is there already: another process owns this journal`);
    } catch (error) {
      hushCommit(error);
      this.#fault = new JournalFault(`journal cannot be written: ${messageOf(error)}`, { cause: error });
      throw this.#fault;
    }
    this.#last = seq;
  };

  read = (seq: number): Uint8Array | null => this.#frames.get(seq) ?? null;

  cutLast = async (): Promise<void> => {
    await this.#frames.remove(this.#last);
    this.#last = lastKey(this.#frames);
  };

  close = (): Promise<void> => {
    this.#fault ??= new JournalFault('journal is closed');
    return this.#root.close();
  };
}

function lastKey(frames: Frames): number {
  for (const key of frames.getKeys({ reverse: true, limit: 1 })) return key;
  return 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
