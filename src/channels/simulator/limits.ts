// Limits of the simulator, each with its unit and reason.

export const LIMITS = {
  /** Bytes of a request's body. The longest proper one is below 5 KB, and a body is held in memory as a whole. */
  bodyBytesMax: 65_536,
  /** Requests being answered. Above it 503: scripted latency keeps many open, each with its socket and its body. */
  inFlightMax: 10_000,
  /** Orders in the books, about 700 bytes each in memory. Above it 503: a test tool that eats the machine helps nobody. */
  ordersMax: 1_000_000,
  /** Callbacks that wait for their time, a retry or a free place. Above it the newest are lost, as callbacks may be. */
  callbacksMax: 100_000,
  /** Callbacks being sent at once: their receiver is often this very machine. */
  callbacksInFlightMax: 64,
  /** Milliseconds that a receiver of a callback may take. Real time: it says something about the receiver. */
  callbackTimeoutMs: 10_000,
  /** Rules of faults: all are tried at every request. */
  rulesMax: 1_000,
  /** Faults of one rule, and what counts things in them (copies, held callbacks). */
  countMax: 100,
  /** Milliseconds of simulated delay: 30 days, what a bank may take to send money back. */
  delayMsMax: 30 * 86_400_000,
  /** Milliseconds that open requests get to finish at a stop. */
  stopMs: 3_000,
} as const;
