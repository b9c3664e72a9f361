// Picked facts: the few that somebody wants out of a frame are the same as when all of it is read.

import { array, assert, property } from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFacts, encodeFacts, pickFacts } from '../../src/journal/payload.ts';
import { arbitraryFact } from '../support/arbitrary-facts.ts';

const PASSED = new Set([1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]);

test('what is picked of a frame is what reading all of it gives', () => {
  assert(
    property(array(arbitraryFact, { maxLength: 40 }), (facts) => {
      const payload = encodeFacts(facts);
      const all = decodeFacts(payload)
        .map((fact, index) => ({ index, fact }))
        .filter(({ fact }) => !PASSED.has(fact.kind));
      expect(pickFacts(payload, PASSED)).toEqual(all);
    }),
  );
});
