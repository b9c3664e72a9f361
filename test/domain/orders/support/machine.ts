// A machine against its specification: a grid of every state (rows) and every event (columns). A cell is the next state,
// or: = nothing to do, - not now, ! contradicts what is known.

import { describe, expect, test } from 'vitest';
import type { Transition } from '../../../../src/domain/orders/order-base.ts';

type Specification<Status extends string, Event extends string> = {
  readonly next: (status: Status, event: Event) => Transition<Status>;
  readonly isTerminal: (status: Status) => boolean;
  readonly states: Readonly<Record<Status, 'goes on' | 'end'>>;
  /** asked: somebody wants it; told: it happened. Who only asks contradicts nothing. */
  readonly events: Readonly<Record<Event, 'asked' | 'told'>>;
  readonly grid: string;
};

export function describeMachine<Status extends string, Event extends string>(
  specification: Specification<Status, Event>,
): void {
  const { next, isTerminal, states, events } = specification;
  const { columns, rows } = read(specification.grid);
  const allStates = Object.keys(states) as Status[];
  const allEvents = Object.keys(events) as Event[];

  test('the grid has every state and every event', () => {
    expect(rows.map(({ state }) => state)).toEqual(allStates);
    expect(columns).toEqual(allEvents);
  });

  describe.each(rows)('$state', ({ state, cells }) => {
    test.each(columns.map((event, index) => [event, cells[index] ?? '']))('%s: %s', (event, cell) => {
      expect(cellOf(next(state as Status, event as Event))).toBe(cell);
    });
  });

  test('who only asks is never told of a contradiction', () => {
    const asked = allEvents.filter((event) => events[event] === 'asked');
    for (const state of allStates) for (const event of asked) expect(next(state, event)).not.toHaveProperty('anomaly');
  });

  test('its ends are the ones named, and there is one on every way', () => {
    const ends = allStates.filter((state) => isTerminal(state));
    expect(ends).toEqual(allStates.filter((state) => states[state] === 'end'));
    for (const state of allStates) expect([...reachable(state)].some((place) => isTerminal(place))).toBe(true);
  });

  function reachable(from: Status): Set<Status> {
    const places = new Set([from]);
    for (const place of places) {
      for (const event of allEvents) {
        const step = next(place, event);
        if ('to' in step) places.add(step.to);
      }
    }
    return places;
  }
}

function read(grid: string): { columns: string[]; rows: { state: string; cells: string[] }[] } {
  const [head, ...body] = grid
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/));
  return { columns: head ?? [], rows: body.map(([state, ...cells]) => ({ state: state ?? '', cells })) };
}

function cellOf(step: Transition<string>): string {
  if ('to' in step) return step.to;
  if ('same' in step) return '=';
  return 'refused' in step ? '-' : '!';
}
