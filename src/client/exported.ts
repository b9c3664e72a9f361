// Exported. What both builds of the client have beside `connect`.

export { FlorinClient } from './client.ts';
export type { CallOptions, ClientOptions } from './client-options.ts';
export { RefusedError, UnansweredError } from './faults.ts';
export type { FieldProblem, Outcome, Problem, RefusalCode, Unanswered } from './faults.ts';
export type * from './transfer-types.ts';
export type * from './order-types.ts';
export type * from './office-types.ts';
export type { Subscription, SubscribeOptions } from './subscription.ts';
