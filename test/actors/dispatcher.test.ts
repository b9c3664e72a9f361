// What if two new messages wait, and the first one sets off others? What if one cell never runs out of messages? What if
// a cell throws half-way? Each cell here writes down what it handled, and the order is read from that.

import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { Cell } from '../../actors/runtime/cell.ts';
import { Dispatcher } from '../../actors/runtime/dispatcher.ts';
import { Message } from '../../actors/runtime/message.ts';
import { contextOf } from '../support/engine.ts';

const PLENTY = 1_000_000;

class Note extends Message {
  readonly text: string;

  constructor(text: string) {
    super(contextOf());
    this.text = text;
  }
}

let dispatcher: Dispatcher;
let handled: string[];

/** Writes down `<name>:<text>`, then does what it is told to. */
class Scribe extends Cell {
  readonly #name: string;
  readonly #then: (text: string) => void;

  constructor(name: string, then: (text: string) => void = () => {}) {
    super();
    this.#name = name;
    this.#then = then;
  }

  receive(message: Message): void {
    if (!(message instanceof Note)) throw new Error('a scribe takes notes');
    handled.push(`${this.#name}:${message.text}`);
    this.#then(message.text);
  }
}

beforeEach(() => {
  dispatcher = new Dispatcher();
  handled = [];
});

function send(cell: Cell, ...texts: string[]): void {
  for (const text of texts) dispatcher.send(cell, new Note(text));
}

function admit(cell: Cell, ...texts: string[]): void {
  for (const text of texts) dispatcher.admit(cell, new Note(text));
}

test('a cell gets its messages in the order of sending', () => {
  const cell = new Scribe('a');
  send(cell, '1', '2', '3');
  admit(new Scribe('b'), '1', '2', '3');
  expect(dispatcher.run(PLENTY)).toBe(false);
  expect(handled).toEqual(['a:1', 'a:2', 'a:3', 'b:1', 'b:2', 'b:3']);
  expect(dispatcher.messages).toBe(6);
});

test('cells with new messages take turns', () => {
  admit(new Scribe('a'), '1', '2', '3');
  admit(new Scribe('b'), '1');
  admit(new Scribe('c'), '1', '2');
  dispatcher.run(PLENTY);
  expect(handled).toEqual(['a:1', 'b:1', 'c:1', 'a:2', 'c:2', 'a:3']);
});

test('what has begun is finished before anything new begins', () => {
  const account = new Scribe('account');
  const order = new Scribe('order', (text) => send(account, `${text}.debit`, `${text}.credit`));
  const session = new Scribe('session', (text) => send(order, text));
  const other = new Scribe('other', (text) => send(account, text));
  admit(session, 'x', 'y');
  admit(other, 'z');
  dispatcher.run(PLENTY);
  expect(handled).toEqual([
    'session:x',
    'order:x',
    'account:x.debit',
    'account:x.credit',
    'other:z',
    'account:z',
    'session:y',
    'order:y',
    'account:y.debit',
    'account:y.credit',
  ]);
});

test('it is finished even when it is more than the turn may handle, and then the turn is over', () => {
  const account = new Scribe('account');
  const session = new Scribe('session', () => send(account, '1', '2', '3', '4', '5'));
  admit(session, 'x', 'y');
  expect(dispatcher.run(2)).toBe(true);
  expect(handled).toEqual(['session:x', 'account:1', 'account:2', 'account:3', 'account:4', 'account:5']);
  handled = [];
  expect(dispatcher.run(2)).toBe(false);
  expect(handled[0]).toBe('session:y');
});

test('a turn handles as many new messages as it may, and says whether more wait', () => {
  const session = new Scribe('s');
  admit(session, '1', '2', '3', '4');
  expect(dispatcher.run(3)).toBe(true);
  expect(handled).toEqual(['s:1', 's:2', 's:3']);
  expect(dispatcher.run(3)).toBe(false);
  expect(handled).toEqual(['s:1', 's:2', 's:3', 's:4']);
  expect(dispatcher.run(3)).toBe(false);
});

test('a cell that keeps getting messages yields after its share', () => {
  dispatcher = new Dispatcher(3);
  let left = 20;
  const hot = (name: string): Scribe => {
    const cell: Scribe = new Scribe(name, () => {
      if (left-- > 0) send(cell, '');
    });
    return cell;
  };
  const [a, b] = [hot('a'), hot('b')];
  send(a, '');
  send(b, '');
  dispatcher.run(PLENTY);
  const shares = handled.join('').match(/(a:)+|(b:)+/g) ?? [];
  expect(shares.slice(0, 6)).toEqual(Array.from({ length: 3 }, () => ['a:a:a:', 'b:b:b:']).flat());
  expect(handled).toHaveLength(22);
});

test('a message that a cell sends itself comes after those it has', () => {
  const cell = new Scribe('a', (text) => {
    if (text === '1') send(cell, 'own');
  });
  send(cell, '1', '2');
  dispatcher.run(PLENTY);
  expect(handled).toEqual(['a:1', 'a:2', 'a:own']);
});

test('a throw leaves the turn at once and says whose it was', () => {
  const faulty = new Scribe('faulty', () => {
    throw new Error('planted');
  });
  const session = new Scribe('session', (text) => {
    send(text === 'bad' ? faulty : session2, text);
  });
  const session2 = new Scribe('other');
  admit(session, 'good', 'bad', 'never');
  expect(() => dispatcher.run(PLENTY)).toThrow('planted');
  expect(handled).toEqual(['session:good', 'other:good', 'session:bad', 'faulty:bad']);
  expect(dispatcher.serving).toBe(faulty);
});

test('after a throw it hands back what was cut short and what was never begun, and nothing that was finished', () => {
  const session = new Scribe('session', (text) => {
    if (text === 'bad') throw new Error('planted');
  });
  const texts = (): string[] =>
    dispatcher.takeUnfinished().map((message) => (message instanceof Note ? message.text : ''));
  admit(session, 'good', 'bad', 'third');
  admit(new Scribe('other'), 'first', 'second', 'fourth');
  expect(() => dispatcher.run(PLENTY)).toThrow('planted');
  expect(texts()).toEqual(['bad', 'second', 'fourth', 'third']);
  expect(dispatcher.run(PLENTY)).toBe(false);
  expect(handled).toEqual(['session:good', 'other:first', 'session:bad']);
});

test('when every message is finished, none is handed back', () => {
  admit(new Scribe('a'), '1', '2');
  dispatcher.run(PLENTY);
  expect(dispatcher.takeUnfinished()).toEqual([]);
});

test('between turns nobody is being served', () => {
  admit(new Scribe('a', () => expect(dispatcher.serving).toBeInstanceOf(Scribe)), '1');
  dispatcher.run(PLENTY);
  expect(handled).toEqual(['a:1']);
  expect(dispatcher.serving).toBeNull();
});

/** Sends to cell c of `asked[step]` the note `<request>.<step>`. */
type Request = { readonly session: number; readonly asked: readonly number[] };

/** Every request's lines, in the order of handling. */
function runAll(requests: readonly Request[], fairness: number): void {
  dispatcher = new Dispatcher(fairness);
  handled = [];
  const cells = new Map([0, 1, 2, 3, 4].map((nth) => [nth, new Scribe(`cell ${nth}`)]));
  const fanOut = (text: string): void => {
    for (const [step, nth] of requests[Number(text)]?.asked.entries() ?? []) {
      const cell = cells.get(nth);
      if (cell) send(cell, `${text}.${step}`);
    }
  };
  const sessions = new Map([0, 1, 2].map((nth) => [nth, new Scribe(`session ${nth}`, fanOut)]));
  for (const [nth, { session }] of requests.entries()) {
    const cell = sessions.get(session);
    if (cell) admit(cell, `${nth}`);
  }
  while (dispatcher.run(7));
}

/** Steps of one cell, in the order in which it handled them. */
function stepsOf(cell: number, lines: readonly string[]): number[] {
  return lines.filter((line) => line.startsWith(`cell ${cell}:`)).map((line) => Number(line.split('.')[1]));
}

test('whatever is sent to whom, nothing is lost, doubled or overtaken, and no request sees half of another', () => {
  const request = fc.record({ session: fc.nat(2), asked: fc.array(fc.nat(4), { maxLength: 12 }) });
  const fairness = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 40 }), fairness, (requests, share) => {
      runAll(requests, share);
      expect(handled).toHaveLength(requests.reduce((sum, { asked }) => sum + 1 + asked.length, 0));
      for (const [nth, { session, asked }] of requests.entries()) {
        const begun = handled.indexOf(`session ${session}:${nth}`);
        const lines = handled.slice(begun + 1, begun + 1 + asked.length);
        expect(lines.toSorted()).toEqual(asked.map((cell, step) => `cell ${cell}:${nth}.${step}`).toSorted());
        for (const cell of asked) {
          const steps = stepsOf(cell, lines);
          expect(steps).toEqual(steps.toSorted((one, next) => one - next));
        }
      }
    }),
  );
});
