// Problem documents over the API: every refusal is told in one shape, under one code, by one order of precedence; and
// nothing from inside the server is in it.

import { describe, expect, it } from 'vitest';
import { REFUSALS, type RefusalRow } from '../../../src/domain/refusals.ts';
import type { Problem } from '../../../src/gateway/problem.ts';
import { transports, useApi } from './support/api.ts';
import { codeOf, fresh, payment } from './support/ledger.ts';
import { expectProblem } from './support/problem.ts';
import { surfaces } from './support/surfaces.ts';

const CORE =
  'body_invalid field_unknown id_invalid amount_invalid currency_invalid same_account idempotency_key_required ' +
  'idempotency_key_reused idempotency_key_in_use transfer_exists_with_different_content account_not_found ' +
  'transfer_not_found account_exists account_frozen account_closed currency_mismatch hold_not_open ' +
  'capture_exceeds_hold batch_member_refused insufficient_funds balance_overflow too_many_requests overloaded ' +
  'shutting_down';

describe.each(transports)('problems over %s', (transport) => {
  const api = useApi({ transport });

  describe('the list of refusals', () => {
    it('is the table of the code, both ways', async () => {
      const { status, body } = await api.http.get<{ data: Record<string, unknown>[] }>('/v1/refusals');
      expect(status).toBe(200);
      const rows = Object.entries(REFUSALS).map(([code, row]: [string, RefusalRow]) => {
        const { number, status: http, meaning, retryable = false, outcome = 'none' } = row;
        return { code, number, status: http, meaning, retryable, outcome };
      });
      expect(body).toEqual({ data: rows, has_more: false });
    });

    it('has the core codes, each with a number of its own in ascending order from 16', async () => {
      const { body } = await api.http.get<{ data: { code: string; number: number }[] }>('/v1/refusals');
      expect(body.data.map(({ code }) => code)).toEqual(expect.arrayContaining(CORE.split(' ')));
      const numbers = body.data.map(({ number }) => number);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
      expect(Math.min(...numbers)).toBe(16);
    });

    it('puts shape before authority before idempotency before existence before state before funds before load', () => {
      const classes = [[400, 404, 405, 408, 413, 415, 431], [401, 403], [409, 422], [404, 410], [409], [409], [429, 503, 500]]; // prettier-ignore
      const starts = [16, 48, 64, 80, 112, 160, 192];
      for (const [code, { number, status }] of Object.entries(REFUSALS)) {
        const place = starts.findLastIndex((start) => start <= number);
        expect(classes[place], code).toContain(status);
      }
    });
  });

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = (op: string, body: object, key?: string) => api.ask(surface, op, body, key);
    const good = () => payment(api, 10, 1);
    const problem = async (op: string, body: object, key?: string): Promise<Problem> => {
      const told = await ask(op, body, key);
      if (told.ok) throw new Error('this should have been refused');
      return told.error;
    };

    it.each([
      ['transfers.create', {}, 'body of no fields', 'id_invalid'],
      ['transfers.create', { id: 'x', debit_account: 'no', credit_account: 'nobody', amount: 1 }, 'no account', 'account_not_found'], // prettier-ignore
      ['transfers.get', { id: 'nothing' }, 'no transfer', 'transfer_not_found'],
      ['accounts.create', { currency: 'EUR', kind: 'user', more: 1 }, 'an unknown field', 'field_unknown'],
      ['transfers.batch', { transfers: [] }, 'an empty batch', 'batch_size_invalid'],
    ] as const)('%s of %o tells a whole problem: %s', async (op, body, _, code) => {
      expectProblem(await problem(op, body), code);
    });

    it('names what was asked', async () => {
      const { instance } = await problem('accounts.get', { id: 'nobody' });
      expect(instance).toBe(surface === 'http' ? '/v1/accounts/nobody' : 'accounts.get');
    });

    it('names the field at fault, and all of them when there are several', async () => {
      const one = await problem('accounts.create', { currency: 'XXXX', kind: 'user' });
      expect(one).toMatchObject({ code: 'currency_invalid', param: 'currency' });
      expect(one).not.toHaveProperty('errors');
      const several = await problem('accounts.create', { id: 'a b', currency: 'XXXX', kind: 7, extra: true });
      expect(several).toMatchObject({ code: 'body_invalid', param: 'kind' });
      expect(several.errors?.map(({ param, code }) => [param, code])).toEqual([
        ['kind', 'body_invalid'],
        ['extra', 'field_unknown'],
        ['id', 'id_invalid'],
        ['currency', 'currency_invalid'],
      ]);
      for (const error of several.errors ?? []) expect(error.detail).not.toBe('');
    });

    it('tells of many mistakes the first twenty', async () => {
      const body = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field-${index}`, index]));
      expect((await problem('accounts.create', body)).errors).toHaveLength(20);
    });

    it('does not tell back more than it was told', async () => {
      const name = 'x'.repeat(5_000);
      const { param } = await problem('accounts.create', { currency: 'EUR', kind: 'user', [name]: 1 });
      expect(param).toBe('x'.repeat(64));
    });

    describe('of two faults at once tells', () => {
      it('the lower of two in the shape', async () => {
        const asked = await good();
        const code = async (change: object, key?: string) => codeOf(await ask('transfers.create', { ...asked, ...change }, key)); // prettier-ignore
        expect(await code({ hold: 7, more: 1 })).toBe('body_invalid');
        expect(await code({ more: 1, id: '' })).toBe('field_unknown');
        expect(await code({ id: '', amount: 0 })).toBe('id_invalid');
        expect(await code({ amount: 0, currency: 'x' })).toBe('amount_invalid');
        expect(await code({ currency: 'x', credit_account: asked.debit_account })).toBe('currency_invalid');
        expect(await code({ id: undefined, credit_account: asked.debit_account })).toBe('same_account');
        expect(await code({ expires_in: 5, amount: 0 })).toBe('body_invalid');
        expect(await code({ more: 1 }, 'two words')).toBe('field_unknown');
        expect(await code({ amount: 0 }, 'two words')).toBe('id_invalid');
      });

      it('the shape before the idempotency', async () => {
        const asked = await good();
        await ask('transfers.create', asked);
        expect(codeOf(await ask('transfers.create', { ...asked, amount: 0 }))).toBe('amount_invalid');
        const key = fresh('key');
        await ask('accounts.create', { currency: 'EUR', kind: 'user' }, key);
        expect(codeOf(await ask('accounts.create', { currency: 'eur', kind: 'user' }, key))).toBe('currency_invalid');
      });

      it('the idempotency before the existence', async () => {
        const asked = await good();
        await ask('transfers.create', asked);
        const gone = { ...asked, debit_account: 'nobody' };
        expect(codeOf(await ask('transfers.create', gone))).toBe('transfer_exists_with_different_content');
        const key = fresh('key');
        await ask('accounts.create', { currency: 'EUR', kind: 'user' }, key);
        expect(codeOf(await ask('transfers.capture', { id: 'nothing' }, key))).toBe('idempotency_key_reused');
        expect(codeOf(await ask('transfers.create', gone, key))).toBe('idempotency_key_reused');
      });

      it('the existence before the state', async () => {
        const asked = await good();
        await api.http.patch(`/v1/accounts/${asked.debit_account}`, { status: 'frozen' });
        const told = await ask('transfers.create', { ...asked, credit_account: 'nobody' });
        expect(codeOf(told)).toBe('account_not_found');
      });

      it('the state before the funds', async () => {
        const asked = { ...(await good()), amount: 1_000 };
        expect(codeOf(await ask('transfers.create', asked))).toBe('insufficient_funds');
        expect(codeOf(await ask('transfers.create', { ...asked, currency: 'USD' }))).toBe('currency_mismatch');
        await api.http.patch(`/v1/accounts/${asked.credit_account}`, { status: 'frozen' });
        expect(codeOf(await ask('transfers.create', { ...asked, currency: 'USD' }))).toBe('account_frozen');
      });
    });
  });
});
