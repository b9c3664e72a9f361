// What the log is told about channels: forged callbacks, adapters that fail, breakers that open and close; whose order it was,
// and nothing of what was sent.

import { expect, test } from 'vitest';
import { ChannelDesk } from '../../src/channel-desk.ts';
import { readChannelConfig } from '../../src/channels/channel-config.ts';
import { ChannelGateway } from '../../src/channels/channel-gateway.ts';
import type { ChannelAdapter } from '../../src/channels/channel.ts';
import { Channels, openChecks } from '../../src/channels/channels.ts';
import { readCheck } from '../../src/channels/check-config.ts';
import { ofBusiness } from '../../src/domain/context.ts';
import { LogBook } from '../support/log-book.ts';
import { sampleChannelOrder } from '../support/order-samples.ts';
import { sampleContext } from '../support/samples.ts';
import { exampleAdapter, exampleLimits, SUCCEEDED } from './support/channel-examples.ts';
import { fakeClock, settled } from './support/fake-clock.ts';

const CANARY = '4111111111111111';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

const business = { orderType: 'instant', product: 'sale', ruleVersion: '1', tradeId: 'trd_1', outTradeNo: 'o', payer: 'alice', payee: 'shop', currency: 'EUR', payOrg: 'card' }; // prettier-ignore
const context = ofBusiness({ ...sampleContext, traceId: TRACE }, business);

function deskOf(adapter: ChannelAdapter) {
  const book = new LogBook('info');
  const clock = fakeClock();
  const gateway = new ChannelGateway(adapter, exampleLimits(), clock, book.log);
  const read = readChannelConfig(JSON.stringify({ channels: [{ name: 'card', adapter: 'simulator', baseUrl: 'http://127.0.0.1:1', callbackUrl: 'http://127.0.0.1:1' }] })); // prettier-ignore
  if (!('channels' in read)) throw new Error(read.problems.join());
  const channels = new Channels(read.channels.map((config) => ({ config, gateway })));
  return { book, clock, desk: new ChannelDesk(channels, 'acme', book.log) };
}

test('a forged callback is told of with its channel, its reason and its request, and nothing that it said', async () => {
  const { book, desk } = deskOf(exampleAdapter('card', () => Promise.resolve(SUCCEEDED)));
  const headers = { 'x-signature': CANARY };
  expect(await desk.receive('card', headers, Buffer.from(`{"number":"chn_1","card":"${CANARY}"}`), 'req-7')).toBe(
    'refused',
  );
  expect(await desk.receive('nowhere', headers, Buffer.from(CANARY), 'req-8')).toBe('unknown');
  expect(book.lines).toMatchObject([
    { line: 'callback_refused', channel: 'card', reason: 'signature_missing', request_id: 'req-7' },
  ]);
  expect(book.text).not.toMatch(/4111|chn_1/);
});

test('an adapter that throws is told of with the order that it was about', async () => {
  const thrown = (): Promise<never> => Promise.reject(new TypeError(`cannot read ${CANARY}`));
  const { book, desk } = deskOf(exampleAdapter('card', thrown));
  desk.call({ ...sampleChannelOrder, destination: CANARY }, context);
  await settled();
  expect(book.lines).toMatchObject([
    { line: 'adapter_failed', channel_order_no: 'chn_1', payment_id: 'pay_1', trade_id: 'trd_1', trace_id: TRACE, err: { type: 'TypeError', message: '[masked]' } }, // prettier-ignore
  ]);
  expect(book.text).not.toContain(CANARY);
});

test('so does the breaker of a check, under its name', async () => {
  const [book, clock, problems] = [new LogBook(), fakeClock(), [] as string[]];
  const config = readCheck({ name: 'risk', url: 'http://127.0.0.1:1/', breakerCallsMin: 1 }, 0, problems);
  const opened = openChecks([config], { environment: {}, readFile: () => '', development: true }, clock, book.log);
  if ('problems' in opened) throw new Error(opened.problems.join());
  const checks = [{ name: 'risk', strength: 'strong', timeoutMs: 1_000 }] as const;
  const about = { trade: 'trd_1', outTradeNo: '1', product: 'sale', payer: 'a', payees: [], amount: 1, currency: 'EUR', instruments: [] }; // prettier-ignore
  await opened.ask({ checks, about }, { merchant: 'acme', traceId: '' });
  expect(book.lines).toMatchObject([{ line: 'breaker_open', check: 'risk' }]);
  await opened.stop();
});

test('a breaker says once that it opens, and once that it closes', async () => {
  let broken = true;
  const { book, clock, desk } = deskOf(
    exampleAdapter('card', () => Promise.resolve(broken ? { ...SUCCEEDED, class: 'unknown' } : SUCCEEDED)),
  );
  for (let call = 0; call < 8; call++) {
    desk.call(sampleChannelOrder, context);
    await settled();
  }
  expect(book.names).toEqual(['breaker_open']);
  broken = false;
  await clock.pass(5_000);
  desk.call(sampleChannelOrder, context);
  await settled();
  expect(book.lines.map(({ line, channel }) => [line, channel])).toEqual([
    ['breaker_open', 'card'],
    ['breaker_half_open', 'card'],
    ['breaker_closed', 'card'],
  ]);
});
