// What the client says that the server answers is what the server answers: the types of both are compared, so that a field
// that comes to a resource without coming to the client does not compile. And the routes are those of the server.

import { describe, expect, expectTypeOf, test } from 'vitest';
import type * as office from '../../src/client/office-types.ts';
import type * as orders from '../../src/client/order-types.ts';
import { ROUTES as CLIENT_ROUTES } from '../../src/client/routes.ts';
import type * as money from '../../src/client/transfer-types.ts';
import type { EntryResource } from '../../src/gateway/entry-resource.ts';
import { OPERATION_NAMES } from '../../src/gateway/operations.ts';
import type { PaymentResource } from '../../src/gateway/order-resources/payment-resource.ts';
import type { RefundResource } from '../../src/gateway/order-resources/refund-resource.ts';
import type { TopUpResource } from '../../src/gateway/order-resources/topup-resource.ts';
import type { TradeResource } from '../../src/gateway/order-resources/trade-resource.ts';
import type { TreeResource } from '../../src/gateway/order-resources/tree-resource.ts';
import type { WithdrawalResource } from '../../src/gateway/order-resources/withdrawal-resource.ts';
import type { RunResource } from '../../src/gateway/reconciliation-resources.ts';
import type { AccountResource, EventResource, TransferResource } from '../../src/gateway/resources.ts';
import { ROUTES } from '../../src/gateway/routes.ts';
import type { DeliveryResource, EndpointResource, NewSecretResource } from '../../src/gateway/webhook-resources.ts';

/** Each resource of the server can be taken for the client's type, and has no field that the client does not know. */
test('resources are what the client says', () => {
  expectTypeOf<AccountResource>().toExtend<money.Account>();
  expectTypeOf<keyof AccountResource>().toEqualTypeOf<keyof money.Account>();
  expectTypeOf<TransferResource>().toExtend<money.Transfer>();
  expectTypeOf<keyof TransferResource>().toEqualTypeOf<keyof money.Transfer>();
  expectTypeOf<EntryResource>().toExtend<money.Entry>();
  expectTypeOf<EventResource>().toExtend<money.ListedEvent>();
  expectTypeOf<TradeResource>().toExtend<orders.Trade>();
  expectTypeOf<keyof TradeResource>().toEqualTypeOf<keyof orders.Trade>();
  expectTypeOf<PaymentResource>().toExtend<orders.Payment>();
  expectTypeOf<keyof PaymentResource>().toEqualTypeOf<keyof orders.Payment>();
  expectTypeOf<RefundResource>().toExtend<orders.Refund>();
  expectTypeOf<keyof RefundResource>().toEqualTypeOf<keyof orders.Refund>();
  expectTypeOf<TopUpResource>().toExtend<orders.TopUp>();
  expectTypeOf<keyof TopUpResource>().toEqualTypeOf<keyof orders.TopUp>();
  expectTypeOf<WithdrawalResource>().toExtend<orders.Withdrawal>();
  expectTypeOf<keyof WithdrawalResource>().toEqualTypeOf<keyof orders.Withdrawal>();
  expectTypeOf<TreeResource>().toExtend<orders.OrderTree>();
  expectTypeOf<RunResource>().toExtend<office.Run>();
  expectTypeOf<EndpointResource>().toExtend<office.Endpoint>();
  expectTypeOf<NewSecretResource>().toExtend<office.NewSecret>();
  expectTypeOf<DeliveryResource>().toExtend<office.Delivery>();
});

describe('the client knows', () => {
  test('every operation of the WebSocket, and its route', () => {
    expect(Object.keys(CLIENT_ROUTES).toSorted()).toEqual(OPERATION_NAMES.toSorted());
    const own = new Map<string, string>(ROUTES.map(({ action, method, path }) => [action, `${method} ${path}`]));
    for (const [name, route] of Object.entries(CLIENT_ROUTES)) expect(route, name).toBe(own.get(name));
  });
});
