// Pipelined HTTP: requests that one client sends without waiting for the answers.

import { describe, expect, it } from 'vitest';
import { RawSocket } from '../transport/raw-socket.ts';
import { transports, useApi } from './support/api.ts';

const DEPTH = 100;

function request(method: string, path: string, body?: object): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const length = body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: florin\r\n${length}\r\n${text}`;
}

describe.each(transports)('pipelined requests with %s', (transport) => {
  const api = useApi({ transport });

  it('are carried out and answered in their order, reads and writes, sent in one write', async () => {
    const client = await RawSocket.connect(api.server.port);
    const opened = ['payer', 'payee'].map((id) =>
      request('POST', '/v1/accounts', { id, currency: 'EUR', kind: 'user', credit_limit: id === 'payer' ? 10_000 : 0 }),
    );
    const paid = Array.from({ length: DEPTH }, (_, index) => {
      const transfer = { id: `t${index}`, debit_account: 'payer', credit_account: 'payee', amount: 1 };
      return request('POST', '/v1/transfers', transfer) + request('GET', '/v1/accounts/payee');
    });
    client.write([...opened, ...paid].join(''));
    for (const _ of opened) expect(await client.answer()).toMatchObject({ status: 201 });
    for (let index = 0; index < DEPTH; index++) {
      const [transfer, account] = [await client.answer(), await client.answer()];
      expect(JSON.parse(transfer?.body ?? '')).toMatchObject({ id: `t${index}`, status: 'posted' });
      expect(JSON.parse(account?.body ?? '').available).toBeGreaterThanOrEqual(index + 1);
    }
    client.destroy();
  });
});
