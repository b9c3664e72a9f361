// Callers. Who asks: the merchant and what the key may do, from the API key and from nothing else.
//
// W1. In dev mode everybody is the merchant "dev" with every scope, until the first key is made; with `Bearer dev:alice` they
// say who they are, so that two people can be tried, and that is believed: only this machine can connect. W2. A ticket opens one
// WebSocket, once, within 30 seconds: browsers cannot send headers with an upgrade.

import { randomBytes } from 'node:crypto';
import type { DevMode } from './dev-mode.ts';
import { scopes as allScopes, type KeyStore, type Scope } from './keys.ts';

export type Caller = {
  readonly merchant: string;
  readonly scopes: ReadonlySet<Scope>;
  /** null in dev mode. */
  readonly keyId: string | null;
  /** What it asks is stress traffic, and never touches business. */
  readonly shadow: boolean;
  /** Who it says to be in dev mode, `dev:alice`; absent: nobody, and with a key. */
  readonly person?: string;
};

export type Callers = {
  readonly devMode: () => boolean;
  /** null: missing, malformed, unknown or revoked. `authorization`: the header's value. */
  readonly fromHeader: (authorization: string | undefined) => Caller | null;
  readonly issueTicket: (caller: Caller) => string;
  readonly fromTicket: (ticket: string) => Caller | null;
  /** False once the caller's key was revoked, or the dev mode that let it in has ended. */
  readonly isActive: (caller: Caller) => boolean;
};

/** Seconds that a ticket can be used. */
export const TICKET_SECONDS = 30;

/** Tickets that wait at the same time; above it the oldest is forgotten. */
const TICKETS_MAX = 10_000;

/** The scheme in any case (RFC 9110 §11.1). */
const BEARER = /^Bearer +(\S+)$/i;

/** Who everybody on this machine is while there are no keys. */
export const DEV_MERCHANT = 'dev';

/** Who a developer wants to be; no API key looks like it. */
const DEV_BEARER = /^Bearer +(dev:\S*)$/i;

/** What follows `dev:`. */
const DEV_PERSON = /^dev:[A-Za-z0-9_.-]{1,32}$/;

const DEV: Caller = { merchant: DEV_MERCHANT, scopes: new Set(allScopes), keyId: null, shadow: false };

/** `now`: monotonic, ms. */
export function makeCallers(keys: KeyStore, devMode: DevMode, now: () => number): Callers {
  const tickets = new Map<string, { caller: Caller; untilMs: number }>();
  const isActive = ({ keyId }: Caller): boolean => (keyId === null ? devMode.isOn() : keys.isActive(keyId));
  return {
    devMode: () => devMode.isOn(),
    fromHeader: (authorization) => {
      // Who shows a key may have made the first one just now: it must not be taken for "dev" any more.
      if (authorization === undefined ? devMode.isOn() : devMode.isStillOn()) return devCaller(authorization);
      const [, bearer] = BEARER.exec(authorization ?? '') ?? [];
      const identity = bearer === undefined ? 'unknown' : keys.authenticate(bearer);
      if (typeof identity === 'string') return null;
      return { ...identity, scopes: new Set(identity.scopes) };
    },
    issueTicket: (caller) => {
      const ticket = randomBytes(24).toString('base64url');
      tickets.set(ticket, { caller, untilMs: now() + TICKET_SECONDS * 1000 });
      if (tickets.size > TICKETS_MAX) forgetOldest(tickets);
      return ticket;
    },
    fromTicket: (ticket) => {
      const issued = tickets.get(ticket);
      tickets.delete(ticket);
      return issued && issued.untilMs >= now() && isActive(issued.caller) ? issued.caller : null;
    },
    isActive,
  };
}

/** null for a name that is none: a slip must not make somebody nobody. */
function devCaller(authorization: string | undefined): Caller | null {
  const [, person] = DEV_BEARER.exec(authorization ?? '') ?? [];
  if (person === undefined) return DEV;
  return DEV_PERSON.test(person) ? { ...DEV, person } : null;
}

function forgetOldest(tickets: Map<string, unknown>): void {
  for (const oldest of tickets.keys()) {
    tickets.delete(oldest);
    return;
  }
}
