import { describe, expect, test } from 'vitest';
import { makeChannelClock } from '../../src/channels/channel-clock.ts';
import { readChannelConfig, type ChannelConfig } from '../../src/channels/channel-config.ts';
import {
  credentialVariables,
  readCredentials,
  type CredentialSources,
} from '../../src/channels/channel-credentials.ts';
import { LIMITS } from '../../src/channels/channel-limits.ts';
import { Channels, openChannels, openChecks } from '../../src/channels/channels.ts';
import { readCheck } from '../../src/channels/check-config.ts';
import { DEVELOPMENT_SECRET } from '../../src/channels/simulator-protocol.ts';

const SIMULATOR = {
  name: 'simulator',
  adapter: 'simulator',
  baseUrl: 'http://127.0.0.1:9400',
  callbackUrl: 'http://127.0.0.1:8080/v1/callbacks/simulator',
};
const STRIPE = { name: 'cards', adapter: 'stripe', baseUrl: 'https://api.stripe.com', currencies: ['EUR', 'USD'] };

const read = (...channels: object[]) => readChannelConfig(JSON.stringify({ channels }));

function configsOf(...channels: object[]): readonly ChannelConfig[] {
  const loaded = read(...channels);
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded.channels;
}

describe('the file of channels', () => {
  test('needs little: everything else has a default', () => {
    const [simulator] = configsOf(SIMULATOR);
    expect(simulator).toMatchObject({ ...SIMULATOR, currencies: [], cost: { fixed: 0, basisPoints: 0 } });
    expect(simulator?.gateway.money.bulkhead.inFlightMax).toBe(LIMITS.inFlightMax.byDefault);
    expect(simulator?.gateway.deadlineMs.pay).toBe(30_000);
  });

  test('says limits, cost, currencies and maintenance of each channel', () => {
    const maintenance = [{ days: ['sun'], from: '02:00', to: '04:00' }];
    const [cards] = configsOf({
      ...STRIPE,
      limits: { inFlightMax: 7, breakerErrorPercent: 25 },
      cost: { fixed: 25, basisPoints: 140 },
      maintenance,
    });
    expect(cards).toMatchObject({ currencies: ['EUR', 'USD'], cost: { fixed: 25, basisPoints: 140 } });
    expect(cards?.gateway).toMatchObject({ maintenance, breaker: { errorRatio: 0.25 } });
    expect(cards?.http.connections).toBe(7 + LIMITS.queriesInFlightMax.byDefault + 1);
  });

  test.each<[string, object, string]>([
    ['an unknown field', { ...STRIPE, limit: {} }, 'Channel "cards": limit is not a field'],
    ['a secret', { ...STRIPE, secretKey: 'sk_live_1' }, 'secretKey does not belong into a file'],
    ['another adapter', { ...STRIPE, adapter: 'paypal' }, 'adapter must be simulator or stripe'],
    [
      'a path in the base',
      { ...STRIPE, baseUrl: 'https://api.stripe.com/v1' },
      'baseUrl must be scheme, host and port',
    ],
    ['a password in the base', { ...STRIPE, baseUrl: 'https://me:pw@api.stripe.com' }, 'baseUrl must be'],
    ['a name in capitals', { ...STRIPE, name: 'Cards' }, 'name must be'],
    ['a limit of 0', { ...STRIPE, limits: { inFlightMax: 0 } }, 'limits.inFlightMax must be a whole number from 1'],
    ['a misspelt limit', { ...STRIPE, limits: { inflight: 1 } }, 'limits.inflight is not a limit'],
    ['a currency in words', { ...STRIPE, currencies: ['euro'] }, 'currencies must be'],
    ['a negative cost', { ...STRIPE, cost: { fixed: -1 } }, 'cost must be'],
    ['a window without end', { ...STRIPE, maintenance: [{ from: '02:00' }] }, 'maintenance window 1 needs from and to'],
    ['no callback URL', { ...SIMULATOR, callbackUrl: undefined }, 'callbackUrl must be a URL'],
  ])('with %s is refused in words', (_, channel, problem) => {
    expect(read(channel)).toEqual({ problems: [expect.stringContaining(problem)] });
  });

  test('says where payers pay by themselves', () => {
    expect(configsOf(SIMULATOR, { ...SIMULATOR, name: 'wallet', prepaid: true }).map(({ prepaid }) => prepaid)).toEqual(
      [false, true],
    );
    expect(read({ ...SIMULATOR, prepaid: 'yes' })).toEqual({
      problems: ['Channel "simulator": prepaid must be true or false.'],
    });
  });

  test('says where checks are asked', () => {
    const breaker = { windowMs: 10_000, callsMin: 20, errorRatio: 0.5, slowMs: Infinity, slowRatio: 1, openMs: 5_000 };
    const readChecks = (...checks: object[]) => readChannelConfig(JSON.stringify({ channels: [], checks }));
    expect(readChecks({ name: 'risk', url: 'https://risk.example/v1/check?of=us' })).toEqual({
      channels: [],
      checks: [{ name: 'risk', origin: 'https://risk.example', path: '/v1/check?of=us', inFlightMax: 256, breaker }],
    });
    const wrong = [
      { name: 'Risk', url: 'risk.example' },
      { name: 'price', url: 'https://me@price.example', key: 'k' },
    ];
    expect(
      readChecks(...wrong, { name: 'price', url: 'https://price.example', inFlightMax: 0, breakerOpenMs: 1 }),
    ).toEqual({
      problems: [
        'Check "Risk": name must be up to 32 of a-z, 0-9 and _, a letter first.',
        'Check "Risk": url must be a URL such as https://risk.example/v1/check, without a user in it.',
        'Check "price": key does not belong into a file; give it in the environment.',
        'Check "price": url must be a URL such as https://risk.example/v1/check, without a user in it.',
        'Check "price": inFlightMax must be a whole number from 1 to 10000.',
        'Check "price": breakerOpenMs must be a whole number from 100 to 600000 (ms).',
        'Two checks are called "price".',
      ],
    });
  });

  test('tells all problems at once, and two channels of one name', () => {
    const loaded = read({ ...STRIPE, adapter: 1, cost: 2 }, STRIPE);
    expect(loaded).toEqual({ problems: [expect.any(String), expect.any(String), 'Two channels are called "cards".'] });
  });

  test.each([
    '',
    '[]',
    '{"channels": {}}',
    '{"channels": [1]}',
    '{"channels": [], "more": 1}',
    '{"channels": [], "checks": {}}',
  ])('%j is refused', (text) => {
    expect(readChannelConfig(text)).toEqual({ problems: [expect.any(String)] });
  });

  test('every limit has a default within its range, and a reason', () => {
    for (const { byDefault, min, max, reason } of Object.values(LIMITS)) {
      expect(byDefault).toBeGreaterThanOrEqual(min);
      expect(byDefault).toBeLessThanOrEqual(max);
      expect(reason).toMatch(/\.$/);
    }
  });
});

const LONG_SECRET = 'a secret that is long enough';

function sources(environment: Record<string, string>, changed: Partial<CredentialSources> = {}): CredentialSources {
  const readFile = (path: string) => {
    if (path === '/run/secrets/cards') return `${LONG_SECRET}\n`;
    throw new Error('no such file');
  };
  return { environment, readFile, development: false, ...changed };
}

describe('credentials', () => {
  const cards = { name: 'cards', adapter: 'stripe' } as const;
  const simulator = { name: 'simulator', adapter: 'simulator' } as const;
  const problemsOf = (channel: typeof cards | typeof simulator, from: CredentialSources) => {
    const problems: string[] = [];
    readCredentials(channel, from, problems);
    return problems;
  };

  test('come from the environment or from a file that it names', () => {
    const problems: string[] = [];
    const from = sources({
      FLORIN_CHANNEL_CARDS_SECRET_FILE: '/run/secrets/cards',
      FLORIN_CHANNEL_CARDS_WEBHOOK_SECRET: 'whsec_long_enough_too',
    });
    expect(readCredentials(cards, from, problems)).toEqual({
      secret: LONG_SECRET,
      webhookSecret: 'whsec_long_enough_too',
    });
    expect(problems).toEqual([]);
    expect(credentialVariables('cards', 'stripe')).toEqual([
      'FLORIN_CHANNEL_CARDS_SECRET',
      'FLORIN_CHANNEL_CARDS_SECRET_FILE',
      'FLORIN_CHANNEL_CARDS_WEBHOOK_SECRET',
      'FLORIN_CHANNEL_CARDS_WEBHOOK_SECRET_FILE',
    ]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['missing', {}, /_SECRET \(or .*_FILE\) is missing/],
    ['known to everybody', { FLORIN_CHANNEL_SIMULATOR_SECRET: DEVELOPMENT_SECRET }, /everybody knows/],
    ['too short', { FLORIN_CHANNEL_SIMULATOR_SECRET: 'short-one' }, /shorter than 16/],
    ['in a file that is not there', { FLORIN_CHANNEL_SIMULATOR_SECRET_FILE: '/nowhere' }, /cannot be read/],
    [
      'given twice',
      { FLORIN_CHANNEL_SIMULATOR_SECRET: LONG_SECRET, FLORIN_CHANNEL_SIMULATOR_SECRET_FILE: '/run/secrets/cards' },
      /both set/,
    ],
  ])('one that is %s is a problem that does not tell it', (_, environment, problem) => {
    const problems = problemsOf(simulator, sources(environment));
    expect(problems).toEqual([expect.stringMatching(problem)]);
    for (const secret of [DEVELOPMENT_SECRET, LONG_SECRET, 'short-one']) expect(problems.join()).not.toContain(secret);
  });

  test("in development the simulator's is known, and Stripe's is not", () => {
    expect(problemsOf(simulator, sources({}, { development: true }))).toEqual([]);
    expect(problemsOf(cards, sources({}, { development: true }))).toHaveLength(2);
  });
});

describe('where checks are asked', () => {
  const clock = makeChannelClock({ now: Date.now, monotonic: () => performance.now() });
  const problems: string[] = [];
  const risk = readCheck({ name: 'risk', url: 'https://risk.example', inFlightMax: 1 }, 0, problems);

  test('with a secret each, which development knows', async () => {
    const problems = ['FLORIN_CHECK_RISK_SECRET (or FLORIN_CHECK_RISK_SECRET_FILE) is missing.'];
    expect(openChecks([risk], sources({}), clock)).toEqual({ problems });
    for (const from of [sources({ FLORIN_CHECK_RISK_SECRET: LONG_SECRET }), sources({}, { development: true })]) {
      const opened = openChecks([risk], from, clock);
      if ('problems' in opened) throw new Error(opened.problems.join());
      expect(opened.endpoints.map(({ name }) => name)).toEqual(['risk']);
      await opened.stop();
    }
  });
});

describe('all channels', () => {
  const clock = makeChannelClock({ now: Date.now, monotonic: () => performance.now() });
  const environment = {
    FLORIN_CHANNEL_SIMULATOR_SECRET: LONG_SECRET,
    FLORIN_CHANNEL_CARDS_SECRET: LONG_SECRET,
    FLORIN_CHANNEL_CARDS_WEBHOOK_SECRET: LONG_SECRET,
  };

  test('are there by name, and say what routing asks for', async () => {
    const channels = openChannels(configsOf(SIMULATOR, STRIPE), sources(environment), clock);
    if (!(channels instanceof Channels)) throw new Error(channels.problems.join('\n'));
    expect(channels.all().map(({ name }) => name)).toEqual(['simulator', 'cards']);
    expect(channels.get('cards')?.mayBegin('pay')).toEqual({ admitted: true });
    expect(channels.get('nobody')).toBeUndefined();
    expect(channels.standings()[1]).toEqual({
      name: 'cards',
      open: true,
      successRatio: 1,
      availability: 1,
      currencies: ['EUR', 'USD'],
      cost: { fixed: 0, basisPoints: 0 },
    });
    await channels.stop();
    expect(channels.standings().map(({ open }) => open)).toEqual([false, false]);
  });

  test('do not open with one secret missing', () => {
    const { FLORIN_CHANNEL_CARDS_SECRET: _, ...without } = environment;
    expect(openChannels(configsOf(SIMULATOR, STRIPE), sources(without), clock)).toEqual({
      problems: [expect.stringContaining('FLORIN_CHANNEL_CARDS_SECRET')],
    });
  });
});
