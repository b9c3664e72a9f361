// Requests over HTTP, and what their answers say. k6 sees a status of 0 where no answer came.

import http, { type RefinedResponse } from 'k6/http';
import { drawAmount, drawPair, headers, SHOP, type Spread } from './accounts.ts';
import { jsonTransfer, transferId, type Transfer } from './codec.ts';
import { acknowledge, expectedElse, unanswered, type Deed } from './measures.ts';
import { target } from './settings.ts';

type Answer = RefinedResponse<'text'>;

/** A name each: k6 would otherwise make one of every URL. */
const TAGS = { tags: { name: 'post' } };

export function post(path: string, body: string, key = ''): Answer {
  const params = { headers: key === '' ? headers : { ...headers, 'Idempotency-Key': key }, ...TAGS };
  return http.post(`http://${target}${path}`, body, { ...params, responseType: 'text' });
}

/** True when the answer has the status; else it is counted as unknown or as wrong. */
export function answered(answer: Answer, status: number): boolean {
  if (answer.status === status) return true;
  if (answer.status === 0) unanswered(1);
  else expectedElse(`${answer.status} ${answer.body}`);
  return false;
}

/** A transfer that was not there before. */
export function drawTransfer(letter: string, number: number, spread: Spread): Transfer {
  const [debit, credit] = drawPair(spread);
  return { id: transferId(letter, number), debit, credit, amount: drawAmount() };
}

/** Posts one; null unless it was done. */
export function postTransfer(transfer: Transfer): Answer | null {
  return did('posted', transfer.amount, post('/v1/transfers', jsonTransfer(transfer)), 201);
}

/** Holds, and captures all of it. */
export function holdAndCapture(transfer: Transfer): void {
  const held = did('held', transfer.amount, post('/v1/transfers', jsonTransfer(transfer, true)), 201);
  if (!held) return;
  const path = `/v1/transfers/${transfer.id}/capture`;
  did('captured', transfer.amount, post(path, `{"amount":${transfer.amount}}`, `capture:${transfer.id}`), 200);
}

/** Makes a trade, and pays it by balance. */
export function tradeAndPay({ id, debit, amount }: Transfer): void {
  const terms = { out_trade_no: id, product: 'sale', payer: debit, amount, currency: 'EUR' };
  const body = JSON.stringify({ ...terms, payees: [{ account: SHOP, amount }] });
  const made = post('/v1/trades', body, `trade:${id}`);
  if (!answered(made, 201)) return;
  const trade = made.json('id') as string;
  const paid = post(`/v1/trades/${trade}/pay`, '{"instruments":[{"type":"balance"}]}', `pay:${id}`);
  if (!answered(paid, 201)) return;
  if (paid.json('status') === 'succeeded') acknowledge('paid', amount);
  else expectedElse(`a payment is ${paid.json('status') as string}`);
}

function did(deed: Deed, amount: number, answer: Answer, status: number): Answer | null {
  if (!answered(answer, status)) return null;
  acknowledge(deed, amount);
  return answer;
}
