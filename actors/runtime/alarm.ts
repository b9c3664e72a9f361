// Alarm. One timeout of the process for the next thing that is due: whoever it wakes looks for itself what that is.

/** Longest sleep, ms: what setTimeout can count. Who is woken too early sets it again. */
const SLEEP_MS_MAX = 2_147_483_647;

export class Alarm {
  readonly #ring: () => void;
  #timeout: NodeJS.Timeout | null = null;
  /** What it is set for, ms since 1970; null when it has rung. */
  #dueMs: number | null = null;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings at `dueMs`, and not at the time that it was set for before. */
  set(dueMs: number, nowMs: number): void {
    if (dueMs === this.#dueMs) return;
    this.stop();
    this.#dueMs = dueMs;
    this.#timeout = setTimeout(this.#over, Math.min(Math.max(dueMs - nowMs, 1), SLEEP_MS_MAX));
    this.#timeout.unref();
  }

  stop(): void {
    if (this.#timeout) clearTimeout(this.#timeout);
  }

  readonly #over = (): void => {
    this.#dueMs = null;
    this.#ring();
  };
}
