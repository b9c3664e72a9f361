// The Stripe-shaped server with the Stripe channel.

import { HttpCalls } from '../../../src/channels/http-call.ts';
import { makeStripeChannel } from '../../../src/channels/stripe-channel.ts';
import { EXAMPLE_HTTP_LIMITS } from './channel-examples.ts';
import type { Provider } from './provider.ts';
import { startStripeServer, type StripeServer } from './stripe-server.ts';

export const WEBHOOK_SECRET = 'whsec_of_the_contract_tests';

export async function startStripeProvider(): Promise<Provider & { readonly server: StripeServer }> {
  const server = await startStripeServer(WEBHOOK_SECRET);
  const adapter = makeStripeChannel({
    name: 'stripe',
    secret: 'sk_test_of_the_contract_tests',
    webhookSecret: WEBHOOK_SECRET,
    returnUrl: 'https://shop.example/back',
    paymentMethod: 'pm_card_visa',
    http: new HttpCalls(server.url, { ...EXAMPLE_HTTP_LIMITS, bodyBytesMax: 1_048_576 }),
    now: Date.now,
  });
  const { intents, refunds, payouts } = server.books;
  return {
    server,
    adapter,
    fault: server.fault,
    debits: () => [...intents.values()].filter(({ status }) => status === 'succeeded').length,
    callback: async (number) => {
      const all = [intents, refunds, payouts].flatMap((objects) => [...objects.values()]);
      const object = all.find(({ metadata }) => (metadata as Record<string, string>)['florin_number'] === number);
      if (!object) throw new Error(`nothing is known of ${number}`);
      return server.webhook(object);
    },
    bankAccount: 'ba_1',
    stopServer: server.stop,
    stop: async () => {
      await adapter.stop();
      await server.stop();
    },
  };
}
