// Connection faults. What rules do to one request on the wire, before and after its work.

import { logNormal, type Draw } from './chance.ts';
import { findFault, type ConnectionFault, type Fault } from './faults.ts';
import { failure, type Reply } from './reply.ts';
import type { Timers } from './timers.ts';

type Latency = Extract<ConnectionFault, { readonly fault: 'latency' }>;

const SCRIPTED = 'A rule of faults said so.';

/** Does the work of a request between the faults that it has; `work` is not done when it is cut off or fails before. */
export async function withFaults(
  faults: readonly Fault[],
  draw: Draw,
  timers: Timers,
  work: () => Reply,
): Promise<Reply> {
  await timers.wait(delayOf(faults, 'before', draw));
  if (findFault(faults, 'reset')) return { status: 0, cut: 'reset' };
  const error = findFault(faults, 'error');
  if (error?.when === 'before') return failure('internal', SCRIPTED, error.status ?? 500);
  const reply = work();
  await timers.wait(delayOf(faults, 'after', draw));
  if (findFault(faults, 'drop_reply')) return { status: 0, cut: 'closed' };
  if (error) return failure('internal', SCRIPTED, error.status ?? 500);
  if (findFault(faults, 'malformed_body') && 'body' in reply) {
    return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
  }
  return reply;
}

/** Simulated milliseconds of all latencies on one side of the work. */
function delayOf(faults: readonly Fault[], side: 'before' | 'after', draw: Draw): number {
  return faults
    .filter((fault): fault is Latency => fault.fault === 'latency' && (fault.when ?? 'after') === side)
    .reduce((sum, latency) => sum + sampled(latency, draw), 0);
}

function sampled({ ms, p50, p99, min, max }: Latency, draw: Draw): number {
  if (ms !== undefined) return ms;
  if (p50 !== undefined && p99 !== undefined) return logNormal(draw, p50, p99);
  if (min !== undefined && max !== undefined) return min + draw() * (max - min);
  return 0;
}
