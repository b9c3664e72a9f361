// Console. The operators' page and its stream, behind the same door as everything under /admin.

import type { Callers } from '../gateway/callers.ts';
import { judgeOperator } from '../gateway/operator.ts';
import { problemAnswer, problemOf, type Refused } from '../gateway/problem.ts';
import { requestIdOf } from '../gateway/request-context.ts';
import type { Follower, Following, OpsConsole, OpsRequest } from '../ops/ops-server.ts';
import { makePage } from './page-files.ts';
import type { Snapshot } from './snapshot.ts';
import { SnapshotStream } from './snapshot-stream.ts';

export type ConsoleParts = {
  readonly callers: Callers;
  /** Only this machine reaches the listener. */
  readonly local: boolean;
  readonly take: () => Snapshot;
};

export type Console = OpsConsole & {
  /** Lets everybody go. */
  readonly stop: () => void;
};

export function makeConsole({ callers, local, take }: ConsoleParts): Console {
  const stream = new SnapshotStream(take);
  const follow = (request: OpsRequest, follower: Follower): Following => {
    const caller = judgeOperator(callers, local, request.header('authorization'));
    if ('code' in caller) return refuse(request, caller);
    if (stream.isFull) return refuse(request, { code: 'too_many_requests', detail: 'Too many consoles are open.' });
    return { gone: stream.add(follower, () => callers.isActive(caller)) };
  };
  return { page: makePage(), follow, stop: () => stream.stop() };
}

function refuse({ path, header }: OpsRequest, why: Refused): Following {
  return { refused: problemAnswer(problemOf(why, path, requestIdOf(header('x-request-id')))) };
}
