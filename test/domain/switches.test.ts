// Switches: which there are, what is set after a change, and how a turn lies in the journal for ever.

import { expect, test } from 'vitest';
import { factRow, readFact } from '../../src/domain/fact-rows.ts';
import { afterChange, switchesOf, type SetSwitch, type SwitchTurned } from '../../src/domain/switches.ts';
import { decodeFacts, encodeFacts } from '../../src/journal/payload.ts';
import { sampleContext as context } from '../support/samples.ts';

const trades: SetSwitch = { name: 'trades', reason: 'drill', by: 'ann', sinceMs: 10, untilMs: 20 };

const turned: SwitchTurned = {
  kind: 30,
  context,
  previousSeq: 7,
  turn: 'set',
  name: 'channel:card',
  reason: 'they asked for it',
  by: 'ben',
  untilMs: 99,
  set: [trades, { name: 'channel:card', reason: 'they asked for it', by: 'ben', sinceMs: 12, untilMs: 99 }],
  key: 'switches',
  fingerprint: '',
};

test('the layout of a turn never changes', () => {
  const set = [
    ['trades', 'drill', 'ann', 10, 20],
    ['channel:card', 'they asked for it', 'ben', 12, 99],
  ];
  expect(factRow(turned, 0)).toEqual([30, 0, 7, 0, 'channel:card', 'they asked for it', 'ben', 99, set]);
  expect(decodeFacts(encodeFacts([turned]))).toEqual([turned]);
});

test('a turn that a newer version wrote is not guessed at', () => {
  expect(() => readFact([30, 0, 0, 3, 'trades', '', '', 0, []], [context])).toThrow('unknown way 3');
});

test('a switch is there for each channel and product', () => {
  const names = [...switchesOf(['card'], ['sale', 'escrow']).keys()];
  expect(names).toEqual(['topups', 'withdrawals', 'trades', 'webhooks', 'non_core', 'channel:card', 'outflow:sale', 'outflow:escrow']); // prettier-ignore
});

test('set again it is set since the first time; expired or cleared it is gone', () => {
  const again = { turn: 'set', name: 'trades', reason: 'more', by: 'ben', untilMs: 40 } as const;
  expect(afterChange([trades], again, 15)).toEqual([{ ...trades, reason: 'more', by: 'ben', untilMs: 40 }]);
  for (const way of ['cleared', 'expired'] as const)
    expect(afterChange([trades], { ...again, turn: way }, 15)).toEqual([]);
});
