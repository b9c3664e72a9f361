// Clock context. Under which identity something happens that nobody asks for: its time has come.

import type { Context } from '../src/domain/context.ts';
import type { Desk } from './desk.ts';

/** `merchant`: '' for what concerns no single one. `requestId`: names what is due, such as `expiry:h1`. */
export function clockContext({ shadow }: Desk, merchant: string, requestId: string): Context {
  return { version: 1, merchant, origin: 'timer', requestId, traceId: '', shadow, by: '', business: null };
}
