// A request, limits and an adapter, to be changed in what a test is about.

import { reportOf } from '../../../src/channels/channel-report.ts';
import type { ChannelAdapter, ChannelReport, ChannelRequest } from '../../../src/channels/channel.ts';
import type { GatewayLimits } from '../../../src/channels/channel-gateway.ts';
import type { HttpLimits } from '../../../src/channels/http-call.ts';

export function exampleRequest(changed: Partial<ChannelRequest> = {}): ChannelRequest {
  return {
    number: 'chn_1',
    verb: 'pay',
    amount: 1_000,
    currency: 'EUR',
    original: '',
    originalTradeNo: '',
    channelTradeNo: '',
    sentAtMs: 0,
    destination: '',
    traceparent: '',
    ...changed,
  };
}

export function exampleLimits(changed: Partial<GatewayLimits> = {}): GatewayLimits {
  const lane = {
    bulkhead: { inFlightMax: 10, queueMax: 10 },
    rate: { perSecond: 1_000_000, burst: 1_000_000 },
    queueWaitMsMax: 2_000,
  };
  const deadlines = { pay: 8_000, prepay: 8_000, refund: 8_000, payout: 8_000 };
  return {
    money: lane,
    asking: lane,
    breaker: { windowMs: 10_000, callsMin: 4, errorRatio: 0.5, slowMs: 6_000, slowRatio: 0.5, openMs: 5_000 },
    deadlineMs: { ...deadlines, query: 3_000, queryRefund: 3_000, queryPayout: 3_000, close: 3_000 },
    maintenance: [],
    ...changed,
  };
}

export const EXAMPLE_HTTP_LIMITS: HttpLimits = {
  connections: 50,
  connectMsMax: 1_000,
  headersMsMax: 5_000,
  bodyMsMax: 5_000,
  bodyBytesMax: 10_000,
};

export const SUCCEEDED: ChannelReport = reportOf('succeeded', { channelTradeNo: 't1', amount: 1_000, currency: 'EUR' });

type Answer = (request: ChannelRequest, signal: AbortSignal) => Promise<ChannelReport>;

/** Answers every verb as told, and says how often it was asked. */
export function exampleAdapter(name: string, answer: Answer): ChannelAdapter & { readonly asked: () => number } {
  let asked = 0;
  const counted: Answer = (request, signal) => {
    asked += 1;
    return answer(request, signal);
  };
  return {
    name,
    pay: counted,
    refund: counted,
    payout: counted,
    query: counted,
    queryRefund: counted,
    queryPayout: counted,
    close: counted,
    prepay: async (request, signal) => ({ ...(await counted(request, signal)), token: 'token', expiresAtMs: 1 }),
    downloadBill: async function* () {
      yield 'line';
    },
    parseCallback: () => ({ refused: 'signature_missing' }),
    stop: async () => {},
    asked: () => asked,
  };
}
