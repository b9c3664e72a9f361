// The first hop of the mark of stress traffic: from the key to the context, and to the gateway that it belongs to.

import { expect, test } from 'vitest';
import type { Caller } from '../../src/gateway/callers.ts';
import { authorise, worldOf, type Gateway } from '../../src/gateway/gateway.ts';
import { makeContext } from '../../src/gateway/request-context.ts';

const shadow = { isShadow: true, shadow: null } as Gateway;
const business = { isShadow: false, shadow } as Gateway;
const without = { isShadow: false, shadow: null } as Gateway;

function callerWith(mark: boolean): Caller {
  return { merchant: 'acme', scopes: new Set(['payments:write']), keyId: 'key', shadow: mark };
}

test.each([true, false])('the mark of a key (%s) is the mark of what it asks, and chooses where', (mark) => {
  const caller = callerWith(mark);
  expect(makeContext(caller, 'http', 'r1', '').shadow).toBe(mark);
  const world = worldOf(business, caller);
  expect(world.isShadow).toBe(mark);
  expect(authorise(world, caller, 'payments:write')).toBe(caller);
});

test.each([
  ['stress traffic that came to business', business, true],
  ['business that came to the gateway of stress traffic', shadow, false],
  ['stress traffic on a server that takes none', without, true],
] as const)('%s is refused', (_, world, mark) => {
  expect(authorise(world, callerWith(mark), 'payments:write')).toEqual({ code: 'shadow_off' });
});
