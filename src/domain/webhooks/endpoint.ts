// Webhook endpoint. Where a merchant wants to be told of its events, which of them, and the secrets that sign what is
// sent.
//
// E1. A secret that was replaced still signs for ROTATION_MS, beside the new one, so that the receiver can change over
// without losing an event. E2. Only an endpoint that is enabled is sent anything; what happens meanwhile waits for it.

/** How long the secret before the current one signs too, ms: a day to roll out the new one. */
export const ROTATION_MS = 24 * 60 * 60 * 1_000;

/** Endpoints of one merchant: each event of its is compared with all of them. */
export const ENDPOINTS_MAX = 20;

/** Filters of one endpoint: more are a prefix. */
export const FILTERS_MAX = 50;

/** Who disabled it: its owner, its receiver by 410, or failures for days. null while it is enabled. */
export type DisabledBecause = 'asked' | 'gone' | 'failing';

export type EndpointStatus =
  | { readonly status: 'enabled'; readonly disabledBecause: null }
  | { readonly status: 'disabled'; readonly disabledBecause: DisabledBecause };

export type EndpointSecrets = {
  readonly secret: string;
  /** The one before and when it ends to sign, ms since 1970; null where none was replaced. */
  readonly previous: { readonly secret: string; readonly untilMs: number } | null;
};

export type Endpoint = EndpointStatus &
  EndpointSecrets & {
    /** whe_… */
    readonly id: string;
    readonly merchant: string;
    readonly url: string;
    /** For people; '' for none. */
    readonly description: string;
    /** '*', a type such as 'transfer.posted', or a prefix such as 'transfer.*'. */
    readonly events: readonly string[];
    readonly createdAtMs: number;
    readonly updatedAtMs: number;
  };

/** What its owner can change. */
export type EndpointChange = {
  readonly url?: string;
  readonly description?: string;
  readonly events?: readonly string[];
  readonly status?: 'enabled' | 'disabled';
};

const FILTER = /^(\*|[a-z][a-z_]*(\.[a-z][a-z_]*)*(\.\*)?)$/;

/** Characters of a filter: the longest event type has less than half of them. */
const FILTER_LENGTH_MAX = 64;

/** True for '*', 'transfer.posted' and 'transfer.*'. */
export function isEventFilter(text: string): boolean {
  return text.length <= FILTER_LENGTH_MAX && FILTER.test(text);
}

/** Whether one of the filters lets an event of this type through. */
export function wantsEvent({ events }: Pick<Endpoint, 'events'>, type: string): boolean {
  for (const filter of events) {
    if (filter === '*' || filter === type) return true;
    if (filter.endsWith('.*') && type.startsWith(filter.slice(0, -1))) return true;
  }
  return false;
}

/** The endpoint as its owner wants it from now on. */
export function changedEndpoint(endpoint: Endpoint, { status, ...change }: EndpointChange, nowMs: number): Endpoint {
  const changed = { ...endpoint, ...change, updatedAtMs: nowMs };
  if (status === undefined || status === endpoint.status) return changed;
  if (status === 'enabled') return { ...changed, status, disabledBecause: null };
  return { ...changed, status, disabledBecause: 'asked' };
}

export function disabledEndpoint(endpoint: Endpoint, because: DisabledBecause, nowMs: number): Endpoint {
  return { ...endpoint, status: 'disabled', disabledBecause: because, updatedAtMs: nowMs };
}

/** Replaces the secret. Of two rotations within a day the older secret ends at once: it may be the one that leaked. */
export function rotatedEndpoint(endpoint: Endpoint, secret: string, nowMs: number): Endpoint {
  const previous = { secret: endpoint.secret, untilMs: nowMs + ROTATION_MS };
  return { ...endpoint, secret, previous, updatedAtMs: nowMs };
}

/** The secrets that sign at this time, the current one first. */
export function signingSecrets({ secret, previous }: EndpointSecrets, nowMs: number): readonly string[] {
  return previous && nowMs < previous.untilMs ? [secret, previous.secret] : [secret];
}
