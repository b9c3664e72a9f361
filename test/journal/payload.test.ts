import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFacts, encodeFacts } from '../../src/journal/payload.ts';
import { arbitraryFacts } from '../support/arbitrary-facts.ts';

test('any facts are read back as they were', () => {
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      expect(decodeFacts(encodeFacts(facts))).toEqual(facts);
    }),
    { numRuns: 500 },
  );
});

test('facts that share a context share it afterwards, too', () => {
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      const decoded = decodeFacts(encodeFacts(facts));
      const place = (of: typeof facts): number[] =>
        of.map(({ context }) => of.findIndex((one) => one.context === context));
      expect(place(decoded)).toEqual(place(facts));
    }),
  );
});

test('bytes that are no facts are refused', () => {
  expect(() => decodeFacts(Buffer.from([]))).toThrow();
  expect(() => decodeFacts(Buffer.from([0x92, 0x90, 0x91, 0x92, 0x63, 0x00]))).toThrow();
  expect(() => decodeFacts(encodeFacts([]).subarray(0, 1))).toThrow();
});
