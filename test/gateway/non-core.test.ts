// Admission of what is no payment: bounded, shed first, in short slices; and every place is free again in the end.

import { describe, expect, test, vi } from 'vitest';
import type { Exchange } from '../../src/gateway/exchange.ts';
import { NonCore, type ShedReason } from '../../src/gateway/non-core.ts';
import { Pacer } from '../../src/gateway/pacer.ts';
import type { PressureReason } from '../../src/gateway/pressure.ts';
import type { HttpAnswer } from '../../src/gateway/transport/transport.ts';

const OK: HttpAnswer = { status: 200, headers: [], body: '' };

class Door {
  pressure: PressureReason | null = null;
  isOff = false;
  readonly shed: string[] = [];
  readonly answers: string[] = [];
  readonly begun: Exchange[] = [];
  readonly nonCore: NonCore;

  constructor(runningMax = 1, waitingMax = 2) {
    const places = { runningMax, waitingMax };
    this.nonCore = new NonCore({
      places: { side: places, books: places },
      pacer: new Pacer(
        () => performance.now(),
        () => false,
      ),
      pressure: () => this.pressure,
      isSwitchedOff: () => this.isOff,
      shed: (of: string, reason: ShedReason) => void this.shed.push(`${of} ${reason}`),
    });
  }

  ask(name: string, of: 'side' | 'books' = 'side'): void {
    const answer = ({ status }: HttpAnswer): void => void this.answers.push(`${name} ${status}`);
    const request = { path: name, header: () => undefined };
    const exchange = { request, requestId: name, answer, refused: () => undefined } as unknown as Exchange;
    this.nonCore.serve(of, exchange, (placed) => void this.begun.push(placed));
  }

  async settle(): Promise<string[]> {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    return this.begun.map(({ requestId }) => requestId);
  }
}

describe('places', () => {
  test('so many run, so many wait in their order, the next is refused at once', async () => {
    const door = new Door();
    for (const name of ['a', 'b', 'c', 'd']) door.ask(name);
    expect([door.answers, door.shed]).toEqual([['d 503'], ['side full']]);
    expect(await door.settle()).toEqual(['a']);
    expect([door.nonCore.running('side'), door.nonCore.waiting('side')]).toEqual([1, 2]);
    door.begun[0]?.answer(OK);
    expect(await door.settle()).toEqual(['a', 'b']);
    door.begun[1]?.answer(OK);
    await door.settle();
    door.begun[2]?.answer(OK);
    expect(door.answers).toEqual(['d 503', 'a 200', 'b 200', 'c 200']);
    expect([door.nonCore.running('side'), door.nonCore.waiting('side')]).toEqual([0, 0]);
  });

  test('of the books are others than those on the thread of the engine', async () => {
    const door = new Door();
    door.ask('list');
    door.ask('statement', 'books');
    expect(await door.settle()).toEqual(['list', 'statement']);
  });

  test('whoever has waited too long is told so', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const door = new Door();
      for (const name of ['a', 'b']) door.ask(name);
      vi.advanceTimersByTime(5_000);
      expect([door.answers, door.shed]).toEqual([['b 503'], ['side waited']]);
      await door.settle();
      door.begun[0]?.answer(OK);
      expect(await door.settle()).toEqual(['a']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('under pressure', () => {
  test('nothing begins, and who waits is told when it would be its turn', async () => {
    const door = new Door();
    for (const name of ['a', 'b', 'c']) door.ask(name);
    await door.settle();
    door.pressure = 'in_flight';
    door.ask('d');
    door.begun[0]?.answer(OK);
    expect(door.answers).toEqual(['d 503', 'a 200', 'b 503', 'c 503']);
    expect(door.shed).toEqual(['side in_flight', 'side in_flight', 'side in_flight']);
    door.pressure = null;
    door.ask('e');
    expect(await door.settle()).toEqual(['a', 'e']);
  });

  test('and while it is switched off by hand', () => {
    const door = new Door();
    door.isOff = true;
    door.ask('a');
    expect([door.answers, door.shed]).toEqual([['a 503'], ['side switched_off']]);
  });
});

describe('the pacer', () => {
  test('gives one slice in a turn of the event loop, in the order of asking', async () => {
    const seen: string[] = [];
    const pacer = new Pacer(
      () => 0,
      () => false,
    );
    const slices = ['a', 'b', 'c'].map((name) => pacer.run(() => void seen.push(name)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['a']);
    await Promise.all(slices);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  test('rests for 32 times as long as a slice took, while payments are under way', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let nowMs = 0;
      const pacer = new Pacer(
        () => nowMs,
        () => true,
      );
      await pacer.run(() => (nowMs += 3));
      const seen: number[] = [];
      const next = pacer.run(() => void seen.push(nowMs));
      vi.advanceTimersByTime(95);
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(seen).toEqual([]);
      vi.advanceTimersByTime(1);
      await next;
      expect(seen).toEqual([3]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('passes on what a slice throws, and goes on', async () => {
    const pacer = new Pacer(
      () => 0,
      () => false,
    );
    const thrown = pacer.run(() => {
      throw new Error('bad slice');
    });
    await expect(thrown).rejects.toThrow('bad slice');
    expect(await pacer.run(() => 1)).toBe(1);
  });
});
