// Log. Writes lines by pino. The only file that knows pino, so nobody can write a line that says nothing of whom it is about.
//
// G1. A line costs nothing unless it is written: only then are its bindings made.

import { pino, type DestinationStream, type Logger } from 'pino';
import { moreFields, orderBindings, peerBindings, requestBindings, type Bindings } from './bindings.ts';
import { ORDER_LINES, PEER_LINES, PROCESS_LINES, REQUEST_LINES, type Level, type Log, type More } from './log-line.ts';
import { MASKED, maskedError } from './masking.ts';

/** Should anybody ever bind what must not be: these are cut out by their names. */
const NEVER = [
  'destination',
  'authorization',
  'secret',
  'password',
  'token',
  'card_number',
  'cvv',
  'iban',
  'metadata',
  'amount',
];

/** Lines of this level ('silent' for none) and above, as JSON, to the standard error unless `to` says where else. */
export function openLog(level: string, to: DestinationStream = pino.destination({ dest: 2, sync: true })): Log {
  const logger = pino(
    { level, base: null, serializers: { err: maskedError }, redact: { paths: NEVER, censor: MASKED } },
    to,
  );
  return {
    order: (name, about, more) => write(logger, name, ORDER_LINES[name], () => orderBindings(about), more),
    request: (name, context, more) => write(logger, name, REQUEST_LINES[name], () => requestBindings(context), more),
    peer: (name, about, more) => write(logger, name, PEER_LINES[name], () => peerBindings(about), more),
    process: (name, more) => write(logger, name, PROCESS_LINES[name], () => ({}), more),
  };
}

function write(
  logger: Logger,
  name: string,
  [level, text]: readonly [Level, string],
  bindings: () => Bindings,
  more: More = {},
): void {
  if (!logger.isLevelEnabled(level)) return;
  logger.child(bindings())[level]({ line: name, ...moreFields(more) }, text);
}
