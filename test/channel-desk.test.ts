// The mark of stress traffic on its way to a channel and back, lost at each hop in turn: nothing is sent, nothing is taken.

import { describe, expect, test } from 'vitest';
import type { Engine } from '../actors/engine.ts';
import type { CallbackArrived } from '../actors/orders/outside.ts';
import { ChannelDesk } from '../src/channel-desk.ts';
import { reportOf } from '../src/channels/channel-report.ts';
import { readChannelConfig } from '../src/channels/channel-config.ts';
import type { ParsedCallback } from '../src/channels/channel.ts';
import { ChannelGateway } from '../src/channels/channel-gateway.ts';
import { Channels } from '../src/channels/channels.ts';
import type { Context } from '../src/domain/context.ts';
import { MarkLost } from '../src/domain/shadow.ts';
import { exampleAdapter, exampleLimits } from './channels/support/channel-examples.ts';
import { fakeClock } from './channels/support/fake-clock.ts';
import { contextOf } from './support/engine.ts';
import { LogBook } from './support/log-book.ts';
import { sampleChannelOrder } from './support/order-samples.ts';

const SIDES = [
  { side: 'stress traffic', shadow: true },
  { side: 'business', shadow: false },
] as const;

/** Channel orders that each side knows. */
const KNOWN = { own: 'chn_own', other: 'chn_other' } as const;

/** A desk of one side, with a channel that asks nobody and calls back about `number`. */
function openDesk(shadow: boolean, number: string) {
  const loaded = readChannelConfig(
    JSON.stringify({
      channels: [
        { name: 'card', adapter: 'simulator', baseUrl: 'http://127.0.0.1:1', callbackUrl: 'http://127.0.0.1:1/' },
      ],
    }),
  );
  const [config] = 'channels' in loaded ? loaded.channels : [];
  if (!config) throw new Error('there is no channel');
  const said = {
    ...reportOf('succeeded', { amount: 100, currency: 'EUR' }),
    number,
    eventId: 'e1',
    verb: 'pay',
  } as const;
  const adapter = {
    ...exampleAdapter('card', () => Promise.resolve(reportOf('accepted', {}))),
    parseCallback: (): ParsedCallback => said,
  };
  const channels = new Channels([{ config, gateway: new ChannelGateway(adapter, exampleLimits(), fakeClock()) }]);
  const book = new LogBook();
  const desk = new ChannelDesk(channels, 'dev', book.log, shadow);
  const taken: Context[] = [];
  const submit = (command: CallbackArrived): void => {
    taken.push(command.context);
    command.release(1);
  };
  const merchantOf = (of: string): string | null => (of === KNOWN.own ? 'acme' : null);
  desk.serve({ openSession: () => ({ submit }), merchantOf, isSwitchedOff: () => false } as unknown as Engine);
  desk.isElsewhere = (of) => of === KNOWN.other;
  return { desk, adapter, taken, book };
}

describe.each(SIDES)('the channels of $side', ({ shadow }) => {
  test.each(['begin', 'call', 'query', 'close'] as const)('are asked nothing for the other: %s', (asked) => {
    const { desk, adapter, taken } = openDesk(shadow, KNOWN.own);
    expect(() => desk[asked](sampleChannelOrder, { ...contextOf(), shadow: !shadow })).toThrow(MarkLost);
    expect([adapter.asked(), taken.length]).toEqual([0, 0]);
  });

  test('what they say of an order of the other is refused, and the log says so', async () => {
    const { desk, taken, book } = openDesk(shadow, KNOWN.other);
    expect(await desk.receive('card', {}, new Uint8Array(), 'r1')).toBe('refused');
    expect(taken).toEqual([]);
    expect(book.lines).toMatchObject([{ line: 'callback_refused', channel: 'card', reason: 'shadow_mismatch' }]);
  });

  test.each([KNOWN.own, 'chn_nobody'])('what they say of %s bears their mark', async (number) => {
    const { desk, taken } = openDesk(shadow, number);
    expect(await desk.receive('card', {}, new Uint8Array(), 'r1')).toBe('taken');
    expect(taken.map((context) => context.shadow)).toEqual([shadow]);
  });
});
