// Switch administration: what operators have switched off, what they did before, and the turning of a switch.

import { ReadSwitches, TurnSwitch, type PastTurn } from '../../actors/switch-commands.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import { SWITCH_SECONDS_MAX, type SetSwitch, type SwitchName, type Turn } from '../domain/switches.ts';
import { Type } from 'typebox';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import * as fields from './fields.ts';
import { authorise, type Gateway } from './gateway.ts';
import { readJson } from './json-body.ts';
import { orNull } from './order-resources/shown-step.ts';
import type { Refused } from './problem.ts';
import { isRefused, readLimit, readQuery } from './query.ts';
import { makeContext, traceIdOf } from './request-context.ts';
import { readBody } from './shape.ts';
import { timeText } from './time-text.ts';

export const SWITCHES_PATH = '/admin/switches';

/** A switch, set or not. */
export type SwitchResource = {
  readonly name: SwitchName;
  /** What is held back while it is set. */
  readonly meaning: string;
  readonly set: boolean;
  readonly reason: string | null;
  /** Id of an API key. */
  readonly by: string | null;
  readonly since: string | null;
  readonly until: string | null;
};

export type TurnResource = {
  readonly at: string;
  readonly turn: Turn;
  readonly name: SwitchName;
  readonly reason: string | null;
  readonly by: string | null;
  readonly until: string | null;
};

export type SwitchesResource = { readonly data: readonly SwitchResource[]; readonly history: readonly TurnResource[] };

const name = fields.text(100, 'As GET /admin/switches names it.');
const expiresIn = fields.plain<number>(
  Type.Integer({ minimum: 1, maximum: SWITCH_SECONDS_MAX, description: 'Seconds.' }),
  'body_invalid',
);
const SET = { name, reason: fields.reason, expires_in: expiresIn };
const CLEAR = { name, reason: fields.reason };

/** Answers what is asked below `/admin/switches`. */
export function administerSwitches(gateway: Gateway, exchange: Exchange): void {
  const { method, path } = exchange.request;
  switch (path) {
    case SWITCHES_PATH:
      return method === 'GET' ? list(gateway, exchange) : refuseMethod(exchange, 'GET');
    case `${SWITCHES_PATH}/set`:
    case `${SWITCHES_PATH}/clear`:
      return method === 'POST' ? turn(gateway, exchange, path.endsWith('set')) : refuseMethod(exchange, 'POST');
    default:
      return answerProblem(exchange, { code: 'route_not_found' });
  }
}

function refuseMethod(exchange: Exchange, allowed: string): void {
  answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', allowed]]);
}

/** `limit`: turns of the past that are wanted. */
function list(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['limit']);
  const limit = isRefused(query) ? query : readLimit(query);
  const context = permit(gateway, exchange, typeof limit === 'number' ? null : limit);
  if (!context || typeof limit !== 'number') return;
  const command = new ReadSwitches(context, limit, ({ verdict, set, history }) => {
    if (verdict !== ALLOWED) return answerProblem(exchange, { code: refusalOf(verdict) });
    const body: SwitchesResource = { data: resources(gateway, set), history: history.map(turnResource) };
    answerJson(exchange, 200, body);
  });
  exchange.session.submit(command);
}

function turn(gateway: Gateway, exchange: Exchange, isSet: boolean): void {
  const json = readJson(exchange, gateway.limits.bodyBytesMax);
  const read = json.ok ? readBody(isSet ? SET : CLEAR, json.body) : json;
  const context = permit(gateway, exchange, read.ok ? null : read.refused);
  if (!context || !read.ok) return;
  const said = read.values as { readonly name: string; readonly reason: string; readonly expires_in?: number };
  const wanted = said.name as SwitchName;
  // One whose channel or product is gone can still be cleared.
  if (!gateway.engine.switches.has(wanted) && !gateway.engine.isSwitchedOff(wanted))
    return answerProblem(exchange, { code: 'body_invalid', param: 'name', detail: 'There is no such switch.' });
  const request = { name: wanted, reason: said.reason, forMs: (said.expires_in ?? 0) * 1_000 };
  const command = new TurnSwitch(context, request, ({ verdict, set }) => {
    if (verdict !== ALLOWED) return answerProblem(exchange, { code: refusalOf(verdict) });
    const shown = resources(gateway, set).find((one) => one.name === wanted);
    answerJson(exchange, 200, shown ?? { name: wanted, set: false });
  });
  exchange.session.submit(command);
}

/** Under whose name it is done; null: the request has been answered. */
function permit(gateway: Gateway, exchange: Exchange, wrong: Refused | null) {
  const caller = wrong ?? authorise(gateway, exchange.caller, 'ops');
  const { request, requestId } = exchange;
  if (!('code' in caller)) return makeContext(caller, 'operator', requestId, traceIdOf(request.header('traceparent')));
  answerProblem(exchange, caller);
  return null;
}

function resources({ engine }: Gateway, set: readonly SetSwitch[]): SwitchResource[] {
  const found = new Map(set.map((one) => [one.name, one]));
  const known = engine.switches;
  const gone = set.filter((one) => !known.has(one.name)).map((one): [SwitchName, string] => [one.name, '']);
  return [...known, ...gone].map(([of, meaning]) => resource(of, meaning, found.get(of)));
}

function resource(of: SwitchName, meaning: string, set: SetSwitch | undefined): SwitchResource {
  if (!set) return { name: of, meaning, set: false, reason: null, by: null, since: null, until: null };
  const { reason, by, sinceMs, untilMs } = set;
  return { name: of, meaning, set: true, reason, by: orNull(by), since: timeText(sinceMs), until: timeText(untilMs) };
}

function turnResource({ atMs, turn: way, name: of, reason, by, untilMs }: PastTurn): TurnResource {
  const until = untilMs === 0 ? null : timeText(untilMs);
  return { at: timeText(atMs), turn: way, name: of, reason: orNull(reason), by: orNull(by), until };
}
