// History. The snapshots of the last minutes, of one life of the server.

import { Span } from './figures.js';

/** @typedef {import('../snapshot.ts').Snapshot} Snapshot */

/** Five minutes of one a second. */
const SNAPSHOTS_MAX = 300;

/** Headlines are about so many seconds: long enough to be read, short enough to be now. */
export const HEADLINE_SECONDS = 10;

/** Immutable, so that whoever draws sees by identity that there is something new. */
export class History {
  /** @param {readonly Snapshot[]} snapshots oldest first */
  constructor(snapshots) {
    this.snapshots = snapshots;
  }

  /**
   * With one more; after a restart counters begin anew, and so does the history.
   * @param {Snapshot} snapshot
   */
  with(snapshot) {
    const isSameLife = this.latest === null || this.latest.life === snapshot.life;
    const before = isSameLife ? this.snapshots.filter(({ at }) => at < snapshot.at) : [];
    return new History([...before.slice(1 - SNAPSHOTS_MAX), snapshot]);
  }

  /** @returns {Snapshot | null} */
  get latest() {
    return this.snapshots.at(-1) ?? null;
  }

  /**
   * The last seconds, as far as they are known; null before there are two snapshots.
   * @returns {Span | null}
   */
  get headline() {
    const { latest } = this;
    const earlier = latest && this.snapshots.find(({ at }) => at >= latest.at - HEADLINE_SECONDS * 1_000 - 500);
    return latest && earlier && earlier !== latest ? new Span(earlier, latest) : null;
  }

  /** From each snapshot to the next. */
  get spans() {
    return this.snapshots.slice(1).map((later, at) => new Span(/** @type {Snapshot} */ (this.snapshots[at]), later));
  }
}
