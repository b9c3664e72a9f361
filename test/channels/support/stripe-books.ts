// The books of the Stripe-shaped server: payment intents, refunds, payouts and what they moved, as far as the adapter
// looks at them. Field names are those of Stripe's API.

export type StripeObject = Record<string, unknown> & { readonly id: string; status: string };

/** What a request is refused with: an HTTP status and Stripe's error object. */
export class StripeRefusal extends Error {
  readonly status: number;
  readonly error: Readonly<Record<string, unknown>>;

  constructor(status: number, error: Readonly<Record<string, unknown>>) {
    super(String(error['code']));
    this.status = status;
    this.error = error;
  }
}

type Fields = ReadonlyMap<string, string>;

export type Outcome = 'succeed' | 'decline' | 'accept' | 'require_action';

export class StripeBooks {
  readonly intents = new Map<string, StripeObject>();
  readonly refunds = new Map<string, StripeObject>();
  readonly payouts = new Map<string, StripeObject>();
  readonly movements: StripeObject[] = [];
  #numbers = 0;

  createIntent(fields: Fields, outcome: Outcome): StripeObject {
    const intent = this.#add(this.intents, 'pi', 'payment_intent', fields, {
      amount_received: 0,
      next_action: null,
      last_payment_error: null,
      client_secret: `pi_${this.#numbers}_secret`,
    });
    if (fields.get('confirm') !== 'true') return Object.assign(intent, { status: 'requires_payment_method' });
    switch (outcome) {
      case 'succeed':
        this.#move('charge', intent, Number(intent['amount']));
        return Object.assign(intent, { status: 'succeeded', amount_received: intent['amount'] });
      case 'accept':
        // Held until it is captured; unlike one that is processing it can be canceled.
        return Object.assign(intent, { status: 'requires_capture' });
      case 'require_action': {
        const url = `https://pay.example/${intent.id}`;
        return Object.assign(intent, { status: 'requires_action', next_action: { redirect_to_url: { url } } });
      }
      case 'decline': {
        const error = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' };
        Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error });
        throw new StripeRefusal(402, { ...error, payment_intent: intent });
      }
    }
  }

  createRefund(fields: Fields, outcome: Outcome): StripeObject {
    const original = this.intents.get(fields.get('payment_intent') ?? '');
    if (!original) throw missing();
    const amount = Number(fields.get('amount'));
    const refunded = [...this.refunds.values()]
      .filter(({ payment_intent: of }) => of === original.id)
      .reduce((sum, { amount: one }) => sum + Number(one), 0);
    if (amount + refunded > Number(original['amount_received'])) {
      throw new StripeRefusal(400, { type: 'invalid_request_error', code: 'amount_too_large' });
    }
    const refund = this.#add(this.refunds, 're', 'refund', fields, { currency: original['currency'] });
    if (outcome === 'succeed') this.#move('refund', refund, -amount);
    return Object.assign(refund, { status: REFUND_STATUS[outcome] });
  }

  createPayout(fields: Fields, outcome: Outcome): StripeObject {
    const payout = this.#add(this.payouts, 'po', 'payout', fields, {});
    if (outcome === 'succeed') this.#move('payout', payout, -Number(payout['amount']));
    return Object.assign(payout, { status: PAYOUT_STATUS[outcome] });
  }

  cancel(objects: ReadonlyMap<string, StripeObject>, id: string): StripeObject {
    const object = this.get(objects, id);
    if (['succeeded', 'paid', 'canceled', 'failed', 'processing'].includes(object.status)) {
      throw new StripeRefusal(400, { type: 'invalid_request_error', code: 'payment_intent_unexpected_state' });
    }
    return Object.assign(object, { status: 'canceled' });
  }

  get(objects: ReadonlyMap<string, StripeObject>, id: string): StripeObject {
    const object = objects.get(id);
    if (!object) throw missing();
    return object;
  }

  #add(
    objects: Map<string, StripeObject>,
    prefix: string,
    object: string,
    fields: Fields,
    others: Readonly<Record<string, unknown>>,
  ): StripeObject {
    this.#numbers += 1;
    const metadata = [...fields]
      .filter(([name]) => name.startsWith('metadata['))
      .map(([name, value]) => [name.slice('metadata['.length, -1), value]);
    const added: StripeObject = {
      id: `${prefix}_${this.#numbers}`,
      object,
      status: '',
      amount: Number(fields.get('amount')),
      currency: fields.get('currency'),
      payment_intent: fields.get('payment_intent') ?? null,
      created: Math.floor(Date.now() / 1_000),
      ...others,
      metadata: Object.fromEntries(metadata) as Record<string, string>,
    };
    objects.set(added.id, added);
    return added;
  }

  #move(type: string, source: StripeObject, amount: number): void {
    const fee = type === 'charge' ? 30 : 0;
    const { currency, created } = source;
    const id = `txn_${this.movements.length + 1}`;
    const movement = { id, object: 'balance_transaction', status: 'available', type, source, amount, fee };
    this.movements.push({ ...movement, net: amount - fee, currency, created });
  }
}

const REFUND_STATUS = { succeed: 'succeeded', decline: 'failed', accept: 'pending', require_action: 'requires_action' };
const PAYOUT_STATUS = { succeed: 'paid', decline: 'failed', accept: 'pending', require_action: 'pending' };

function missing(): StripeRefusal {
  return new StripeRefusal(404, { type: 'invalid_request_error', code: 'resource_missing' });
}
