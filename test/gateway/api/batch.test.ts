// Batches over the API: many transfers in one request, each standing alone, or all or nothing.

import { beforeAll, describe, expect, it } from 'vitest';
import { numberOf, type Refusal } from '../../../src/domain/refusals.ts';
import { transports, useApi } from './support/api.ts';
import { account, bodyOf, codeOf, fresh, openBank, openWith, transfer } from './support/ledger.ts';
import { surfaces } from './support/surfaces.ts';
import { askSpelled, HERE, ids, largest, noAmounts, noIds, ones, spelled } from './support/values.ts';

type Answer = { readonly results: readonly number[]; readonly position: number };

const [POST, HOLD, CAPTURE, VOID] = [0, 1, 2, 3];
const refused = (...codes: Refusal[]): number[] => codes.map(numberOf);

describe.each(transports)('batches over %s', (transport) => {
  const api = useApi({ transport, batchMax: 100 });

  const pair = async (funds = 100) => [await openWith(api, funds), await openWith(api, 0)] as const;

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = (body: object, key?: string) => api.ask<Answer>(surface, 'transfers.batch', body, key);
    const results = async (...transfers: unknown[]) => bodyOf(await ask({ transfers })).results;
    const atomic = async (...transfers: unknown[]) => bodyOf(await ask({ transfers, atomic: true })).results;
    const one = async (spelling: Parameters<typeof askSpelled>[3], transfers: unknown[]) => {
      const told = await askSpelled(api, surface, { op: 'transfers.batch', body: { transfers } }, spelling);
      return bodyOf(told)['results'];
    };

    it('posts, holds, captures and voids in one request, in the order of its tuples', async () => {
      const [a, b] = await pair();
      const [p, h, c, v] = [fresh('post'), fresh('hold'), fresh('capture'), fresh('void')];
      const told = bodyOf(
        await ask({ transfers: [[p, a, b, 40], [h, a, b, 60, HOLD, null, 30], [c, a, b, 50, CAPTURE, h], [v, null, null, null, VOID, h]] }), // prettier-ignore
      );
      expect(told).toEqual({ results: [0, 1, 2, 3], position: expect.any(Number) as number });
      expect(await account(api, a)).toMatchObject({ available: 10, held: 0 });
      expect(await account(api, b)).toMatchObject({ available: 90, pending: 0 });
      expect(await transfer(api, h)).toMatchObject({ status: 'voided', captured: 50, released: 10, remaining: 0 });
    });

    it('answers with a position that grows', async () => {
      const [a, b] = await pair();
      const first = bodyOf(await ask({ transfers: [[fresh(), a, b, 1]] }));
      const second = bodyOf(await ask({ transfers: [[fresh(), a, b, 1]] }));
      expect(second.position).toBeGreaterThan(first.position);
    });

    it('lets each tuple stand alone', async () => {
      const [a, b] = await pair();
      const told = await results([fresh(), a, b, 90], [fresh(), a, b, 90], [fresh(), a, a, 1], [fresh(), a, 'nobody', 1], [fresh(), a, b, 10]); // prettier-ignore
      expect(told).toEqual([0, ...refused('insufficient_funds', 'same_account', 'account_not_found'), 0]);
      expect(await account(api, b)).toMatchObject({ available: 100 });
    });

    it('answers 4 for the same transfer again, and refuses another under its id', async () => {
      const [a, b] = await pair();
      const [post, hold, capture] = [[fresh(), a, b, 10], [fresh(), a, b, 20, HOLD], [fresh(), null, null, 5, CAPTURE]]; // prettier-ignore
      const all = [post, hold, [...capture, hold[0]]];
      expect(await results(...all)).toEqual([0, 1, 2]);
      expect(await results(...all)).toEqual([4, 4, 4]);
      const different = refused('transfer_exists_with_different_content');
      expect(await results([post[0], a, b, 11])).toEqual(different);
      expect(await results([post[0], a, b, 10, HOLD])).toEqual(different);
      expect(await results([hold[0], a, b, 20, POST])).toEqual(different);
      expect(await results([capture[0], null, null, 6, CAPTURE, hold[0]])).toEqual(different);
      expect(await results([fresh(), a, b, 1], [post[0], b, a, 10])).toEqual([0, ...different]);
      expect(await account(api, a)).toMatchObject({ available: 69, held: 15 });
    });

    it('judges a refusal for want of money anew', async () => {
      const [a, b] = await pair(0);
      const tuple = [fresh(), a, b, 10];
      expect(await results(tuple)).toEqual(refused('insufficient_funds'));
      await results([fresh(), await openBank(api.http), a, 10]);
      expect(await results(tuple)).toEqual([0]);
    });

    it('answers the same transfer by HTTP, by frame and in a batch with one effect', async () => {
      const [a, b] = await pair();
      const single = { id: fresh(), debit_account: a, credit_account: b, amount: 10 };
      expect(codeOf(await api.ask(surface, 'transfers.create', single))).toBe('ok');
      expect(await results([single.id, a, b, 10])).toEqual([4]);
      expect(await account(api, a)).toMatchObject({ available: 90 });
    });

    describe('atomic', () => {
      it('carries out all of it', async () => {
        const [a, b] = await pair();
        const hold = fresh();
        expect(await atomic([fresh(), a, b, 50], [hold, a, b, 50, HOLD], [fresh(), null, null, null, CAPTURE, hold])).toEqual([0, 1, 2]); // prettier-ignore
        expect(await account(api, b)).toMatchObject({ available: 100 });
      });

      it('leaves nothing behind when one is refused, and says which one', async () => {
        const [a, b] = await pair();
        const [kept, hold] = [fresh(), fresh()];
        const told = await atomic([kept, a, b, 50], [hold, a, b, 10, HOLD], [fresh(), a, b, 41], [fresh(), a, b, 1]);
        const member = numberOf('batch_member_refused');
        expect(told).toEqual([member, member, numberOf('insufficient_funds'), member]);
        expect(await account(api, a)).toMatchObject({ available: 100, held: 0, version: 2 });
        for (const id of [kept, hold]) {
          expect(codeOf(await api.ask(surface, 'transfers.get', { id }))).toBe('transfer_not_found');
        }
        expect(await results([kept, a, b, 60], [fresh(), null, null, null, CAPTURE, hold])).toEqual([0, ...refused('transfer_not_found')]); // prettier-ignore
      });
    });

    describe('shape', () => {
      let [payer, payee] = ['', ''];
      beforeAll(async () => {
        [payer, payee] = await pair();
      });

      it.each([
        ['batch_size_invalid', { transfers: [] }],
        ['batch_size_invalid', { transfers: Array.from({ length: 101 }, () => ['a', 'b', 'c', 1]) }],
        ['body_invalid', {}],
        ['body_invalid', { transfers: null }],
        ['body_invalid', { transfers: 'all' }],
        ['body_invalid', { transfers: { 0: ['a', 'b', 'c', 1], length: 1 } }],
        ['body_invalid', { transfers: [['a', 'b', 'c', 1]], atomic: 1 }],
        ['field_unknown', { transfers: [['a', 'b', 'c', 1]], order: 'any' }],
      ])('%s for %j', async (code, body) => {
        expect(codeOf(await ask(body))).toBe(code);
      });

      it('takes as many transfers as it says', async () => {
        const [a, b] = await pair();
        const told = await results(...Array.from({ length: 100 }, () => [fresh(), a, b, 1]));
        expect(told).toEqual(Array.from({ length: 100 }, () => 0));
      });

      it.each([
        ['not a tuple', 'text'],
        ['null', null],
        ['a map', { id: 'a' }],
        ['empty', []],
        ['too short', ['id', 'a', 'b']],
        ['too long', ['id', 'a', 'b', 1, 0, null, null, null]],
        ['of kind 4', ['id', 'a', 'b', 1, 4]],
        ['of kind -1', ['id', 'a', 'b', 1, -1]],
        ['of kind 0.5', ['id', 'a', 'b', 1, 0.5]],
        ['of kind "1"', ['id', 'a', 'b', 1, '1']],
        ['of kind true', ['id', 'a', 'b', 1, true]],
        ['a post with a ref', ['id', 'a', 'b', 1, POST, 'ref']],
        ['a hold with a ref', ['id', 'a', 'b', 1, HOLD, 'ref']],
        ['a post that expires', ['id', 'a', 'b', 1, POST, null, 5]],
        ['a capture that expires', ['id', null, null, null, CAPTURE, 'ref', 5]],
        ['a hold that expires at once', ['id', 'a', 'b', 1, HOLD, null, 0]],
        ['a hold that expires at half a second', ['id', 'a', 'b', 1, HOLD, null, 0.5]],
        ['a hold that expires in a text', ['id', 'a', 'b', 1, HOLD, null, '5']],
      ])('refuses by itself what is %s', async (_, tuple) => {
        const before = (await account(api, payee)).available;
        expect(await results([fresh(), payer, payee, 1], tuple, [fresh(), payer, payee, 1])).toEqual([0, ...refused('body_invalid'), 0]); // prettier-ignore
        expect((await account(api, payee)).available).toBe(before + 2);
      });

      it('takes a null for what is left out', async () => {
        const [a, b] = await pair();
        expect(await results([fresh(), a, b, 1, null, null, null], [fresh(), a, b, 1, HOLD, null, null])).toEqual([0, 1]); // prettier-ignore
      });
    });

    describe('spellings', () => {
      let [bank, b] = ['', ''];
      beforeAll(async () => {
        [bank, b] = [await openBank(api.http), await openWith(api, 0)];
      });

      it.each(spelled(surface, ones))('takes $name for one', async (spelling) => {
        const { available } = await account(api, b);
        expect(await one(spelling, [[fresh(), bank, b, HERE]])).toEqual([0]);
        expect((await account(api, b)).available).toBe(available + 1);
      });

      it.each(spelled(surface, ones).filter(({ name }) => name !== '"1"'))('takes $name for a hold', async (kind) => {
        expect(await one(kind, [[fresh(), bank, b, 7, HERE]])).toEqual([1]);
      });

      it.each(spelled(surface, largest))('takes $name for the largest amount', async (spelling) => {
        const [, empty] = await pair(0);
        expect(await one(spelling, [[fresh(), bank, empty, HERE]])).toEqual(refused('balance_overflow'));
        const [source, target] = [await openBank(api.http), empty];
        expect(await one(spelling, [[fresh(), source, target, HERE]])).toEqual([0]);
      });

      it.each(spelled(surface, noAmounts))('refuses the amount $name', async (spelling) => {
        const wrong = refused('amount_invalid');
        expect(await one(spelling, [[fresh(), bank, b, HERE]])).toEqual(wrong);
        expect(await one(spelling, [[fresh(), bank, b, HERE, HOLD]])).toEqual(wrong);
        expect(await one(spelling, [[fresh(), null, null, HERE, CAPTURE, 'h']])).toEqual(wrong);
        expect(await one(spelling, [[fresh(), null, null, HERE, VOID, 'h']])).toEqual(wrong);
      });

      it('refuses a post without an amount', async () => {
        expect(await results([fresh(), bank, b, null])).toEqual(refused('amount_invalid'));
      });

      it.each(spelled(surface, noIds))('refuses the id $name', async (spelling) => {
        const wrong = refused('id_invalid');
        expect(await one(spelling, [[HERE, bank, b, 1]])).toEqual(wrong);
        expect(await one(spelling, [[fresh(), HERE, b, 1]])).toEqual(wrong);
        expect(await one(spelling, [[fresh(), bank, HERE, 1]])).toEqual(wrong);
        expect(await one(spelling, [[fresh(), null, null, 1, CAPTURE, HERE]])).toEqual(wrong);
        expect(await one(spelling, [[fresh(), HERE, null, 1, VOID, 'h']])).toEqual(wrong);
      });

      it.each(ids)('takes the id %s', async (id) => {
        const [told] = await results([id, bank, b, 1]);
        expect([0, ...refused('transfer_exists_with_different_content')]).toContain(told);
        expect(bodyOf(await api.ask(surface, 'transfers.get', { id }))).toMatchObject({ id });
      });
    });
  });

  it('needs no key, and no Location', async () => {
    const [a, b] = [await openWith(api, 10), await openWith(api, 0)];
    const seen = await api.http.post('/v1/transfers/batch', { transfers: [[fresh(), a, b, 1]] });
    expect(seen.status).toBe(200);
    expect(seen.headers.location).toBeUndefined();
  });

  it('keeps the order of sending on one connection', async () => {
    const [bank, a, b] = [await openBank(api.http), await openWith(api, 0), await openWith(api, 0)];
    const socket = await api.open({ format: 'msgpack' });
    const rounds = Array.from({ length: 50 }, (_, index) => index + 1);
    const told = await Promise.all(
      rounds.flatMap((amount) => [
        socket.ask<Answer>('transfers.batch', { transfers: [[fresh(), bank, a, amount]] }),
        socket.ask<Answer>('transfers.batch', { transfers: [[fresh(), a, b, amount]] }),
        socket.ask<Answer>('transfers.batch', { transfers: [[fresh(), b, bank, amount]] }),
      ]),
    );
    expect(told.flatMap((answer) => bodyOf(answer).results)).toEqual(Array.from({ length: 150 }, () => 0));
    const positions = told.map((answer) => bodyOf(answer).position);
    expect(positions).toEqual(positions.toSorted((one, other) => one - other));
  });
});
