// Routes of the simulator: what a method and a path ask for.

import type { ProviderVerb } from '../simulator-protocol.ts';

/** What clients ask for, signed; a check with a bearer secret. */
export type ClientRoute =
  | { readonly to: 'open'; readonly verb: ProviderVerb }
  | { readonly to: 'prepay' }
  | { readonly to: 'query' | 'close'; readonly verb: ProviderVerb; readonly number: string }
  | { readonly to: 'capture'; readonly number: string }
  | { readonly to: 'bill'; readonly date: string }
  | { readonly to: 'check'; readonly name: string };

/** What tests and people ask for, unsigned and on loopback only. */
export type ControlRoute =
  | { readonly to: 'home' | 'books' | 'show_faults' | 'set_faults' }
  | { readonly to: 'pay'; readonly token: string }
  | { readonly to: 'settle' | 'act' | 'show_action' | 'return'; readonly number: string };

export type Route = ClientRoute | ControlRoute;

const VERBS: Readonly<Record<string, ProviderVerb>> = { payments: 'pay', refunds: 'refund', payouts: 'payout' };

const NUMBERED = { settle: 'settle', act: 'act', return: 'return' } as const;

/** The route, or what is wrong: nothing has this path, or nothing takes this method there. */
export function findRoute(method: string, path: string): Route | 'not_found' | 'method_not_allowed' {
  const asked = routesAt(path.split('/').slice(1).map(decoded));
  if (Object.keys(asked).length === 0) return 'not_found';
  return asked[method === 'HEAD' ? 'GET' : method] ?? 'method_not_allowed';
}

/** True for what is on the control surface. */
export function isControl(route: Route): route is ControlRoute {
  switch (route.to) {
    case 'open':
    case 'prepay':
    case 'query':
    case 'close':
    case 'capture':
    case 'bill':
    case 'check':
      return false;
    case 'home':
    case 'books':
    case 'show_faults':
    case 'set_faults':
    case 'pay':
    case 'settle':
    case 'act':
    case 'show_action':
    case 'return':
      return true;
  }
}

function routesAt([first = '', second, third, ...more]: readonly string[]): Readonly<Record<string, Route>> {
  if (more.length > 0) return {};
  const verb = Object.hasOwn(VERBS, first) ? VERBS[first] : undefined;
  if (verb) return orderRoutes(verb, second, third);
  if (third !== undefined) return {};
  if (second !== undefined) return secondRoutes(first, second);
  switch (first) {
    case '':
      return { GET: { to: 'home' } };
    case 'prepay':
      return { POST: { to: 'prepay' } };
    case 'books':
      return { GET: { to: 'books' } };
    case 'faults':
      return { GET: { to: 'show_faults' }, POST: { to: 'set_faults' } };
  }
  return {};
}

function orderRoutes(verb: ProviderVerb, number?: string, action?: string): Readonly<Record<string, Route>> {
  if (number === undefined) return { POST: { to: 'open', verb } };
  if (action === undefined) return { GET: { to: 'query', verb, number } };
  if (action === 'close') return { POST: { to: 'close', verb, number } };
  if (action === 'capture' && verb === 'pay') return { POST: { to: 'capture', number } };
  return {};
}

function secondRoutes(first: string, second: string): Readonly<Record<string, Route>> {
  if (first === 'bills') return { GET: { to: 'bill', date: second } };
  if (first === 'checks') return { POST: { to: 'check', name: second } };
  if (first === 'pay') return { POST: { to: 'pay', token: second } };
  if (first !== 'settle' && first !== 'act' && first !== 'return') return {};
  const post: Route = { to: NUMBERED[first], number: second };
  return first === 'act' ? { GET: { to: 'show_action', number: second }, POST: post } : { POST: post };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
