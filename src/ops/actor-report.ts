// Actor report. What `/admin/actors` answers: the tree of supervision, the hottest actors, and one actor.
//
// Paths are those of the nact tree, `partition-0/accounts/MERCHANT/ID` or `partition-0/orders/MERCHANT/ID`; in a URL each part is
// percent-encoded.

/** `mailbox`: messages that wait now; `rate`: messages a second; `time`: share of the thread's time, 0 to 1. */
export const HEAT = ['mailbox', 'rate', 'time'] as const;
export type Heat = (typeof HEAT)[number];

/** Actors that one answer has at most. */
export const TOP_MAX = 100;
export const TOP_DEFAULT = 20;

export type HotActor = {
  readonly path: string;
  readonly kind: string;
  /** In the unit of `by`. */
  readonly value: number;
  /** Of all that was counted, 0 to 1. */
  readonly share: number;
};

/** `GET /admin/actors/top?by=rate&n=20`. */
export type TopReport = {
  readonly by: Heat;
  /** Time that the figures are about, seconds; 0 for what is so now. */
  readonly window_seconds: number;
  /** One message in so many is looked at; 1 where every one is. */
  readonly sampled: number;
  /** Hottest first. */
  readonly data: readonly HotActor[];
};

/** A message type and how many of it were handled since the start. */
export type MessageCount = { readonly type: string; readonly count: number };

export type TreeNode = {
  readonly path: string;
  /** `system`, `partition`, `branch` or a kind of actor. */
  readonly level: 'system' | 'partition' | 'branch' | 'kind';
  readonly name: string;
  /** What follows when one of its children fails. */
  readonly supervision: 'stop' | 'escalate' | null;
  /** Actors in memory at and below it; null where they are not counted (they live for one request). */
  readonly actors: number | null;
  /** Messages handled since the start. */
  readonly messages: number;
  readonly children: readonly TreeNode[];
};

/** `GET /admin/actors`. */
export type TreeReport = {
  readonly restarts: number;
  readonly dead_letters: number;
  readonly data: readonly TreeNode[];
};

export type ActorFact = {
  /** Frame of the journal. */
  readonly frame: number;
  readonly at: string;
  readonly kind: string;
  /** What it says, as text of a line. */
  readonly text: string;
};

/** `GET /admin/actors/PATH`: an account or an order. */
export type ActorReport = {
  readonly path: string;
  readonly kind: string;
  readonly merchant: string;
  readonly id: string;
  /** Parents first, without the actor itself. */
  readonly parents: readonly string[];
  /** Orders only: paths of the orders that belong to the same trade. */
  readonly tree: readonly string[];
  /** Was in memory before it was asked for. */
  readonly resident: boolean;
  readonly version: number;
  /** Messages that wait for it. */
  readonly mailbox: number;
  /** Messages a second in the window of the top list; null when it is not among those watched. */
  readonly rate: number | null;
  /** As the API shows its resource. */
  readonly state: unknown;
  /** Newest first, ten at most. */
  readonly facts: readonly ActorFact[];
};
