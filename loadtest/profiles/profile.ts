// A profile: how much load there is over time, as multiples of a case's own rate, and when its answers are too late.

export type Stage = {
  /** Multiple of the case's rate that is reached at the end of the stage. */
  readonly level: number;
  readonly seconds: number;
};

export type Profile = {
  /** Multiple at the beginning. */
  readonly from: number;
  readonly stages: readonly Stage[];
  /** Requests due in the first seconds are sent and shown, but no verdict is made of their latency. */
  readonly warmUpSeconds: number;
  /** What the 99th percentile, from the intended time, must stay below (ms). */
  readonly p99Ms: number;
  /** The load rises until a threshold fails: where that happens is the result, and no failure. */
  readonly findsLimit: boolean;
};
