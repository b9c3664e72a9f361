// A payment of 1.00 EUR that succeeded, as the books of the simulator have it.

import type { ProviderOrder } from '../../../src/channels/simulator/provider-order.ts';

export const PAID: ProviderOrder = {
  number: 'p1',
  verb: 'pay',
  status: 'succeeded',
  tradeNumber: 'sim_1_00000001',
  amount: 100,
  currency: 'EUR',
  moved: 100,
  movedCurrency: 'EUR',
  fee: 0,
  original: '',
  destination: '',
  capture: true,
  reason: '',
  notifyUrl: '',
  token: '',
  expiresAtMs: 0,
  visibleAtMs: 0,
};
