// Spill file. Bytes that do not fit into memory, in the order in which they were written; gone when it is closed.

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

/** A place in the file. */
export type Extent = { readonly at: number; readonly length: number };

export class SpillFile {
  private readonly path: string;
  private fd: number | null = null;
  private end = 0;

  /** The file is made when something is written. */
  constructor(path: string) {
    this.path = path;
  }

  /** @throws Error of the disk */
  write(bytes: Uint8Array): Extent {
    this.fd ??= openSync(this.path, 'wx+', 0o600);
    const extent = { at: this.end, length: bytes.length };
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.fd, bytes, done, bytes.length - done, this.end + done);
    }
    this.end += bytes.length;
    return extent;
  }

  /** Into bytes of that length. @throws Error of the disk, or when the file is shorter than it was */
  read({ at, length }: Extent, bytes: Uint8Array): void {
    for (let done = 0; done < length;) {
      const count = this.fd === null ? 0 : readSync(this.fd, bytes, done, length - done, at + done);
      if (count === 0) throw new Error(`${this.path}: ends at ${at + done}`);
      done += count;
    }
  }

  close(): void {
    if (this.fd === null) return;
    closeSync(this.fd);
    rmSync(this.path);
    this.fd = null;
  }
}
