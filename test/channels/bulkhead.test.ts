import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bulkhead } from '../../src/channels/bulkhead.ts';

function guests() {
  const begun: string[] = [];
  return { begun, guest: (name: string) => ({ begin: () => void begun.push(name) }) };
}

describe('a bulkhead of two places and two chairs', () => {
  test('lets two in, lets two wait, and turns the next one away', () => {
    const bulkhead = new Bulkhead({ inFlightMax: 2, queueMax: 2 });
    const { begun, guest } = guests();
    const admitted = ['a', 'b', 'c', 'd', 'e'].map((name) => bulkhead.enter(guest(name)));
    expect(admitted).toEqual(['begun', 'begun', 'waiting', 'waiting', 'full']);
    expect(begun).toEqual(['a', 'b']);
    expect([bulkhead.inFlight, bulkhead.waiting]).toEqual([2, 2]);
  });

  test('who waits begins in the order of arrival, before any newcomer', () => {
    const bulkhead = new Bulkhead({ inFlightMax: 1, queueMax: 2 });
    const { begun, guest } = guests();
    for (const name of ['a', 'b', 'c']) bulkhead.enter(guest(name));
    bulkhead.leave();
    expect(bulkhead.enter(guest('late'))).toBe('waiting');
    bulkhead.leave();
    bulkhead.leave();
    expect(begun).toEqual(['a', 'b', 'c', 'late']);
  });

  test('who gives up waiting leaves the chair to another, and never begins', () => {
    const bulkhead = new Bulkhead({ inFlightMax: 1, queueMax: 1 });
    const { begun, guest } = guests();
    bulkhead.enter(guest('a'));
    const impatient = guest('b');
    bulkhead.enter(impatient);
    expect(bulkhead.giveUp(impatient)).toBe(true);
    expect(bulkhead.giveUp(impatient)).toBe(false);
    expect(bulkhead.enter(guest('c'))).toBe('waiting');
    bulkhead.leave();
    expect(begun).toEqual(['a', 'c']);
  });

  test('places that are promised count as taken', () => {
    const bulkhead = new Bulkhead({ inFlightMax: 2, queueMax: 1 });
    expect(bulkhead.hasRoom(2)).toBe(true);
    expect(bulkhead.hasRoom(3)).toBe(false);
  });
});

test('whatever comes and goes, the limits hold and every place is given back', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (arrivals) => {
      const bulkhead = new Bulkhead({ inFlightMax: 3, queueMax: 4 });
      let inside = 0;
      for (const arrival of arrivals) {
        if (arrival) bulkhead.enter({ begin: () => void (inside += 1) });
        else if (inside > 0) {
          inside -= 1;
          bulkhead.leave();
        }
        expect(bulkhead.inFlight).toBe(inside);
        expect(bulkhead.inFlight).toBeLessThanOrEqual(3);
        expect(bulkhead.waiting).toBeLessThanOrEqual(4);
      }
    }),
  );
});
