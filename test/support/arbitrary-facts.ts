// Facts of every kind with any content that the engine could give them, for fast-check.

import * as fc from 'fast-check';
import type { Context } from '../../src/domain/context.ts';
import type {
  AccountChanged,
  AccountOpened,
  AccountRuled,
  BatchAnswered,
  CreditsApplied,
  DayOpened,
  Fact,
  KeyRemembered,
  Leg,
  SubAccountGathered,
  TransferMoved,
  TransferReversed,
  TransferRouted,
} from '../../src/domain/facts.ts';
import { creditingOf } from '../../src/domain/crediting.ts';
import { arbitraryOrderFact as orderFact } from './arbitrary-orders.ts';
import { MONEY_MAX } from '../../src/domain/money.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const id = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,64}$/);
const amount = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: MONEY_MAX }));
const balance = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.integer({ min: -MONEY_MAX, max: MONEY_MAX }),
  fc.constantFrom(MONEY_MAX, -MONEY_MAX, 2 ** 31, 2 ** 32, -(2 ** 31) - 1, 2 ** 52),
);
const count = fc.nat({ max: 0xffffffff });
const timeMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const limit = fc.oneof(fc.constantFrom(0, Infinity), amount);
const status = fc.constantFrom('active', 'frozen', 'closed');
// msgpackr renames this one key, for safety; the gateway does not take it.
const metadata = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  text,
  { maxKeys: 4, noNullPrototype: true },
);
const keyed = fc.oneof(
  fc.constant({ key: '', fingerprint: '' }),
  fc.record({ key: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), fingerprint: text }),
);

const business = fc.record({
  orderType: text,
  product: text,
  ruleVersion: text,
  tradeId: id,
  outTradeNo: text,
  payer: id,
  payee: id,
  currency: id,
  payOrg: text,
});

/** With the root of an order or without, which are two layouts. */
export const arbitraryContext: fc.Arbitrary<Context> = fc
  .record({
    merchant: id,
    origin: fc.constantFrom('http', 'ws', 'timer', 'operator'),
    requestId: text,
    traceId: text,
    shadow: fc.boolean(),
    by: text,
    business: fc.option(business),
  })
  .map((rest) => ({ version: rest.business === null ? 1 : 2, ...rest, by: rest.business === null ? '' : rest.by }));

const plainLeg: fc.Arbitrary<Leg> = fc.record({ account: id, version: count, available: balance });

const aside = fc.record({ version: count, available: amount });

/** Of an account with sub-accounts, or of one without. */
const leg: fc.Arbitrary<Leg> = fc.oneof(
  { arbitrary: plainLeg, weight: 3 },
  fc.tuple(plainLeg, aside).map(([one, beside]) => ({ ...one, aside: beside })),
);

function factsOf(context: fc.Arbitrary<Context>): fc.Arbitrary<Fact> {
  return fc.oneof(
    { arbitrary: moved(context), weight: 3 },
    { arbitrary: posted(context), weight: 3 },
    opened(context),
    changed(context),
    answered(context),
    remembered(context),
    dayOpened(context),
    reversed(context),
    routed(context),
    applied(context),
    ruled(context),
    orderFact(context),
    gathered(context),
  );
}

function opened(context: fc.Arbitrary<Context>): fc.Arbitrary<AccountOpened> {
  const own = fc.record({ account: id, ordinal: count, currency: id, accountKind: text, creditLimit: limit, metadata });
  return fc.tuple(context, keyed, own).map(([of, key, rest]) => ({ kind: 1, context: of, ...key, ...rest }));
}

function changed(context: fc.Arbitrary<Context>): fc.Arbitrary<AccountChanged> {
  const own = fc.record({
    account: id,
    version: count,
    status,
    creditLimit: limit,
    metadata,
    fixed: fc.tuple(count, id, text, timeMs),
    balances: fc.tuple(balance, amount, amount),
  });
  return fc.tuple(context, keyed, own).map(([of, key, rest]) => ({ kind: 2, context: of, ...key, ...rest }));
}

function answered(context: fc.Arbitrary<Context>): fc.Arbitrary<BatchAnswered> {
  const results = fc.array(fc.nat({ max: 255 }), { maxLength: 20 });
  return fc.tuple(context, keyed, results).map(([of, key, told]) => ({ kind: 4, context: of, ...key, results: told }));
}

function remembered(context: fc.Arbitrary<Context>): fc.Arbitrary<KeyRemembered> {
  const own = fc.record({ answerSeq: count, answerIndex: count });
  return fc.tuple(context, keyed, own).map(([of, key, rest]) => ({ kind: 5, context: of, ...key, ...rest }));
}

function dayOpened(context: fc.Arbitrary<Context>): fc.Arbitrary<DayOpened> {
  const date = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
  return fc.tuple(context, date).map(([of, day]) => ({
    kind: 6,
    context: of,
    date: day.toISOString().slice(0, 10),
    key: '',
    fingerprint: '',
  }));
}

/** Any step of a transfer, with all that can be known of it. */
function moved(context: fc.Arbitrary<Context>): fc.Arbitrary<TransferMoved> {
  const own = fc.record({
    step: fc.constantFrom('held', 'captured', 'voided', 'expired'),
    id: fc.oneof(id, fc.constant('')),
    debit: leg,
    credit: leg,
    currency: id,
    amount,
    transfer: id,
    moved: amount,
    captured: amount,
    released: amount,
    status: fc.constantFrom('held', 'captured', 'voided', 'expired'),
    version: count,
    expiresAtMs: timeMs,
    expiresInSeconds: count,
    requested: amount,
    createdAtMs: timeMs,
    originSeq: count,
    previousSeq: count,
    metadata: fc.option(metadata),
  });
  return fc.tuple(context, keyed, own).map(([of, key, rest]) => ({ kind: 3, context: of, ...key, ...rest }));
}

function reversed(context: fc.Arbitrary<Context>): fc.Arbitrary<TransferReversed> {
  const own = fc.record({
    debit: leg,
    credit: leg,
    currency: id,
    amount,
    transfer: id,
    moved: amount,
    captured: amount,
    released: amount,
    version: count,
    expiresAtMs: timeMs,
    expiresInSeconds: count,
    createdAtMs: timeMs,
    originSeq: count,
    previousSeq: count,
    metadata: fc.option(metadata),
    takesBack: fc.record({
      step: fc.constantFrom('posted', 'captured'),
      version: count,
      seq: count,
      index: count,
      timeMs,
    }),
    reason: text,
    notes: fc.option(metadata),
  });
  return fc.tuple(context, keyed, own).map(([of, key, rest]) => {
    return { kind: 11, context: of, step: 'reversed', status: 'reversed', id: '', ...key, ...rest };
  });
}

/** A post; without key and metadata it has the short row. */
function posted(context: fc.Arbitrary<Context>): fc.Arbitrary<TransferMoved> {
  const own = fc.record({ id, debit: leg, credit: leg, currency: id, amount, metadata: fc.option(metadata) });
  return fc.tuple(context, keyed, own).map(([of, key, post]) => ({
    kind: 3,
    context: of,
    ...key,
    ...post,
    step: 'posted',
    transfer: post.id,
    moved: post.amount,
    captured: 0,
    released: 0,
    status: 'posted',
    version: 1,
    expiresAtMs: 0,
    expiresInSeconds: 0,
    requested: 0,
    createdAtMs: 0,
    originSeq: 0,
    previousSeq: 0,
  }));
}

/** A step by way of another account. */
function routed(context: fc.Arbitrary<Context>): fc.Arbitrary<TransferRouted> {
  const own = fc.record({
    step: fc.constantFrom('buffered', 'sent', 'delivered', 'returned', 'parked', 'spread'),
    status: fc.constantFrom('posted', 'sent', 'returned', 'parked'),
    id: fc.oneof(id, fc.constant('')),
    debit: leg,
    credit: leg,
    via: plainLeg,
    suspense: fc.option(plainLeg),
    currency: id,
    amount,
    transfer: id,
    version: count,
    dueMs: timeMs,
    reason: fc.nat({ max: 255 }),
    createdAtMs: timeMs,
    originSeq: count,
    previousSeq: count,
    metadata: fc.option(metadata),
  });
  const none = { captured: 0, released: 0, expiresAtMs: 0, expiresInSeconds: 0, requested: 0 };
  return fc
    .tuple(context, keyed, own)
    .map(([of, key, rest]) => ({ kind: 7, context: of, ...key, ...none, ...rest, moved: rest.amount }));
}

function applied(context: fc.Arbitrary<Context>): fc.Arbitrary<CreditsApplied> {
  const own = fc.record({
    step: fc.constantFrom('applied', 'parked'),
    id,
    account: id,
    via: plainLeg,
    to: leg,
    currency: id,
    amount,
    reason: fc.nat({ max: 255 }),
  });
  return fc.tuple(context, own).map(([of, rest]) => ({ kind: 8, context: of, key: '', fingerprint: '', ...rest }));
}

function gathered(context: fc.Arbitrary<Context>): fc.Arbitrary<SubAccountGathered> {
  const own = fc.record({ account: id, via: plainLeg, to: plainLeg, currency: id, amount });
  return fc.tuple(context, own).map(([of, rest]) => {
    return { kind: 10, context: of, step: 'gathered', key: '', fingerprint: '', ...rest };
  });
}

function ruled(context: fc.Arbitrary<Context>): fc.Arbitrary<AccountRuled> {
  const way = fc.constantFrom('direct', 'buffered', 'segmented');
  const own = fc.tuple(changed(context), way, fc.integer({ min: 1, max: 86_400_000 }), amount);
  const without = own.map(([fact, by, delayMs, onTheWay]): AccountRuled => ({
    ...fact,
    kind: 9,
    crediting: creditingOf(fact.account, by, delayMs),
    onTheWay,
  }));
  const numbers = fc.tuple(aside, fc.integer({ min: 2, max: 64 }), fc.integer({ min: 2, max: 64 }), fc.boolean());
  const withThem = fc.tuple(without, numbers).map(([fact, [beside, over, opened, now]]): AccountRuled => {
    const { account, crediting } = fact;
    const by = now ? 'spread' : crediting.way;
    return { ...fact, aside: beside, crediting: creditingOf(account, by, crediting.delayMs, over, opened) };
  });
  return fc.oneof(without, withThem);
}

export const arbitraryFact: fc.Arbitrary<Fact> = factsOf(arbitraryContext);

/** The facts of a frame: some share a context. */
export const arbitraryFacts: fc.Arbitrary<Fact[]> = fc
  .array(arbitraryContext, { minLength: 1, maxLength: 3 })
  .chain((contexts) => fc.array(factsOf(fc.constantFrom(...contexts)), { maxLength: 20 }));
