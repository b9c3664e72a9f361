// Pages that a person sees who opens the simulator in a browser.

import { isOpen, type ProviderOrder } from './provider-order.ts';
import type { Reply } from './reply.ts';

/** What this is and where to look. */
export function homePage(base: string, orders: number): Reply {
  const body = [
    'This is a simulated payment channel: no real money moves here.',
    '',
    `  orders  ${orders}`,
    `  books   curl -s ${base}/books`,
    `  faults  curl -s ${base}/faults -d '{"rules":[{"match":{"every":2},"do":[{"fault":"drop_reply"}]}]}'`,
    '',
  ].join('\n');
  return { status: 200, type: 'text/plain; charset=utf-8', body };
}

/** Where a customer confirms a payment, or refuses it. */
export function actionPage(order: ProviderOrder): Reply {
  const buttons = isOpen(order)
    ? ['succeeded', 'failed'].map(
        (outcome) =>
          `<form method="post" action="?outcome=${outcome}"><button>${outcome === 'failed' ? 'Refuse' : 'Confirm'}</button></form>`,
      )
    : [`<p>This payment is ${order.status}.</p>`];
  const body = [
    '<!doctype html><meta charset="utf-8"><title>Simulated payment</title>',
    `<h1>Simulated payment ${order.number}</h1>`,
    `<p>${order.moved} minor units of ${order.movedCurrency}. No real money moves.</p>`,
    ...buttons,
  ].join('\n');
  return { status: 200, type: 'text/html; charset=utf-8', body };
}
